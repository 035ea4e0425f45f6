"""Tests of the search in the DMP."""
