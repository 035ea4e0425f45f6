"""Tests of accounts: the table of rights cell by cell, answer shapes, roles, signing in."""
