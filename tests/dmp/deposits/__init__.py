"""Deposits against the stand-in of the DMP, over TLS: sequences of « Shown by » 1, and what they survive (4)."""
