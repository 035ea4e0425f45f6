"""A DMP in memory, which answers what a test puts there and remembers what it was asked; and a reader of what it holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.utils import timezone

from dcc.accounts.models import User
from dcc.contracts.capabilities import Reader
from dcc.contracts.errors import Refused
from dcc.contracts.registry import Registry
from dcc.contracts.snapshots import HeaderActor, InstanceId, ReadResult
from dcc.contracts.xds import Author, Code, DocumentEntry
from dcc.exchange.tests.received import DOCTOR, IDENTITY, result
from plugins.dmp.consultation import registering
from plugins.dmp.patient.services import Through
from plugins.dmp.transactions.types import Caller, Dmp, Existence, FoundEntry

INS_ROOT = "1.2.250.1.213.1.4.10"
LOINC = "2.16.840.1.113883.6.1"
CODES = {"frcp": "34794-8", "pps": "18776-5", "crgm": "51969-4", "cracp": "60568-3", "vsm": "60591-5"}
COMMENT = "pps.patient.commentaire"
ALLOWED = Existence(True, active=True, authorisation="VALIDE")


@dataclass
class Dossier:
    """The DMP of one patient. ``calls`` are the names of those that were made, with how many documents.

    ``fails`` is raised by the calls named, ``during`` happens while they last.
    """

    answer: Existence = ALLOWED
    entries: dict[str, FoundEntry] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    during: dict[str, Callable[[], None]] = field(default_factory=dict)
    calls: list[tuple[str, int]] = field(default_factory=list)
    since: list[datetime | None] = field(default_factory=list)

    def put(self, unique_id: str, kind: str = "pps", content: bytes | None = None, **changed: Any) -> FoundEntry:
        """A document, approved; of an FRCP or PPS the file says what :func:`cda` writes."""
        data = cda(unique_id, kind) if content is None and kind in ("frcp", "pps") else content or b"<x/>"
        when = timezone.now().astimezone(UTC).strftime("%Y%m%d%H%M%S")
        entry = DocumentEntry(
            unique_id=unique_id,
            hash=hashlib.sha1(data, usedforsecurity=False).hexdigest().upper(),
            size=len(data),
            title=f"Titre {kind}",
            creation_time=when,
            service_start=when,
            authors=(Author("801234567897^NOUVEL^Ève^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"),),
            confidentiality=(Code("N"),),
            type_code=Code(CODES[kind], LOINC),
        )
        found = FoundEntry(replace(entry, **changed), f"urn:uuid:{unique_id}", f"urn:uuid:{unique_id}", 1, "Approved")
        self.entries[unique_id], self.contents[unique_id] = found, data
        return found

    def become(self, unique_id: str, **changed: Any) -> None:
        """Change what the registry says of a document (``status``, ``replaced_by``)."""
        self.entries[unique_id] = replace(self.entries[unique_id], **changed)

    # Dmp ----------------------------------------------------------------------------------------------------------------------
    def existence(self, _caller: Caller, _ins: InstanceId) -> Existence:
        self._asked("existence")
        return self.answer

    def find_documents(
        self, _caller: Caller, _ins: InstanceId, *, types: Sequence[str], since: datetime | None = None
    ) -> Sequence[FoundEntry]:
        self._asked("find", len(types), since)
        asked = {code.partition("^^")[0] for code in types}
        return [found for found in self.entries.values() if found.status == "Approved" and _code(found) in asked]

    def changed_documents(self, _caller: Caller, _ins: InstanceId, *, since: datetime) -> Sequence[FoundEntry]:
        self._asked("changed", 0, since)
        return [self.entries[name] for name in self.changed]

    def describe(self, _caller: Caller, _ins: InstanceId, unique_ids: Sequence[str]) -> Sequence[FoundEntry]:
        self._asked("describe", len(unique_ids))
        return [self.entries[name] for name in unique_ids if name in self.entries]

    def retrieve(self, _caller: Caller, _ins: InstanceId, unique_ids: Sequence[str]) -> Mapping[str, bytes]:
        self._asked("retrieve", len(unique_ids))
        return {name: self.contents[name] for name in unique_ids if name in self.contents}

    def _asked(self, call: str, count: int = 0, since: datetime | None = None) -> None:
        self.calls.append((call, count))
        self.since.append(since)
        if call in self.during:
            self.during[call]()
        if call in self.fails:
            raise self.fails[call]


def _code(found: FoundEntry) -> str:
    return found.entry.type_code.code if found.entry.type_code else ""


def cda(unique_id: str, kind: str = "pps", *, days: int = 0, **header: Any) -> bytes:
    """A file that :class:`FileReader` reads: validated some days from now, version 1 of its own family unless told."""
    told = {"unique_id": unique_id, "kind": kind, "days": days, "set_id": f"{unique_id}.9", "number": 1, **header}
    return b"LIRE " + json.dumps(told).encode()


class FileReader:
    """Reads the files of :func:`cda`."""

    def supports(self, head: bytes) -> bool:
        return head.startswith((b"LIRE ", b"<", b"PANNE"))

    def read(self, content: bytes) -> ReadResult:
        if content.startswith(b"PANNE"):
            raise ValueError("DUPONT Jeanne")
        if not content.startswith(b"LIRE "):
            raise Refused("Ce n'est pas un document de ce test")
        told = json.loads(content[5:])
        at = timezone.now() + timedelta(days=told["days"])
        read = result(
            document_type=told["kind"],
            identifier=InstanceId(told["unique_id"]),
            set_id=InstanceId(told["set_id"]),
            version_number=told["number"],
            title=f"{told['kind'].upper()} LU",
            status=told.get("status", "valide"),
            legal_authenticator=HeaderActor(DOCTOR, at),
        )
        given = {"first_given_name": told["given"], "given_names": told["given"]} if "given" in told else {}
        traits = replace(IDENTITY.traits, birth_name=told.get("name", "PAT-TROIS"), **given)
        ins = IDENTITY.ins if "ins" not in told else InstanceId(INS_ROOT, told["ins"]) if told["ins"] else None
        answers = {COMMENT: told.get("comment", "Vit chez sa fille")} if told["kind"] == "pps" else {}
        return replace(read, identity=replace(IDENTITY, traits=traits, ins=ins), answers=answers, files=(), unknown_parts=())


def way_to(dossier: Dossier) -> Callable[[User], Through]:
    """Calls reach ``dossier``, in the session of whoever makes them."""

    def way(user: User) -> Through:
        national_id = user.practitioner.national_id if user.practitioner else ""
        return Through(cast("Dmp", dossier), Caller(national_id, "X", "Y", "10", "1120456789", "CH", "SA01"))

    return way


def offered(dossier: Dossier, registry: Registry) -> None:
    """The slice over ``dossier``, with its reader."""
    registering.register(registry, way_to(dossier))
    registry.add(Reader, "essai", FileReader())
