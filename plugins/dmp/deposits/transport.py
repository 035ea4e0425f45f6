"""The transport « dmp »: a document is deposited once, in the session of one of its authors, seen by whom the table says.

The ledger is written before the request leaves. What an answer did not come back for is looked for (TD3.1b) before anything is
sent again, whoever asks: so ``find`` never has to guess (decision 0332).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.contracts.capabilities import Absent, Found, Unknowable
from dcc.contracts.errors import DeliveryError, NeedsSession, NotConfigured, Refused, RetryLater
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, InstanceId, Package, Receipt, Recipient
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from plugins.dmp.apps import DmpSettings
from plugins.dmp.deposits import gate, ledger
from plugins.dmp.deposits.lots import entry_of, lot_of
from plugins.dmp.deposits.standing import Standing, is_minor, standing_of, state_of, user_of
from plugins.dmp.deposits.visibility import Seen, Situation, codes_of, seen_after, step_of
from plugins.dmp.models import Deposit
from plugins.dmp.models.deposits import Stage
from plugins.dmp.patient.keeping import remember
from plugins.dmp.transactions.types import Caller, Dmp

FORMAT = "cda-n3"
NOTES = {
    Seen.INVISIBLE: "invisible au patient",
    Seen.GUARDIANS: "invisible aux représentants légaux",
    Seen.VISIBLE: "visible par le patient",
}
"""The words beside the state of a line."""


@dataclass(frozen=True, slots=True)
class Services:
    """The DMP, and whose session of the trust space is live among some professionals (national identifiers)."""

    dmp: Dmp
    session_of: Callable[[Sequence[str]], Caller | None]
    settings: Callable[[], DmpSettings]


@dataclass(frozen=True, slots=True)
class _Work:
    """One deposit that is being made."""

    patient_id: UUID | None
    ins: InstanceId
    cda: Artifact
    row: Deposit
    caller: Caller
    minor: bool


class DmpTransport:
    """Deposits through the DMP that ``services`` give."""

    channel = "dmp"

    def __init__(self, services: Services) -> None:
        self._services = services

    def send(self, package: Package, recipient: Recipient, *, key: UUID, session: object | None = None) -> Receipt:
        """Deposit once. Raises ``NeedsSession``, ``Refused`` (by the gate or the DMP), ``RetryLater``, ``NotConfigured``."""
        settings = self._services.settings()
        if not settings.proxy:
            raise NotConfigured(_("Aucun accès au DMP n'est réglé"), cause="dmp_off")
        snapshot, cda = package.snapshot, package.artifacts[FORMAT]
        row = ledger.row_of(snapshot, cda, key)
        if row.stage == Stage.DEPOSITED:
            return receipt_of(row)
        if row.stage == Stage.WITHDRAWN:
            raise Refused(_("Le document a été retiré du DMP"), cause="dmp_removed")
        # Whose it is now: the picture may name an identity from which his was parted since.
        patient_id = documents.patient_of(snapshot.document_id) or snapshot.patient.patient_id
        standing = standing_of(patient_id)
        minor = is_minor(snapshot.patient.traits.birth_date, timezone.localdate(), settings.minority)
        facts = _facts(snapshot, row, standing, minor=minor)
        ins = snapshot.patient.ins
        awaited = ledger.may_deposit(row)
        caller = self._services.session_of(awaited)
        _check(replace(facts, session=caller is not None or row.stage == Stage.STARTED or not awaited), row)
        if not awaited:
            raise Refused(_("Aucun auteur du document n'a d'identifiant national"), cause="dmp_professional")
        if caller is None or ins is None:
            raise NeedsSession("psc", awaited)
        work = _Work(patient_id, ins, cda, row, caller, minor)
        return receipt_of(row) if self._settled(work) else self._deposit(work, facts)

    def find(self, key: UUID) -> Found | Absent | Unknowable:
        """By the ledger; what was being deposited is looked for by ``send``, in a session, before it deposits again."""
        row = Deposit.objects.filter(pk=key).first()
        if row is None or row.stage in (Stage.NEW, Stage.WITHDRAWN):
            return Absent()
        return Unknowable(looks_first=True) if row.stage == Stage.STARTED else Found(receipt_of(row))

    def _settled(self, work: _Work) -> bool:
        """Look for what has no answer: this document and former versions of it. Answers whether this one is there."""
        for row in ledger.unsettled(work.row.document_id, work.ins):
            mine = work.row if row.pk == work.row.pk else row
            self._settle(work, mine)
        return work.row.stage == Stage.DEPOSITED

    def _settle(self, work: _Work, row: Deposit) -> None:
        if self._services.dmp.reference_of(work.caller, work.ins, row.unique_id):
            _deposited(row)
        else:
            ledger.note_not_there(row)

    def _deposit(self, work: _Work, facts: gate.Facts) -> Receipt:
        asked_at = timezone.now()
        answer = self._services.dmp.existence(work.caller, work.ins)
        if work.patient_id:
            remember(patient_id=work.patient_id, user_id=user_of(work.caller), answer=answer, at=asked_at)
        replaces = self._replaced(work)
        standing = standing_of(work.patient_id)  # as it is now: the DMP took its time, and what is shown is never hidden again
        now = replace(facts, replaces=bool(replaces), opposed=standing.opposed, chosen=standing.chosen, dmp=state_of(answer))
        _check(now, work.row)
        seen = seen_by(work.row, secret=work.minor and standing.secret)
        entry = entry_of(work.cda.content, codes_of(seen, minor=work.minor), replaces=replaces)
        lot = lot_of([entry], unique_id=work.row.lot, at=timezone.now())
        ledger.note_started(work.row, seen, work.caller.national_id)
        try:
            self._services.dmp.submit(work.caller, work.ins, lot, {work.row.unique_id: work.cda.content})
        except DeliveryError as error:
            self._not_answered(work, error)
        else:
            _deposited(work.row)
        return receipt_of(work.row)

    def _replaced(self, work: _Work) -> str:
        """The entryUUID of the version that is there (TD3.1b just before, EX_3.1-1090); one that was taken away is noted so."""
        for former in ledger.there(work.row.document_id, work.ins).exclude(pk=work.row.pk):
            reference = self._services.dmp.reference_of(work.caller, work.ins, former.unique_id)
            if reference:
                return reference
            withdrawn(former)
        return ""

    def _not_answered(self, work: _Work, error: DeliveryError) -> None:
        """Raise what went wrong, unless the document is there all the same (a refusal because it already is)."""
        if isinstance(error, RetryLater) and error.cause == "unknown_outcome":
            raise error
        if isinstance(error, Refused):
            self._settle(work, work.row)
        else:
            ledger.note_not_there(work.row)
        if work.row.stage != Stage.DEPOSITED:
            raise error


@transaction.atomic
def _deposited(row: Deposit) -> None:
    """It is there; what it took the place of says so, where its line said who saw it."""
    for former in ledger.note_deposited(row):
        exchange.annotate(key=former, note=_("remplacée depuis"), at=timezone.now())


@transaction.atomic
def withdrawn(row: Deposit) -> None:
    """It is there no more, and its line says so: both, or none and it is looked for again."""
    ledger.note_withdrawn(row)
    exchange.annotate(key=row.pk, note=_("retirée du DMP"), at=timezone.now())


def note_of(row: Deposit) -> str:
    """The words beside the state of the line of a deposit, as the ledger knows it."""
    if row.replaced_by:
        return _("remplacée depuis")
    return NOTES[Seen(row.visibility)] if row.stage == Stage.DEPOSITED else ""


def seen_by(row: Deposit, *, secret: bool) -> Seen:
    """Who is to see what is deposited now."""
    if row.document_type == "frcp":
        step = step_of(Situation("frcp", ledger.pps_of(row.document_id, row.ins), ledger.frcp_of(row.document_id, row.ins)))
    else:
        step = step_of(Situation("pps"))
    return seen_after(step, secret=secret, last=ledger.last_seen(row.document_id, row.ins))


def receipt_of(row: Deposit) -> Receipt:
    """What the DMP took, and who sees it."""
    return Receipt(row.unique_id, row.deposited_at or timezone.now(), note=NOTES[Seen(row.visibility)])


def _facts(snapshot: DocumentSnapshot, row: Deposit, standing: Standing, *, minor: bool) -> gate.Facts:
    return gate.Facts(
        validated=snapshot.status in ("valide", "cloture"),
        qualified=snapshot.patient.status == "qualifiee" and snapshot.patient.ins is not None,
        replaces=ledger.there(row.document_id, row.ins).exists() or ledger.unsettled(row.document_id, row.ins).exists(),
        opposed=standing.opposed,
        minor=minor,
        chosen=standing.chosen,
    )


def _check(facts: gate.Facts, row: Deposit) -> None:
    """Raise what the gate says."""
    verdict = gate.verdict_of(facts)
    if verdict.cause == "session":
        raise NeedsSession("psc", ledger.may_deposit(row))
    if verdict.cause:
        raise Refused(_words(verdict), cause=verdict.cause)


def _words(verdict: gate.Verdict) -> str:
    """The rule that holds it; the line says beside it what is so."""
    return f"Règle\u00a0: {verdict.words} ({verdict.source})"
