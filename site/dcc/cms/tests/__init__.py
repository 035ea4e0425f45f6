"""Tests of the admin: who sees what, in French, and nothing clinical."""
