"""Tests of the favourites bank."""
