"""Deposits in the DMP while everything fails."""
