"""Tests of the reprise."""
