"""Writes of the documents room: one function per intention of a user, keyword-only, ``actor`` first.

Private to the room; other rooms and the pages use :mod:`dcc.documents.api`.
"""
