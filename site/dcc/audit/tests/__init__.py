"""Tests of the journal: what it refuses, what it proves, how it bears writers and intruders."""
