"""Any CDA document as a readable page (R-203): header, narrative of its sections, coded entries, embedded files.

It knows the standard and no volet: a document of a type or a version that the platform does not take over is read all the same.
"""

from dcc.web.clinical.document import Reading, read_document

__all__ = ["Reading", "read_document"]
