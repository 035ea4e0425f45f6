"""INSi asked: a question in, an answer or an error of the contract out; what came back is kept, faults open a pause.

Call it outside a transaction: what it keeps must outlive the error that it raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.contracts.errors import DeliveryError, NotConfigured, Refused, RetryLater
from dcc.events import api as events
from plugins.ins.apps import InsiSettings
from plugins.ins.insi import keeping, outcomes
from plugins.ins.insi.certificate import read_certificate
from plugins.ins.insi.envelope import Caller, Question, Stamp, request
from plugins.ins.insi.reading import Answer, Fault, Malformed, read
from plugins.ins.insi.transport import Endpoint, Reply, post
from plugins.ins.models import InsiInstallation

KINDS = ("application/soap+xml", "text/xml", "application/xml")
"""Content types that are read; anything else is a page of something in between."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An answer, when it came and under which number it is kept."""

    answer: Answer
    at: datetime
    answer_id: UUID


class InsiClient:
    """INSi as the settings say; ``automatic`` when no person waits, ``again`` asks though a recent answer is kept."""

    def __init__(self, settings: InsiSettings, *, automatic: bool = False, again: bool = False) -> None:
        self._settings, self._automatic, self._again = settings, automatic, again

    def search(self, question: Question) -> Asked:
        """WS_INS1 or WS_INS2, by the kind of question. Raises ``RetryLater``, ``Refused`` or ``NotConfigured``, in French."""
        endpoint = self.endpoint()
        kept = None if self._again else self._kept(endpoint, question)
        if kept is not None:
            return kept
        rest = events.rest_of(endpoint.url, trial=timedelta(seconds=3 * endpoint.timeout))
        if rest is not None:
            raise RetryLater(_("INSi est en pause après plusieurs fautes ; prochain essai dans un moment"), rest)
        return self._ask(endpoint, question)

    def verify_traits(self, *_args: object) -> Answer:
        """WS_INS3, and the bulk operations behind it: not available as long as their contract is not public."""
        raise NotConfigured(_("Vérification INSi indisponible : le contrat de l'opération n'est pas publié"))

    def endpoint(self) -> Endpoint:
        """Where, and by which certificate. Raises ``NotConfigured`` naming what is missing."""
        held = self._settings
        if not held.endpoint:
            raise NotConfigured(_("INSi n'est pas configuré sur cette plateforme (DCC_INSI_ENDPOINT)"))
        if not held.idam or not held.certificate:
            raise NotConfigured(_("INSi : numéro d'autorisation (DCC_INSI_IDAM) ou certificat (DCC_INSI_CERTIFICATE) absent"))
        automatic = self._automatic and held.automatic_certificate
        certificate = held.automatic_certificate if automatic else held.certificate
        key = held.automatic_key if automatic else held.certificate_key
        return Endpoint(held.endpoint, certificate, key, held.authorities, held.timeout_seconds)

    def _kept(self, endpoint: Endpoint, question: Question) -> Asked | None:
        row = keeping.recent(endpoint, question, hours=self._settings.cache_hours)
        try:
            found = read(keeping.content_of(row)) if row else None
        except (Malformed, accounts.Unreadable):  # sealed by a key that is gone, or read more strictly since: ask again
            return None
        return Asked(found, row.answered_at, row.pk) if row and isinstance(found, Answer) else None

    def _ask(self, endpoint: Endpoint, question: Question) -> Asked:
        caller = self._caller(endpoint)
        asked_at = timezone.now()
        try:
            reply = post(endpoint, question.operation, request(question, caller, Stamp()))
        except RetryLater:
            self._keep(endpoint, question, None, asked_at, keeping.Outcome.UNREACHABLE, "")
            self._note_fault(endpoint)
            raise
        return self._understood(endpoint, question, reply, asked_at)

    def _understood(self, endpoint: Endpoint, question: Question, reply: Reply, asked_at: datetime) -> Asked:
        try:
            found = _read(reply)
        except Malformed as error:
            kept = self._keep(endpoint, question, reply, asked_at, keeping.Outcome.MALFORMED, "")
            raise self._refusal(endpoint, reply, str(error), kept) from None
        if isinstance(found, Fault):
            kept = self._keep(endpoint, question, reply, asked_at, keeping.Outcome.FAULT, found.words)
            raise self._noted(endpoint, outcomes.of_fault(found))
        events.note_success(endpoint.url)
        kept = self._keep(endpoint, question, reply, asked_at, keeping.Outcome.ANSWERED, found.code)
        return Asked(found, kept.answered_at, kept.pk)

    def _refusal(self, endpoint: Endpoint, reply: Reply, why: str, kept: keeping.InsiAnswer) -> DeliveryError:
        """A reply that cannot be read: of something in between, cut on its way, or an answer that is not what it must be."""
        if reply.status != 200 or not _is_xml(reply):
            return self._noted(endpoint, outcomes.of_http(reply))
        if not reply.content.rstrip().endswith(b">"):
            return self._noted(endpoint, RetryLater(_("INSi : réponse interrompue")))
        words = {"why": why, "number": kept.pk}
        return Refused(_("Réponse d'INSi refusée, rien n'en est repris : %(why)s. Conservée sous le n° %(number)s.") % words)

    def _noted(self, endpoint: Endpoint, error: DeliveryError) -> DeliveryError:
        if isinstance(error, RetryLater):
            self._note_fault(endpoint)
        else:
            events.note_success(endpoint.url)
        return error

    def _note_fault(self, endpoint: Endpoint) -> None:
        events.note_fault(endpoint.url, before_pause=self._settings.faults_before_pause)

    def _keep(
        self, endpoint: Endpoint, question: Question, reply: Reply | None, asked_at: datetime, outcome: keeping.Outcome, code: str
    ) -> keeping.InsiAnswer:
        automatic = self._automatic
        return keeping.keep(endpoint, question, reply, asked_at=asked_at, outcome=outcome, code=code[:90], automatic=automatic)

    def _caller(self, endpoint: Endpoint) -> Caller:
        held = self._settings
        instance = held.instance or str(InsiInstallation.objects.get_or_create(pk=1)[0].instance)
        return Caller(read_certificate(endpoint.certificate).unit, held.idam, held.software, held.software_version, instance)


def _is_xml(reply: Reply) -> bool:
    return reply.content_type.partition(";")[0].strip().lower() in KINDS


def _read(reply: Reply) -> Answer | Fault:
    if not _is_xml(reply):
        raise Malformed("ce n'est pas du SOAP")
    found = read(reply.content)
    if isinstance(found, Answer) and reply.status != 200:
        raise Malformed(f"une réponse sous le statut HTTP {reply.status}")
    return found
