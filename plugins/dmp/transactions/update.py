"""TD3.3 (ITI-57): change who sees a document (metadata), or its status. Pure.

Source: dmp_psc.md §1.9. The metadata form repeats all that was read and changes the confidentiality only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from lxml import etree

from dcc.contracts.errors import Refused
from dcc.contracts.xds import LOT_ID, Association, DocumentEntry, Submission, SubmissionSet, Update, submit
from dcc.contracts.xds.codes import APPROVED
from dcc.contracts.xds.registry import STATUS_CHANGE
from plugins.dmp.transactions.types import FoundEntry

STATUSES = "urn:asip:ci-sis:2010:StatusType:"
Status = Literal["Deleted", "Archived"]


def metadata(lot: SubmissionSet, found: FoundEntry, entry: DocumentEntry) -> etree._Element:
    """The document, its metadata those of ``entry``. Raises :class:`Refused` when more than confidentiality differs."""
    if replace(entry, confidentiality=()) != replace(found.entry, confidentiality=()):
        raise Refused("Seule la confidentialité d'un document déposé peut être changée", cause="not_conformant")
    update = Update(found.logical_id, found.version, found.slots)
    return submit(Submission(lot, (replace(entry, replaces=""),)), updates={entry.unique_id: update})


def status(lot: SubmissionSet, entry_uuid: str, new: Status) -> etree._Element:
    """The entry, approved until now, gets another status."""
    slots = {"OriginalStatus": APPROVED, "NewStatus": f"{STATUSES}{new}"}
    return submit(Submission(lot), associations=[Association(STATUS_CHANGE, LOT_ID, entry_uuid, slots)])
