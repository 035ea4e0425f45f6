"""Signed bundles: a form and all it needs, from one platform to another, as one readable file.

Knows how a bundle is written, read, compared with what is here and imported. Publication has its gate, and is decided there.
"""
