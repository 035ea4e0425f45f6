"""Documents that were in the DMP before: kept without a session, as a professional of elsewhere deposited them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from lxml import etree

from dcc.contracts import xds
from dcc.contracts.untrusted import read_file_at
from plugins.sandbox.dmp import names
from plugins.sandbox.dmp.ebrim import Entry, identified
from plugins.sandbox.dmp.people import Patient, People
from plugins.sandbox.dmp.store import Held, Link, Lot, Store

LIMIT = 20_000_000
SOURCE = "1.2.250.1.213.1.4.999.9"


def put(
    store: Store,
    patient: Patient,
    content: bytes,
    *,
    hidden: Sequence[str] = (),
    submitted_at: datetime | None = None,
    replaces: str = "",
    unique_id: str = "",
) -> str:
    """Keep a CDA in the record of a patient; its uniqueId.

    ``hidden`` are codes of visibility, ``replaces`` is the uniqueId of the document that it replaces, ``unique_id`` the one
    that it is given when it is not to be that of the CDA. Raises ``ValueError`` when it is there already, or replaces nothing.
    """
    entry = xds.describe(content)
    at = submitted_at or datetime.now(UTC)
    own = xds.instance_of(patient.cx)
    levels = (*entry.confidentiality, *(xds.Code(code, "1.2.250.1.213.1.1.4.13", code) for code in hidden))
    described = replace(
        entry,
        unique_id=unique_id or entry.unique_id,
        patient_id=own,
        source_patient_id=entry.source_patient_id or own,
        confidentiality=levels,
    )
    if store.current(described.unique_id) is not None:
        raise ValueError(f"{described.unique_id} est déjà dans le DMP")
    lot = xds.submission([described], submitted_at=at, unique_id=xds.oid_of(uuid4()), source_id=SOURCE)
    root = etree.fromstring(xds.write(lot))
    _keep(store, patient, Entry(root.find(f".//{{{names.RIM}}}ExtrinsicObject")), root, content, lot, replaces)  # type: ignore[arg-type]  # the writer wrote one
    return described.unique_id


def load(store: Store, known: People, path: Path, hidden: Sequence[str] = ()) -> str:
    """Put the CDA of a file in the record of the patient that it names; its uniqueId.

    Raises :class:`Refused` for what is no CDA, ``ValueError`` when the patient has no DMP here, or the document is there already.
    """
    content = read_file_at(path, LIMIT)
    who = xds.describe(content).patient_id
    patient = known.patients.get(xds.cx(who)) if who else None
    if patient is None or patient.state != "active":
        raise ValueError("son patient n'a pas de DMP ouvert dans le simulateur")
    return put(store, patient, content, hidden=hidden)


def _keep(
    store: Store, patient: Patient, entry: Entry, root: etree._Element, content: bytes, lot: xds.Submission, replaces: str
) -> None:
    old = store.current(replaces) if replaces else None
    if replaces and old is None:
        raise ValueError(f"{replaces} n'est pas dans le DMP")
    uuid, package = f"urn:uuid:{uuid4()}", root.find(f".//{{{names.RIM}}}RegistryPackage")
    if package is None:
        raise ValueError("le lot n'est pas décrit")
    own = package.get("id", "")
    element = identified(entry.element, uuid)
    if element.get("status"):
        del element.attrib["status"]
    with store.transaction():
        store.add_lot(Lot(own, lot.lot.unique_id, patient.cx, lot.lot.submission_time, etree.tostring(package)))
        held = Held(uuid, uuid, 1, entry.unique_id, patient.cx, names.APPROVED, True, own, etree.tostring(element))
        store.add_entry(held, content)
        store.add_link(Link(f"urn:uuid:{uuid4()}", names.HAS_MEMBER, own, uuid, '{"SubmissionSetStatus": "Original"}'))
        if old is not None:
            store.add_link(Link(f"urn:uuid:{uuid4()}", names.REPLACES, uuid, old.uuid))
            store.set_status(old.uuid, names.DEPRECATED)
