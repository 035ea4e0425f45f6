"""What a machine receives from another system becomes what the table of outcomes says, once, however often it comes."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction

from dcc.audit import api as audit
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId, ReadResult
from dcc.documents import api as documents
from dcc.exchange.intake import made_here, read_file
from dcc.exchange.models import Intake, IntakeFile
from dcc.exchange.regions.facts import Known, facts_of, sender_of
from dcc.exchange.regions.keeping import Kept, kept
from dcc.exchange.regions.outcomes import AGAIN, MEANINGS, Facts, Outcome, Reading, outcome_of
from dcc.exchange.regions.taking import given_back, patient_of, take_in
from dcc.patients import api as patients

REASON_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Incoming:
    """What came by a channel: from whom, to which box, its files (name, bytes) and the patient that its envelope names.

    ``message_id`` names the message for ever; ``facility_id`` is the structure that the box belongs to.
    """

    channel: str
    sender: str
    recipient: str
    message_id: str
    received_at: datetime
    files: Sequence[tuple[str, bytes]]
    patient_id: InstanceId | None
    facility_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Reception:
    """What became of it: ``error`` is empty or "900"..."906", ``words`` French without patient data.

    ``document_id`` is the document it became, or concerns. ``kept_aside``: a person must look; ``answered``: whether the sender
    is to be answered now. ``others``: what became of the further documents of the same message.
    """

    outcome: str
    document_id: uuid.UUID | None
    error: str
    words: str
    kept_aside: bool = False
    answered: bool = True
    others: Sequence[Reception] = ()


@dataclass(frozen=True, slots=True)
class _File:
    """One document of a message: its file, what was read of it or why it was not, and the files that came beside."""

    incoming: Incoming
    name: str
    content: bytes
    result: ReadResult | None
    reading: Reading = "lu"
    why: str = ""
    beside: Sequence[tuple[str, bytes]] = ()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def receive_document(*, incoming: Incoming) -> Reception:
    """Take in what another system sends, by the table of outcomes (:mod:`dcc.exchange.regions.outcomes`).

    All of a document is stored or nothing, and every file is kept. The same message again, or the same document in another
    message, gets the same answer and changes nothing; only what waited for its sender to be known is looked at anew. Several
    documents are received one by one, the one that went worst is told first. Raises nothing for what the sender did wrong.
    """
    receptions = [_received(file) for file in _files(incoming)]
    receptions.sort(key=lambda reception: not reception.error)
    return replace(receptions[0], others=tuple(receptions[1:]))


def _files(incoming: Incoming) -> list[_File]:
    """The structured documents of a message; without any, its first file, with why it is none."""
    read: list[tuple[str, bytes, ReadResult]] = []
    beside: list[tuple[str, bytes]] = []
    refusals: list[Refused] = []
    for name, content in incoming.files:
        try:
            result = read_file(content)
        except Refused as refusal:
            refusals.append(refusal)
            beside.append((name, content))
            continue
        if result.structured:
            read.append((name, content, result))
        else:
            refusals.append(Refused("Ce fichier est un CDA de niveau 1 (un PDF)", cause="level"))
            beside.append((name, content))
    if read:
        first, *more = (_File(incoming, name, content, result) for name, content, result in read)
        return [replace(first, beside=beside), *more]
    name, content = beside[0] if beside else ("", b"")
    why = next((refusal for refusal in refusals if refusal.cause), refusals[0] if refusals else None)
    return [_File(incoming, name, content, None, _reading(why), why.reason if why else "", beside[1:])]


def _reading(why: Refused | None) -> Reading:
    causes: dict[str, Reading] = {"version": "version", "level": "sans_n3"}
    return causes.get(why.cause, "illisible") if why else "sans_n3"


def _received(file: _File) -> Reception:
    former = _answered(file)
    if former is not None:
        return former
    for last_try in (False, True):
        try:
            return _decided(file)
        except (IntegrityError, OperationalError):  # the same document came twice at once: the other one is there now
            former = _answered(file)
            if former is not None:
                return former
            if last_try:
                raise
    raise AssertionError  # the loop returns or raises


def _answered(file: _File) -> Reception | None:
    """What was answered to the same bytes: in the same message, or in another one when something was kept of them."""
    rows = Intake.objects.filter(sha256=file.digest).exclude(outcome="").exclude(outcome__in=AGAIN)
    row = rows.filter(channel=file.incoming.channel, message_id=file.incoming.message_id).first()
    if row is not None:
        return _reception(row)
    kept_before = [outcome for outcome, meaning in MEANINGS.items() if meaning.taken or meaning.kept_aside]
    duplicate = MEANINGS[Outcome.DUPLICATE]
    row = rows.filter(outcome__in=kept_before).order_by("received_at").first()
    if row is not None:
        former = _reception(row)
        return replace(former, words=f"{duplicate.words} ({former.words})")
    imported = Intake.objects.filter(sha256=file.digest, outcome="", document__isnull=False).first()
    return Reception(Outcome.DUPLICATE, imported.document_id, duplicate.error, duplicate.words) if imported else None


def _reception(row: Intake) -> Reception:
    meaning = MEANINGS[Outcome(row.outcome)]
    return Reception(
        row.outcome, row.document_id or row.about_id, row.error, row.reason or meaning.words, meaning.kept_aside, meaning.answered
    )


def _decided(file: _File) -> Reception:
    """Decide and record; an identity that turns out to be a question is one, and what was begun is undone."""
    files = [(file.name, file.content), *file.beside]
    try:
        with kept(files) as stored, documents.files_follow_the_transaction(), transaction.atomic():
            return _recorded(file, stored)
    except patients.IdentityConflict as conflict:
        reception = _refused(file, Outcome.QUESTION)
        patients.keep_conflict(conflict)
        return reception
    except (Refused, documents.DocumentError) as error:
        return _refused(file, Outcome.UNREADABLE, str(error))


def _refused(file: _File, outcome: Outcome, why: str = "") -> Reception:
    with kept([(file.name, file.content), *file.beside]) as stored, transaction.atomic():
        return _reception(_row(file, stored, outcome, None, why))


def _recorded(file: _File, stored: Sequence[Kept]) -> Reception:
    incoming, result = file.incoming, file.result
    if result is None:
        facts = Facts(reading=file.reading, sender=sender_of(incoming.sender))
        return _reception(_row(file, stored, outcome_of(facts), None, file.why))
    known = facts_of(incoming.sender, incoming.patient_id, result)
    outcome = outcome_of(known.facts)
    if outcome is Outcome.QUESTION:
        outcome = _with_answer(known, result, incoming.facility_id)
    row = _row(file, stored, outcome, known.held.document_id if known.held else None)
    if MEANINGS[outcome].taken:
        received = documents.Received(row.pk, result, made_here(result), to_complete=outcome is Outcome.TO_COMPLETE)
        row.document_id, row.about_id = take_in(outcome, received, known.held, row), None
        row.save(update_fields=["document", "about"])
    elif outcome is Outcome.LATE and known.held is not None:
        given_back(known.held.document_id, row)
    return _reception(row)


def _with_answer(known: Known, result: ReadResult, facility_id: uuid.UUID) -> Outcome:
    """The outcome once somebody answered whose the identity is; raises :class:`patients.IdentityConflict` while nobody has."""
    found = patients.current_id(patient_of(documents.Received(uuid.uuid4(), result), facility_id))
    same = known.held is None or patients.current_id(known.held.patient_id) == found
    return outcome_of(replace(known.facts, patient="le_meme" if same else "autre"))


def _row(file: _File, stored: Sequence[Kept], outcome: Outcome, about: uuid.UUID | None, why: str = "") -> Intake:
    """Record the file under its outcome: anew, or on the row of a message that waited for its sender to be known."""
    incoming, meaning, (own, *beside) = file.incoming, MEANINGS[outcome], stored
    waited = Intake.objects.filter(channel=incoming.channel, message_id=incoming.message_id, sha256=file.digest).first()
    row = waited or Intake(channel=incoming.channel, message_id=incoming.message_id, sha256=file.digest)
    row.facility_id, row.about_id, row.outcome, row.error = incoming.facility_id, about, outcome.value, meaning.error
    row.filename, row.size, row.storage_name = own.filename, own.size, own.storage_name
    row.sender, row.recipient = incoming.sender[:254], incoming.recipient[:254]
    row.reason = "" if meaning.taken else f"{meaning.words} : {why}"[:REASON_LENGTH] if why else meaning.words
    row.save()
    IntakeFile.objects.bulk_create(
        IntakeFile(intake=row, filename=b.filename, sha256=b.sha256, size=b.size, storage_name=b.storage_name) for b in beside
    )
    _trace(row)
    return row


def _trace(row: Intake) -> None:
    """In the journal: neither the name of the file nor a reason, which may quote it."""
    action = "intake.taken" if MEANINGS[Outcome(row.outcome)].taken else "intake.refused"
    audit.record(
        actor=None,
        action=action,
        subject=f"intake:{row.pk}",
        digest=row.sha256,
        size=row.size,
        outcome=row.outcome,
        error=row.error,
    )
