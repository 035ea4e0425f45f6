"""Contextual calls (R-109, R-110): the software of an establishment opens the right patient for the person who works in it.

This part knows who calls, by which key, for whom, and opens the session. What is called for (a patient, a document) is carried
sealed, and read by the pages: a patient is nothing to this room.
"""
