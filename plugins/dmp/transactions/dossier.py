"""Every request that the deposit of a document would make, as files, without sending any (CNDA file, checks).

What only the DMP can answer (entryUUIDs) is a name that stands for it: :data:`ENTRY`, :data:`FORMER`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import Author, DocumentEntry, Submission, SubmissionSet, describe, identifier_of, oid_of, plain
from dcc.contracts.xds import submission as submission_of
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions import existence, query, submission, update
from plugins.dmp.transactions.depositing import deposit
from plugins.dmp.transactions.envelope import serialized
from plugins.dmp.transactions.hiding import INVISIBLE
from plugins.dmp.transactions.messages import Call, message
from plugins.dmp.transactions.mtom import inlined
from plugins.dmp.transactions.services import SERVICES
from plugins.dmp.transactions.signing import signer_of
from plugins.dmp.transactions.types import Caller, FoundEntry
from plugins.dmp.transactions.vihf import assertion

ENTRY = "urn:uuid:00000000-0000-4000-8000-000000000000"
"""Stands for the entryUUID that the registry will give (TD3.1b)."""
FORMER = "urn:uuid:00000000-0000-4000-8000-000000000001"
"""Stands for that of the document which this one says that it replaces."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is deposited: a CDA, its metadata, who sees it, in whose session."""

    cda: bytes
    entry: DocumentEntry
    ins: InstanceId
    caller: Caller


def subject_of(cda: bytes, *, replaces: str = "") -> Subject:
    """The document as it is. Raises :class:`Refused` in French when its header lacks what a deposit needs."""
    described = describe(cda)
    if described.patient_id is None or described.patient_id.root not in INS_NATURES:
        raise Refused(_("Le document ne porte pas l'INS de son patient"))
    entry = replace(described, replaces=replaces or (FORMER if described.parent else ""))
    return Subject(cda, entry, described.patient_id, caller_of(entry))


def caller_of(entry: DocumentEntry) -> Caller:
    """The author of the document who answers for it (the legal authenticator), else its first author."""
    responsible = identifier_of(entry.legal_authenticator)
    people = [author for author in entry.authors if identifier_of(author.person)]
    author = next((each for each in people if identifier_of(each.person) == responsible), next(iter(people), None))
    if author is None:
        raise Refused(_("Aucun auteur du document n'a d'identifiant national"))
    return _caller(author, entry)


def requests_of(subject: Subject, settings: DmpSettings, at: datetime) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file."""
    caller, ins, entry = subject.caller, subject.ins, subject.entry
    vihf = assertion(caller, ins, settings, key=str(uuid4()), at=at, signer=signer_of(settings))
    yield "vihf.xml", serialized(vihf)
    asked = existence.request(ins, settings, key=str(uuid4()), query_key=str(uuid4()), at=at)
    yield from _plain("td0.2-existence", "existence", asked, subject, settings, at)
    if entry.parent is not None:  # just before it is replaced (EX_3.1-1090)
        former = query.get_documents(unique_ids=[entry.parent.root], returns="ObjectRef")
        yield from _plain("td3.1b-remplace", "query", former, subject, settings, at)
    yield from _deposit(subject, settings, at)
    found = query.get_documents(unique_ids=[entry.unique_id], returns="ObjectRef")  # should its answer be lost
    yield from _plain("td3.1b-reference", "query", found, subject, settings, at)
    if any(code.code == INVISIBLE for code in entry.confidentiality):
        whole = query.get_documents(unique_ids=[entry.unique_id])  # what is read, then repeated
        yield from _plain("td3.1a-description", "query", whole, subject, settings, at)
        yield from _plain("td3.3b-rendre-visible", "update", _reveal(subject, settings, at), subject, settings, at)


def _deposit(subject: Subject, settings: DmpSettings, at: datetime) -> Iterator[tuple[str, bytes]]:
    """The ITI-41: documents in base64 as schemas read it, then the bytes that HTTP carries."""
    lot = submission_of([subject.entry], submitted_at=at, unique_id=oid_of(uuid4()))
    request, contents = deposit(subject.caller, subject.ins, settings, lot, {subject.entry.unique_id: subject.cda})
    alone = etree.fromstring(etree.tostring(request))
    yield "td2.1-depot.xml", serialized(inlined(alone, contents))
    call = Call(SERVICES["submit"], subject.caller, subject.ins, str(uuid4()), at)
    package = message(settings, call, request, contents)
    yield "td2.1-depot.mtom", package.content
    yield "td2.1-depot.mtom.content-type", package.content_type.encode() + b"\n"


def _plain(
    name: str, service: str, body: etree._Element, subject: Subject, settings: DmpSettings, at: datetime
) -> Iterator[tuple[str, bytes]]:
    """The request alone, which schemas check, and in its envelope."""
    yield f"{name}.xml", serialized(etree.fromstring(etree.tostring(body)))
    call = Call(SERVICES[service], subject.caller, subject.ins, str(uuid4()), at)
    yield f"{name}.soap.xml", message(settings, call, body, {}).content


def _reveal(subject: Subject, settings: DmpSettings, at: datetime) -> etree._Element:
    """The change that would make the document visible, once the registry described it."""
    lot = Submission(SubmissionSet(submission_time=f"{at:%Y%m%d%H%M%S}"), [subject.entry])
    entry = submission.prepared(subject.caller, subject.ins, settings, lot).entries[0]
    found = FoundEntry(replace(entry, replaces=""), ENTRY, ENTRY, 1, "Approved", slots=_REPOSITORY)
    visible = replace(found.entry, confidentiality=tuple(code for code in entry.confidentiality if code.system == _NORMAL))
    own = SubmissionSet(oid_of(uuid4()), "", f"{at:%Y%m%d%H%M%S}", entry.title)
    return update.metadata(submission.lot_of(subject.caller, subject.ins, settings, own, [entry]), found, visible)


_NORMAL = "2.16.840.1.113883.5.25"
_REPOSITORY: Mapping[str, Sequence[str]] = {"repositoryUniqueId": ("1.2.250.1.213.4.1.1.1.2",)}


def _caller(author: Author, entry: DocumentEntry) -> Caller:
    parts = [plain(part) for part in author.person.split("^")]
    institution = next(iter(author.institutions), "")
    specialty = next(iter(author.specialties), "").partition("^")[0]
    return Caller(
        national_id=identifier_of(author.person),
        family=parts[1] if len(parts) > 1 else "",
        given=parts[2] if len(parts) > 2 else "",
        profession=specialty.partition("/")[0].rpartition("_")[2],
        structure=identifier_of(institution),
        structure_name=plain(institution.partition("^")[0]),
        sector=entry.facility_type.code if entry.facility_type else "",
        specialty=specialty.partition("/")[2],
        author_specialty=specialty,
    )
