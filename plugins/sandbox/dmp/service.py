"""The DMP: who may ask what of whose record, then the transaction (dmp_psc.md §1)."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography import x509
from lxml import etree

from plugins.sandbox.dmp import deposit, envelope, existence, names, preload, queries, retrieval, schemas, updates, views, vihf
from plugins.sandbox.dmp.ebrim import response
from plugins.sandbox.dmp.envelope import SOAP_TYPE, Message
from plugins.sandbox.dmp.moods import TRAPS, Mood, Temper
from plugins.sandbox.dmp.people import Patient, People, people
from plugins.sandbox.dmp.problems import Fault, Problem, Rejected, rejected
from plugins.sandbox.dmp.proxy import Proxy, Session
from plugins.sandbox.dmp.store import Store
from plugins.sandbox.dmp.vihf import Vihf

FILE = "dmp.sqlite3"
BUSY = "Le service est temporairement indisponible (bac à sable)"
MOST_SEARCHES, WINDOW = 60, 600.0
"""Searches that a professional may make of a patient, in so many seconds."""
ACCESS = "DMPAccessForbidden"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, Content-Type and bytes."""

    status: int
    kind: str
    body: bytes


@dataclass(slots=True)
class Service:
    """The stand-in in a folder; ``kit`` is that of the official schemas. ``received`` keeps the last ``remembered`` requests."""

    folder: Path
    authority: x509.Certificate
    clients: Sequence[str]
    kit: Path | None = None
    known: People = field(default_factory=people)
    both_hidden: bool = False
    most_searches: int = MOST_SEARCHES
    signed_lots: bool = False
    remembered: int = 0
    temper: Temper = field(default_factory=Temper)
    received: list[tuple[str, str, bytes]] = field(default_factory=list)
    store: Store = field(init=False)
    proxy: Proxy = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.folder / FILE)
        self.proxy = Proxy(self.store, self.known, self.temper, self.clients)

    def set_mood(self, mood: Mood) -> None:
        """From now on."""
        self.temper.set(mood)

    def put(self, content: bytes, *, patient: str, **said: Any) -> str:
        """Keep a CDA that was there before (:func:`preload.put`); its uniqueId. ``patient`` is an INS or a CX."""
        return preload.put(self.store, self.patient(patient), content, **said)

    def patient(self, asked: str) -> Patient:
        """A patient of the catalogue, by INS or CX. Raises ``KeyError``."""
        return next(known for cx, known in self.known.patients.items() if asked in (cx, known.ins))

    def admit(self, patient: Patient) -> None:
        """Know one more patient, or know something else of one."""
        self.known = replace(self.known, patients={**self.known.patients, patient.cx: patient})

    def patient_sees(self, patient: str) -> Sequence[views.Seen]:
        """What a patient (INS or CX) sees in Mon espace santé."""
        return views.of_patient(self.store, self.patient(patient).cx)

    def representatives_see(self, patient: str) -> Sequence[views.Seen]:
        """What the legal representatives of a minor (INS or CX) see."""
        return views.of_representatives(self.store, self.patient(patient).cx)

    def professional_sees(self, patient: str, professional: str) -> Sequence[views.Seen]:
        """What an authorised professional sees of a patient (INS or CX)."""
        return views.of_professional(self.store, self.patient(patient).cx, professional)

    def answer(self, service: str, content_type: str, content: bytes, session: Session, mood: Mood) -> Answer:
        """The answer of a service to a request that the proxy forwarded."""
        if self.remembered:
            self.received = [*self.received, (service, content_type, content)][-self.remembered :]
        try:
            message = envelope.read(service, content_type, content)
            caller = vihf.check(message.security, professional=session.professional, authority=self.authority)
            self._check_message(message, caller)
            if mood.kind == "faute":
                return Answer(500, f"{SOAP_TYPE}; charset=utf-8", envelope.fault(BUSY, sender=False))
            payload, parts = self._answered(message, caller, mood)
        except Fault as error:
            return Answer(500, f"{SOAP_TYPE}; charset=utf-8", envelope.fault(error.words))
        action = names.ANSWERS.get(message.action, f"{message.action}Response")
        body = envelope.write(payload, action, message.message_id)
        if message.action in (names.DEPOSIT, names.RETRIEVE):
            return Answer(200, *envelope.package(body, parts, action))
        return Answer(200, f'{SOAP_TYPE}; charset=utf-8; action="{action}"', body)

    def _check_message(self, message: Message, caller: Vihf) -> None:
        if caller.structure in self.known.closed:
            raise Fault("Structure introuvable ou Inactive")
        if message.action == names.DEPOSIT and not message.packaged:
            raise Fault("L'alimentation se fait en MTOM/XOP (EX_2.1-1260)")
        if not self.store.is_first(message.message_id) or not self.store.is_first(caller.identifier):
            raise Fault("Message ou VIHF déjà reçu : un identifiant ne sert qu'une fois")
        wrong = schemas.problems(message.payload, self.kit)
        if wrong:
            raise Fault(f"Requête non conforme au schéma : {wrong}")

    def _answered(self, message: Message, caller: Vihf, mood: Mood) -> tuple[etree._Element, list[tuple[str, bytes]]]:
        payload = message.payload
        if message.action == names.EXISTENCE:
            return self._existence(payload, caller), []
        if message.action == names.AUTHORISE:
            return self._authorise(payload, caller), []
        tag = f"{{{names.QUERY}}}AdhocQueryResponse" if message.action == names.SEARCH else ""
        try:
            patient = self._open_record(caller)
            if message.action == names.SEARCH:
                return self._search(payload, caller, patient, mood), []
            if message.action == names.RETRIEVE:
                self._check_authorised(caller, patient)
                treating, half = patient.treating == caller.professional, mood.kind == "partiel"
                trap = TRAPS.get(mood.kind)
                return retrieval.retrieve(payload, self.store, caller, treating=treating, trap=trap, half=half)
            if message.action == names.DEPOSIT:
                self._deposit(message, caller)
            else:
                self._update(payload, caller, patient)
        except Rejected as error:
            if message.action == names.RETRIEVE:
                root = etree.Element(f"{{{names.XDSB}}}RetrieveDocumentSetResponse")
                root.append(response(error.problems))
                return root, []
            return response(error.problems, **({"tag": tag} if tag else {})), []
        partial = [Problem("XDSRegistryError", BUSY)] if mood.kind == "partiel" else []
        return response(partial, status=names.PARTIAL if partial else ""), []

    def _existence(self, payload: etree._Element, caller: Vihf) -> etree._Element:
        existence.check_existence(payload, caller)
        patient = self.known.patients.get(caller.patient)
        state = self.authorisation(patient, caller.professional) if patient else ""
        return existence.existence(payload, patient, state, treating=bool(patient and patient.treating == caller.professional))

    def _authorise(self, payload: etree._Element, caller: Vihf) -> etree._Element:
        state = existence.asked_change(payload)
        try:
            patient = self._open_record(caller)
            if self.authorisation(patient, caller.professional) == existence.FORBIDDEN:
                raise rejected(ACCESS, "Le patient s'oppose à l'accès de ce professionnel")
        except Rejected as error:
            return existence.changed(error.problems[0].code, error.problems[0].words)
        self.store.authorise(patient.cx, caller.professional, state)
        return existence.changed()

    def authorisation(self, patient: Patient, professional: str) -> str:
        """What a patient lets a professional consult."""
        return self.store.authorisation(patient.cx, professional, patient.authorisation)

    def _open_record(self, caller: Vihf) -> Patient:
        patient = self.known.patients.get(caller.patient)
        if patient is None or patient.state == "none":
            raise rejected("XDSUnknownPatientId", "Le patient n'a pas de DMP")
        if patient.state == "closed":
            raise rejected(ACCESS, "Le DMP est fermé")
        return patient

    def _check_authorised(self, caller: Vihf, patient: Patient) -> None:
        if self.authorisation(patient, caller.professional) != existence.VALID:
            raise rejected(ACCESS, "Le professionnel n'est pas autorisé à consulter ce DMP")

    def _deposit(self, message: Message, caller: Vihf) -> None:
        elements = deposit.contents_of(message.payload)
        contents: Mapping[str, bytes] = {name: message.content(element) for name, element in elements.items()}
        lot = deposit.submitted(deposit.objects_of(message.payload), contents)
        with self.store.transaction():
            deposit.check(lot, caller, self.store, deposit.Rules(self.authority, self.signed_lots, self.both_hidden))
            deposit.keep(lot, self.store)

    def _update(self, payload: etree._Element, caller: Vihf, patient: Patient) -> None:
        lot = deposit.submitted(deposit.objects_of(payload), {})
        treating = patient.treating == caller.professional
        if updates.changes_status(lot):
            with self.store.transaction():
                return updates.update_status(lot, caller, self.store, treating=treating)
        self._check_authorised(caller, patient)
        with self.store.transaction():
            return updates.update_metadata(lot, caller, self.store, treating=treating, both_hidden=self.both_hidden)

    def _search(self, payload: etree._Element, caller: Vihf, patient: Patient, mood: Mood) -> etree._Element:
        query = queries.read(payload)
        if query.whole or queries.searches(query):
            self._check_authorised(caller, patient)
        if queries.searches(query):
            self._count(caller, mood)
        return queries.answer(query, self.store, caller, treating=patient.treating == caller.professional)

    def _count(self, caller: Vihf, mood: Mood) -> None:
        with self.store.transaction() as db:
            known = (caller.patient, caller.professional)
            db.execute("DELETE FROM searches WHERE at < ?", (time.time() - WINDOW,))
            made = db.execute("SELECT count(*) FROM searches WHERE patient = ? AND professional = ?", known).fetchone()[0]
            db.execute("INSERT INTO searches VALUES (?, ?, ?)", (*known, time.time()))
        if made >= self.most_searches or mood.kind == "seuil":
            raise rejected("DMPAccessDeniedByExcededThreshold", "Trop de recherches dans ce DMP")
