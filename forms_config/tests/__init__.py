"""Tests of the form room: publication, rendering, catalogue."""
