"""Tests of what plugins rely on."""
