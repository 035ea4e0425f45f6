"""Refusals of this slice."""

from __future__ import annotations


class Declined(ValueError):
    """What was asked of a patient's DMP is not done; the message says, in French, what is missing."""
