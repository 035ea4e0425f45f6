"""Whom a document concerns: the professionals that its answers name, by one table, and those that figure 10 adds. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from dcc.accounts.api import PROFESSIONAL_ROOT, STRUCTURE_ROOT
from dcc.contracts.snapshots import InstanceId
from dcc.exchange.transmissions.policy import RECIPIENT_LABELS, RecipientKind

FINESS_LENGTH = 9
TRUSTED_SUFFIX = "mssante.fr"
PATIENT_DOMAIN = "patient.mssante.fr"
INS_OIDS = frozenset({"1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.9"})
"""NIR and NIA: what a box of Mon espace santé may be named by (mss_hl7.md §3, §9)."""
TEST_OIDS = frozenset({"1.2.250.1.213.1.4.10", "1.2.250.1.213.1.4.11"})

OUTSIDE_QUORUM = "frcp.participants.hors_quorum/frcp.participants.hors_quorum.professionnel"
NAMED: Mapping[str, Mapping[str, str]] = {
    "frcp": {
        "frcp.participants.medecin_traitant": "Médecin traitant",
        "frcp.participants.demandeur": "Médecin demandeur",
        "frcp.participants.presentateur": "Médecin présentateur",
        "frcp.participants.coordonnateur": "Médecin coordonnateur de la RCP",
        "frcp.participants.quorum/frcp.participants.quorum.professionnel": "Participant à la RCP",
        OUTSIDE_QUORUM: "Participant hors quorum",
        "frcp.participants.correspondants/frcp.participants.correspondants.professionnel": "Correspondant",
    },
    "pps": {
        "pps.contacts.medecin_traitant": "Médecin traitant",
        "pps.contacts.equipe/pps.contacts.equipe.professionnel": "Équipe de soins",
        "pps.contacts.proximite/pps.contacts.proximite.professionnel": "Professionnel de proximité",
        "pps.contacts.mediateur": "Médiateur de santé",
    },
}
"""By type, the answers whose professionals receive the document (R-033, R-196): key or ``group/column``, and their part in it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A recipient before an address is looked for; ``practitioner`` and ``structure`` are national identifiers, maybe empty."""

    kind: RecipientKind
    key: str
    label: str
    roles: Sequence[str] = ()
    practitioner: str = ""
    structure: str = ""
    address: str = ""


def professionals_of(document_type: str, answers: Mapping[str, Any], *, outside_quorum: bool = True) -> list[Named]:
    """The professionals that the answers of a document name, each once, in the order of the table."""
    paths = {path: role for path, role in NAMED.get(document_type, {}).items() if outside_quorum or path != OUTSIDE_QUORUM}
    return merged(
        [
            professional(value, role)
            for path, role in paths.items()
            for value in _values(answers, path)
            if isinstance(value, Mapping) and value.get("family")
        ]
    )


def _values(answers: Mapping[str, Any], path: str) -> Iterator[Any]:
    key, _slash, column = path.partition("/")
    if not column:
        yield answers.get(key)
        return
    rows = answers.get(key)
    for row in rows if isinstance(rows, Sequence) else ():
        yield row.get("values", {}).get(column)


def professional(value: Mapping[str, Any], role: str) -> Named:
    """A ``professional`` mapping as a recipient; its own secure address, when the document carries one, is the last resort."""
    practitioner = _extension(value.get("id"), PROFESSIONAL_ROOT)
    name = " ".join(part for part in (value.get("suffix"), value.get("given"), value.get("family")) if part)
    organisation = value.get("organisation") or {}
    unnumbered = f"{name}|{organisation.get('name', '')}".casefold()
    key = f"rpps:{practitioner}" if practitioner else f"nom:{_digest(unnumbered)}"
    return Named(
        "ps",
        key,
        name[:200],
        (role,),
        practitioner,
        _finess(_extension(organisation.get("id"), STRUCTURE_ROOT)),
        _carried_address(value),
    )


def merged(found: Iterable[Named]) -> list[Named]:
    """Each recipient once, with all his parts in the document."""
    by_key: dict[str, Named] = {}
    for item in found:
        former = by_key.get(item.key)
        roles = tuple(dict.fromkeys((*former.roles, *item.roles))) if former else tuple(item.roles)
        by_key[item.key] = replace(former or item, roles=roles)
    return list(by_key.values())


def patient_address(ins: InstanceId | None, *, test_identities: bool) -> str:
    """The box of Mon espace santé of a qualified INS; empty for any other."""
    allowed = INS_OIDS | TEST_OIDS if test_identities else INS_OIDS
    return f"{ins.extension}@{PATIENT_DOMAIN}" if ins and ins.extension and ins.root in allowed else ""


def single(kind: RecipientKind, address: str = "") -> Named:
    """The recipient of a kind of which there is one: the patient, the PDC, the DMP."""
    return Named(kind, kind, RECIPIENT_LABELS[kind], address=address)


def line_of(document_id: UUID, channel: str, key: str) -> str:
    """What orders the transmissions of one document to one recipient."""
    return f"{document_id.hex}:{_digest(f'{channel}|{key}')}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _extension(identifier: Any, root: str) -> str:
    if isinstance(identifier, Mapping) and identifier.get("root") == root:
        return str(identifier.get("extension") or "")
    return ""


def _finess(identifier: str) -> str:
    """The FINESS number of a structure's national identifier, which is ``1`` and the number."""
    return identifier[1:] if len(identifier) == FINESS_LENGTH + 1 and identifier.startswith("1") else identifier


def _carried_address(value: Mapping[str, Any]) -> str:
    for telecom in value.get("telecoms") or ():
        scheme, _colon, address = str(telecom.get("value", "")).partition(":")
        domain = address.rpartition("@")[2].lower()
        if scheme.lower() == "mailto" and (domain == TRUSTED_SUFFIX or domain.endswith(f".{TRUSTED_SUFFIX}")):
            return address.lower()
    return ""
