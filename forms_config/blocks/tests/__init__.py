"""Tests of the shared blocks."""
