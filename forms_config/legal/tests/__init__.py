"""Tests of the patient-rights texts."""
