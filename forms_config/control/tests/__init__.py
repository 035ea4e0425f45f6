"""Tests of the gate: reports, refusals, pages."""
