"""Tests that span rooms; the tests of a room or a plugin live in its ``tests`` folder."""
