"""Envelopes of the documents that the platform writes."""
