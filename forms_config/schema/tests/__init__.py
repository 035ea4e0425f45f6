"""Tests of the pure form schema: no database, no Django."""
