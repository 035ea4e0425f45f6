"""XDS metadata of CDA documents: one mapping from the header, one writer and one reader of ebRIM 3.0. Pure: no Django, no I/O.

MSSanté envelopes (IHE XDM) and the DMP (IHE XDS.b) describe documents by the same metadata::

    entries = [xds.describe(cda, uri="DOC0001.XML") for cda in documents]
    lot = xds.submission(entries, submitted_at=now, unique_id=xds.oid_of(key))
    metadata = xds.write(lot)                 # METADATA.XML, or the SubmitObjectsRequest of an ITI-41
    theirs = xds.parse(metadata)              # by namespace, whatever the prefixes; tolerant of what official samples do

``describe`` says what the document says, and never guesses: :func:`missing` names what a complete entry would still need.
Sources: mss_hl7.md §6 (official XDM samples), dmp_psc.md §2 (French profile), IHE ITI TF-3.
"""

from dcc.contracts.xds.entry import Action, Author, Code, DocumentEntry, Submission, SubmissionSet, missing, patient_field
from dcc.contracts.xds.header import describe
from dcc.contracts.xds.hl7 import cx, identifier_of, instance_of, name_of, oid_of, plain
from dcc.contracts.xds.lot import submission
from dcc.contracts.xds.reading import parse
from dcc.contracts.xds.writing import write

__all__ = [
    "Action",
    "Author",
    "Code",
    "DocumentEntry",
    "Submission",
    "SubmissionSet",
    "cx",
    "describe",
    "identifier_of",
    "instance_of",
    "missing",
    "name_of",
    "oid_of",
    "parse",
    "patient_field",
    "plain",
    "submission",
    "write",
]
