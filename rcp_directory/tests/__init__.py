"""Tests of the RCP directory."""
