"""Contextual calls on the pages: whom a call means, where it leads, and how far the session that it opens goes."""
