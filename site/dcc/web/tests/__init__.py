"""Tests of the clinician's pages."""
