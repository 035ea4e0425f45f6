"""Tests of patients: characters and traits (generated and official), rules of identity, search, intake. Test persons only."""
