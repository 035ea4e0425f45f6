"""The lot that documents travel in, from the documents themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from dcc.contracts.errors import Refused
from dcc.contracts.xds.entry import Action, DocumentEntry, Submission, SubmissionSet


def submission(
    entries: Sequence[DocumentEntry], *, submitted_at: datetime, unique_id: str, source_id: str = "", action: Action = ""
) -> Submission:
    """One lot for ``entries``, which are of one patient; each of them gets ``action``.

    As in the official samples, its title, content type and authors are those of its documents, and ``source_id`` (the OID of
    who sends) is by default the custodian of the first. Raises :class:`Refused` for no document, or two patients.
    """
    if not entries:
        raise Refused("Un lot contient au moins un document")
    if len({entry.patient_id for entry in entries}) > 1:
        raise Refused("Les documents d'un lot concernent un seul patient")
    first = entries[0]
    authors = tuple(dict.fromkeys(author for entry in entries for author in entry.authors))
    return Submission(
        SubmissionSet(
            unique_id=unique_id,
            source_id=source_id or _source(first),
            submission_time=f"{submitted_at.astimezone(UTC):%Y%m%d%H%M%S}",
            title=first.title,
            authors=authors,
            content_type=first.facility_type,
            patient_id=first.patient_id,
        ),
        tuple(replace(entry, action=action) for entry in entries),
    )


def _source(entry: DocumentEntry) -> str:
    """``root.extension`` of the custodian, as the samples write it."""
    custodian = entry.custodian
    return ".".join(filter(None, (custodian.root, custodian.extension))) if custodian else ""
