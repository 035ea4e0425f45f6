"""An envelope from CDA documents: the layout of the official samples, the same bytes for the same inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from dcc.contracts import xds
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Package
from dcc.contracts.xds.hl7 import STRUCTURES
from plugins.mss.xdm.packing import pack
from plugins.mss.xdm.presentation import Sender, index, readme

FILENAME = "IHE_XDM.zip"
"""Name under which the envelope is attached."""

FORMATS = ("cda-n3", "cda-n1")
"""Formats of a package that go into the envelope, in this order; the PDF/A-1 goes beside it."""

ACTIONS: Mapping[str, xds.Action] = {"new": "", "replace": "C", "delete": "D"}
_SUBSET = "IHE_XDM/SUBSET01/"
_SPACE = UUID("2f6a1f0e-7f0a-5f0b-8d7b-6f3b2f6d1c55")


def documents_of(package: Package) -> Sequence[bytes]:
    """The CDA documents of a package, N3 first."""
    return tuple(package.artifacts[name].content for name in FORMATS if name in package.artifacts)


def action_of(package: Package) -> xds.Action:
    """The action that the envelope of a package asks of its receiver."""
    return ACTIONS[package.action]


def build(
    documents: Sequence[bytes], *, sender: Sender, submitted_at: datetime, action: xds.Action = "", key: UUID | None = None
) -> bytes:
    """The ZIP for ``documents`` (CDA bytes, taken as they are), all of one patient.

    ``submitted_at`` (aware) dates the lot and its files; ``key`` makes the identifier of the lot, otherwise its content does.
    Raises :class:`Refused` in French (cause ``not_conformant``): no document, one that cannot be read, a header that lacks what
    routes it, two patients.
    """
    try:
        lot = _lot(documents, sender, submitted_at, action, key)
    except Refused as refusal:
        raise Refused(refusal.reason, cause="not_conformant") from None
    named = _named(sender, lot.entries[0])
    files = {"INDEX.HTM": index(named), "README.TXT": readme(named, lot.entries), "IHE_XDM/": b"", _SUBSET: b""}
    files |= {_SUBSET + entry.uri: content for entry, content in zip(lot.entries, documents, strict=True)}
    files[_SUBSET + "METADATA.XML"] = xds.write(lot)
    return pack(files, submitted_at)


def _lot(
    documents: Sequence[bytes], sender: Sender, submitted_at: datetime, action: xds.Action, key: UUID | None
) -> xds.Submission:
    described = [xds.describe(content, uri=f"DOC{number:04}.XML") for number, content in enumerate(documents, 1)]
    for entry in described:
        _check_complete(entry)
    if action == "C" and not any(entry.parent for entry in described):
        raise Refused(_("Aucun document de l'envoi ne dit lequel il remplace (relatedDocument)."))
    lot = xds.submission(
        described,
        submitted_at=submitted_at,
        unique_id=xds.oid_of(key or _key_of(described, submitted_at, action)),
        source_id=f"{STRUCTURES}.{sender.structure_id}" if sender.structure_id else "",
        action=action,
    )
    # What takes the place of nothing (a level that did not exist before) is new to its receiver.
    entries = [replace(entry, action="") if action == "C" and entry.parent is None else entry for entry in lot.entries]
    return replace(lot, entries=entries)


def _check_complete(entry: xds.DocumentEntry) -> None:
    """A document is not kept from its recipient for a setting that its header leaves open (decision 0289)."""
    lacking = xds.missing(entry, only_essential=True)
    if lacking:
        words = {"name": entry.title or entry.uri, "lacking": ", ".join(lacking)}
        raise Refused(_("L'en-tête du document « %(name)s » ne dit pas : %(lacking)s.") % words)


def _key_of(entries: Sequence[xds.DocumentEntry], submitted_at: datetime, action: str) -> UUID:
    return uuid5(_SPACE, "/".join([submitted_at.isoformat(), action, *(entry.hash for entry in entries)]))


def _named(sender: Sender, entry: xds.DocumentEntry) -> Sender:
    """The sender, or the structure of the first author where the settings name none."""
    if sender.structure:
        return sender
    institution = next((name for author in entry.authors for name in author.institutions), "")
    return replace(sender, structure=xds.name_of(institution), structure_id=xds.identifier_of(institution))
