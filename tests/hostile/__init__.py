"""Hostile parameters on every page."""
