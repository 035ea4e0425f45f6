"""Tests of the patient's DMP page and of its services."""
