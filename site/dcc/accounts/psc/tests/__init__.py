"""Tests of the pure parts; those that need a provider are in ``tests/psc``."""
