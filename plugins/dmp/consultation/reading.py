"""From an entry of the registry, and the bytes of its document, to what is told of it. Pure but for the registered readers.

A document of a DMP comes from anybody: it is read by the door of exchange, within bounds, and what goes wrong is a sentence.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import HeaderActor, InstanceId, PatientSnapshot, ReadResult
from dcc.contracts.xds import name_of
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from dcc.security.api import frames_of
from forms_config.schema.values import display_professional
from plugins.dmp.consultation.kinds import kinds
from plugins.dmp.consultation.told import Told
from plugins.dmp.transactions.hiding import INVISIBLE
from plugins.dmp.transactions.types import FoundEntry

log = logging.getLogger("dcc.dmp.consultation")
BY_PATIENT = ("90", "DOCPAT")
"""Class and type of what a patient put there himself (dmp_psc.md §1.7)."""
NOT_VALIDATED = ("en_cours", "complete", "annule")
_DAY = len("AAAAMMJJ")


def described(found: FoundEntry) -> Told:
    """What the registry says of a document."""
    entry = found.entry
    kind = kinds().get(entry.type_code.code if entry.type_code else "")
    person = next((author.person for author in entry.authors if author.person), "") or entry.legal_authenticator
    return Told(
        unique_id=entry.unique_id,
        type_code=kind.code if kind else "",
        title=(entry.title or (kind.title if kind else ""))[:200],
        day=_day(entry.service_start or entry.creation_time),
        author=name_of(person)[:200] if person else "",
        replaced=found.status == "Deprecated" or bool(found.replaced_by),
        invisible=any(code.code == INVISIBLE for code in entry.confidentiality),
        by_patient=any(code and code.code in BY_PATIENT for code in (entry.class_code, entry.type_code)),
    )


def _day(time: str) -> str:
    """The ISO day of ``AAAAMMJJ…``; empty when it is none."""
    try:
        return datetime.strptime(time[:_DAY], "%Y%m%d").date().isoformat()
    except ValueError:
        return ""


def read(told: Told, found: FoundEntry, content: bytes, patient: PatientSnapshot) -> Told:
    """What a document says of itself, added to what was told of it; what cannot be read is said, never raised."""
    digest = found.entry.hash
    if digest and hashlib.sha1(content, usedforsecurity=False).hexdigest() != digest.lower():
        return replace(told, problem=_("Le fichier reçu n'est pas celui que le DMP annonce"))
    try:
        result = exchange.read_file(content)
    except Refused as refusal:
        return replace(told, problem=refusal.reason[:300])
    except Exception as error:  # noqa: BLE001  (a document of a stranger; its message may quote the patient)
        log.error("document of a DMP: %s, by way of %s", type(error).__name__, " ".join(frames_of(error)))
        return replace(told, problem=_("Ce document ne peut pas être lu"))
    problem = _problem(result, patient)
    return replace(told, problem=problem) if problem else _with_content(told, result)


def _problem(result: ReadResult, patient: PatientSnapshot) -> str:
    if not _is_of(patient, result.identity):
        return _("Ce document désigne un autre patient : il n'est pas proposé")
    if result.header.status in NOT_VALIDATED:
        return _("Ce document n'est pas validé : il n'est pas proposé")
    return "" if result.structured else _("Ce document n'a pas de données à reprendre (format N1)")


def _is_of(patient: PatientSnapshot, identity: PatientSnapshot | None) -> bool:
    """Whether a document is about the patient: his INS, or all his traits where his INS changed since (EX_3.1-1055).

    Traits agree as the room of patients says: twins differ by their first names.
    """
    if identity is None:
        return False
    if patient.ins is not None and patient.ins in (identity.ins, *identity.identifiers):
        return True
    theirs = replace(identity.traits, birth_name=identity.traits.birth_name.upper())
    return not patients.conflicts(patient.traits, theirs)


def _with_content(told: Told, result: ReadResult) -> Told:
    header = result.header
    signed: HeaderActor | None = header.legal_authenticator or next(iter(header.authors), None)
    at = signed.time if signed else header.effective_time
    moment = at if at and timezone.is_aware(at) else timezone.make_aware(at) if at else timezone.now()
    named: InstanceId = header.set_id or header.identifier
    custodian: Mapping[str, Any] = header.custodian or {}
    return replace(
        told,
        title=header.title[:200] or told.title,
        author=display_professional({**signed.professional, "organisation": None}) if signed else told.author,
        day=timezone.localtime(moment).date().isoformat(),
        document_type=header.document_type,
        version_number=header.version_number,
        validated_at=moment.isoformat(),
        identifier=(header.identifier.root, header.identifier.extension),
        set_id=(named.root, named.extension),
        answers=dict(result.answers),
        custodian=dict(custodian),
    )
