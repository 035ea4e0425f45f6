"""XDS metadata of CDA documents: one mapping from the header, one writer and one reader of ebRIM 3.0. Pure: no Django, no I/O.

MSSanté envelopes (IHE XDM) and the DMP (IHE XDS.b) describe documents by the same metadata::

    entries = [xds.describe(cda, uri="DOC0001.XML") for cda in documents]
    lot = xds.submission(entries, submitted_at=now, unique_id=xds.oid_of(key))
    metadata = xds.write(lot)                 # METADATA.XML of an envelope
    request = xds.submit(lot)                 # the SubmitObjectsRequest of an ITI-41 or ITI-57, for a registry
    theirs = xds.parse(metadata)              # by namespace, whatever the prefixes; tolerant of what official samples do

``describe`` says what the document says, and never guesses: :func:`missing` names what a complete entry would still need.
Sources: mss_hl7.md §6 (official XDM samples), dmp_psc.md §2 (French profile), IHE ITI TF-3.
"""

from dcc.contracts.xds.entry import Action, Author, Code, DocumentEntry, Submission, SubmissionSet, missing, patient_field
from dcc.contracts.xds.header import describe
from dcc.contracts.xds.hl7 import cx, identifier_of, instance_of, name_of, oid_of, plain
from dcc.contracts.xds.lot import submission
from dcc.contracts.xds.reading import parse, read_entry, slots_of
from dcc.contracts.xds.registry import LOT_ID, Association, Update, document_id, submit
from dcc.contracts.xds.writing import write

__all__ = [
    "LOT_ID",
    "Action",
    "Association",
    "Author",
    "Code",
    "DocumentEntry",
    "Submission",
    "SubmissionSet",
    "Update",
    "cx",
    "describe",
    "document_id",
    "identifier_of",
    "instance_of",
    "missing",
    "name_of",
    "oid_of",
    "parse",
    "patient_field",
    "plain",
    "read_entry",
    "slots_of",
    "submission",
    "submit",
    "write",
]
