"""The services of the DMP through the region's proxy: :class:`plugins.dmp.transactions.types.Dmp`, in requests and answers.

Call it outside a transaction: what it notes of the proxy must outlive the error that it raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, TypeVar
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.errors import DeliveryError, NeedsSession, NotConfigured, Refused, RetryLater
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import DocumentEntry, Submission, SubmissionSet, oid_of
from dcc.events import api as events
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions import answers, existence, habilitations, last, query, retrieval, submission, update
from plugins.dmp.transactions.depositing import deposit
from plugins.dmp.transactions.envelope import Malformed, payload_of
from plugins.dmp.transactions.hiding import check_hiding
from plugins.dmp.transactions.messages import Call, message
from plugins.dmp.transactions.mtom import unpacked
from plugins.dmp.transactions.services import SERVICES, Service
from plugins.dmp.transactions.transport import Endpoint, Reply, lost, post
from plugins.dmp.transactions.types import Caller, Existence, FoundEntry

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Answer:
    payload: etree._Element
    parts: Mapping[str, bytes]


class ProxyDmp:
    """The DMP of this platform; ``in_force`` gives the settings of now."""

    def __init__(self, in_force: Callable[[], DmpSettings]) -> None:
        self._in_force = in_force

    def existence(self, caller: Caller, ins: InstanceId) -> Existence:
        """TD0.2."""
        settings = self._in_force()
        body = existence.request(ins, settings, key=str(uuid4()), query_key=str(uuid4()), at=timezone.now())
        answer = self._checked(caller, ins, SERVICES["existence"], body)
        return _read(lambda: existence.read(answer.payload, ins), changes=False)

    def authorise(self, caller: Caller, ins: InstanceId, *, withdraw: bool = False) -> None:
        """TD0.3."""
        answer = self._call(caller, ins, SERVICES["authorise"], habilitations.request(withdraw=withdraw))
        code, words = _read(lambda: habilitations.read(answer.payload), changes=True)
        if code != habilitations.DONE:
            raise answers.error_of(answers.Problem(code, words))

    def submit(self, caller: Caller, ins: InstanceId, lot: Submission, documents: Mapping[str, bytes]) -> None:
        """TD2.1."""
        request, contents = deposit(caller, ins, self._in_force(), lot, documents)
        self._checked(caller, ins, SERVICES["submit"], request, contents)

    def reference_of(self, caller: Caller, ins: InstanceId, unique_id: str) -> str:
        """TD3.1b; the last one named when the registry keeps several versions of its metadata."""
        body = query.get_documents(unique_ids=[unique_id], returns="ObjectRef")
        found = query.references(self._checked(caller, ins, SERVICES["query"], body).payload)
        return found[-1] if found else ""

    def find_documents(
        self, caller: Caller, ins: InstanceId, *, types: Sequence[str], since: datetime | None = None
    ) -> Sequence[FoundEntry]:
        """TD3.1a."""
        return self._entries(caller, ins, query.find_documents(ins, types=types, since=since))

    def changed_documents(self, caller: Caller, ins: InstanceId, *, since: datetime) -> Sequence[FoundEntry]:
        """TD3.1a: lots, what they hold, then the documents."""
        lots = query.lots(self._checked(caller, ins, SERVICES["query"], query.find_lots(ins, since=since)).payload)
        held: list[str] = []
        for some in query.by_lots(lots):
            answer = self._checked(caller, ins, SERVICES["query"], query.get_associations(some))
            held += query.members(answer.payload, lots)
        found: list[FoundEntry] = []
        for some in query.by_lots(held):
            found += self._entries(caller, ins, query.get_documents(entry_uuids=some))
        return self._replaced(caller, ins, found)

    def describe(self, caller: Caller, ins: InstanceId, unique_ids: Sequence[str]) -> Sequence[FoundEntry]:
        """TD3.1a."""
        found: list[FoundEntry] = []
        for some in query.by_lots(unique_ids):
            found += self._entries(caller, ins, query.get_documents(unique_ids=some))
        return self._replaced(caller, ins, found)

    def retrieve(self, caller: Caller, ins: InstanceId, unique_ids: Sequence[str]) -> Mapping[str, bytes]:
        """TD3.2, some at a time."""
        found: dict[str, bytes] = {}
        for start in range(0, len(unique_ids), retrieval.AT_MOST):
            asked = list(dict.fromkeys(unique_ids[start : start + retrieval.AT_MOST]))
            answer = self._call(caller, ins, SERVICES["retrieve"], retrieval.request(asked))
            self._check(answer, SERVICES["retrieve"])
            found |= _read(partial(retrieval.read, answer.payload, answer.parts, asked), changes=False)
        return found

    def change_visibility(self, caller: Caller, ins: InstanceId, found: FoundEntry, entry: DocumentEntry) -> None:
        """TD3.3a/b."""
        check_hiding(entry, both=self._in_force().both_hidden, before=found.entry)
        body = update.metadata(self._lot(caller, ins, entry.title, [entry]), found, entry)
        self._checked(caller, ins, SERVICES["update"], body)

    def change_status(self, caller: Caller, ins: InstanceId, entry_uuid: str, status: Literal["Deleted", "Archived"]) -> None:
        """TD3.3c/d."""
        titles = {"Deleted": "Suppression", "Archived": "Archivage"}
        self._checked(caller, ins, SERVICES["update"], update.status(self._lot(caller, ins, titles[status]), entry_uuid, status))

    def _lot(self, caller: Caller, ins: InstanceId, title: str, about: Sequence[DocumentEntry] = ()) -> SubmissionSet:
        """A lot of its own for a change."""
        moment = f"{timezone.now():%Y%m%d%H%M%S}"
        lot = SubmissionSet(unique_id=oid_of(uuid4()), submission_time=moment, title=title)
        return submission.lot_of(caller, ins, self._in_force(), lot, about)

    def _entries(self, caller: Caller, ins: InstanceId, body: etree._Element) -> Sequence[FoundEntry]:
        answer = self._checked(caller, ins, SERVICES["query"], body)
        return _read(lambda: query.entries(answer.payload), changes=False)

    def _replaced(self, caller: Caller, ins: InstanceId, found: Sequence[FoundEntry]) -> Sequence[FoundEntry]:
        """What took the place of those that are no longer approved: asked only when there are some."""
        former = [each.entry_uuid for each in found if each.status == "Deprecated"]
        successors: dict[str, str] = {}
        for some in query.by_lots(former):
            successors |= query.replacements(self._checked(caller, ins, SERVICES["query"], query.get_associations(some)).payload)
        names = {each.entry_uuid: each.entry.unique_id for each in found}
        for some in query.by_lots([uuid for uuid in successors.values() if uuid not in names]):
            others = self._entries(caller, ins, query.get_documents(entry_uuids=some))
            names |= {each.entry_uuid: each.entry.unique_id for each in others}
        after = {former: names.get(successor, successor) for former, successor in successors.items()}
        return [replace(each, replaced_by=after.get(each.entry_uuid, "")) for each in found]

    def _checked(
        self,
        caller: Caller,
        ins: InstanceId,
        service: Service,
        body: etree._Element,
        documents: Mapping[str, bytes] | None = None,
    ) -> _Answer:
        """The answer, once it says that what was asked was done."""
        answer = self._call(caller, ins, service, body, documents)
        self._check(answer, service)
        return answer

    def _check(self, answer: _Answer, service: Service) -> None:
        if answer.payload.tag != service.answer:
            raise _unreadable(Malformed("ce n'est pas la réponse à cette demande"), changes=service.changes)
        found = _read(lambda: answers.problems_of(answer.payload), changes=service.changes)
        if not found:
            return
        if answers.is_partial(answer.payload):
            if service.changes:
                raise lost(_("Le DMP n'a fait qu'une partie de ce qui était demandé"), changes=True)
            return
        raise answers.error_of(answers.worst(found))

    def _call(
        self,
        caller: Caller,
        ins: InstanceId,
        service: Service,
        body: etree._Element,
        documents: Mapping[str, bytes] | None = None,
    ) -> _Answer:
        last.taken()  # what is not sent has not the answer of the call before
        settings = self._in_force()
        endpoint = _endpoint(settings, caller, service)
        rest = events.rest_of(endpoint.url, trial=timedelta(seconds=3 * settings.timeout_seconds))
        if rest is not None:
            raise RetryLater(
                _("Le DMP est en pause après plusieurs fautes ; prochain essai dans un moment"), rest, cause="unreachable"
            )
        package = message(settings, Call(service, caller, ins, str(uuid4()), timezone.now()), body, documents or {})
        try:
            reply = post(endpoint, package)
            last.note(package, reply)
            answer = _understood(reply, service, caller)
        except DeliveryError as error:
            if isinstance(error, RetryLater) and error.cause in ("unreachable", "unknown_outcome"):
                longest = timedelta(seconds=settings.pause_seconds)
                events.note_fault(endpoint.url, before_pause=settings.failures_before_pause, longest=longest)
            elif not isinstance(error, NotConfigured):  # of ours: nothing was answered
                events.note_success(endpoint.url)
            raise
        events.note_success(endpoint.url)
        return answer


_IN_BETWEEN = (502, 503, 504)
"""Said by something in between, whatever it puts in its body: the DMP may still be at work."""


def _endpoint(settings: DmpSettings, caller: Caller, service: Service) -> Endpoint:
    """Where, and by which certificate. Raises :class:`NotConfigured`, or ``NeedsSession`` without a session."""
    if not settings.proxy:
        raise NotConfigured(_("Le DMP n'est pas configuré sur cette plateforme (DCC_DMP_PROXY)"), cause="dmp_off")
    if not caller.proxy_session:
        raise NeedsSession("psc", [caller.national_id])
    return Endpoint(
        url=settings.proxy.rstrip("/") + settings.send_path.format(service=service.name),
        certificate=settings.certificate,
        key=settings.certificate_key,
        authorities=settings.authorities,
        timeout=settings.timeout_seconds,
        session=caller.proxy_session,
        changes=service.changes,
        limit=service.limit,
    )


def _understood(reply: Reply, service: Service, caller: Caller) -> _Answer:
    """The body of an answer that is no fault."""
    if reply.status == 401:
        raise NeedsSession("psc", [caller.national_id])
    try:
        held = unpacked(reply.content, reply.content_type, limit=service.limit)
        payload = payload_of(held.root)
    except Malformed as error:
        raise _of_http(reply, service, error) from None
    fault = answers.fault_of(payload)
    if fault is not None and not (reply.status in _IN_BETWEEN and answers.meaning_of(fault) is answers.OTHERWISE):
        raise answers.error_of(fault)
    if reply.status != 200:
        raise lost(_("DMP : réponse inattendue (HTTP %s)") % reply.status, changes=service.changes)
    return _Answer(payload, held.parts)


def _of_http(reply: Reply, service: Service, why: Malformed) -> DeliveryError:
    """A reply that cannot be read: of something in between, cut on its way, or not what it must be."""
    if 200 <= reply.status < 300:
        return _unreadable(why, changes=service.changes)
    words = _("DMP : réponse inattendue du proxy (HTTP %s)") % reply.status
    if reply.status == 403:
        return NotConfigured(words, cause="certificate")
    if reply.status == 404 or reply.status == 429:
        return RetryLater(words, cause="unreachable")
    if reply.status >= 500:
        return lost(words, changes=service.changes)
    return Refused(words, cause="dmp_refused")


def _read(reading: Callable[[], T], *, changes: bool) -> T:
    try:
        return reading()
    except Malformed as error:
        raise _unreadable(error, changes=changes) from None


def _unreadable(error: Malformed, *, changes: bool) -> DeliveryError:
    """Of a call that changes something, what it did is looked for before anything is concluded."""
    words = _("Réponse du DMP illisible : %s") % error
    return lost(words, changes=changes) if changes or error.cut else Refused(words, cause="dmp_unreadable")
