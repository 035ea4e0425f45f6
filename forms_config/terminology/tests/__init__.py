"""Tests of the value sets: files, search, versions, imports."""
