"""Patients: identity traits, INS, identity status, history, search.

Calling the national identity service is a plugin's work; the rules of identity are here.
"""
