"""Merging and parting whole files, through every room that holds something of a patient."""
