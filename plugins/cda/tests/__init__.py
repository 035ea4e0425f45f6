"""Tests of the CDA plugin."""
