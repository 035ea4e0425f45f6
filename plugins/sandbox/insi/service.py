"""What is right, without HTTP: a request and the name of the certificate in, an answer out. Strict, not polite.

Codes of faults are those seen at the real service; where none is known, ours begin with ``bac_a_sable``.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from plugins.sandbox.insi import writing
from plugins.sandbox.insi.catalogue import Catalogue, Person, catalogue
from plugins.sandbox.insi.validation import SOAP, parse, problems

LPS, BAM, WSA = "urn:siram:lps:ctxlps", "urn:siram:bam:ctxbam", "http://www.w3.org/2005/08/addressing"
NAMES = ("INSI-AUTO", "INSI-MANU")
MOODS = ("normal", "faute", "panne", "coupe", "goutte", "page", "enorme", "entite")
"""Good; a fault; nothing; half an answer; a byte now and then; a page of a proxy; five megabytes; a document type."""
OPERATIONS = {"RECSANSVITALE": "rechercherInsAvecTraitsIdentite", "RECVITALE": "rechercherInsAvecCarteVitale"}
SEARCH_FAILS = "L'appel au service de recherche avec les traits d'identité renvoie une erreur technique."
BUSY = "Le service est temporairement inaccessible (bac à sable)."


class Rejected(Exception):
    """A request that is answered by a fault of the sender."""

    def __init__(self, subcode: str, code: str, words: str) -> None:
        super().__init__(words)
        self.subcode, self.code, self.words = subcode, code, words


@dataclass(frozen=True, slots=True)
class Mood:
    """How the service fares: ``kind`` is one of :data:`MOODS`.

    Each answer takes ``seconds`` more. ``times`` answers are in this mood, all of them when 0; ``injection`` plays a file of the
    CNDA, ``strangers`` says what somebody unknown gets: ``01``, or ``faute`` as in the qualification environment.
    """

    kind: str = "normal"
    seconds: float = 0.0
    times: int = 0
    injection: str = ""
    strangers: str = "01"


@dataclass(slots=True)
class Service:
    """INSi; ``kit`` is the folder of the official schemas. ``received`` keeps what came (XML), for those who test."""

    idam: str
    kit: Path | None = None
    people: Catalogue = field(default_factory=catalogue)
    mood: Mood = field(default_factory=Mood)
    received: list[bytes] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _turn: int = 0
    _left: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set_mood(self, mood: Mood) -> None:
        """From now on."""
        self.mood, self._left = mood, mood.times

    def mood_of_next(self) -> Mood:
        """The mood of one more answer."""
        with self._lock:
            if not self.mood.times:
                return self.mood
            self._left -= 1
            return self.mood if self._left >= 0 else Mood(injection=self.mood.injection, strangers=self.mood.strangers)

    def answer(self, content: bytes, *, name: str, unit: str, action: str, mood: Mood) -> tuple[int, bytes]:
        """HTTP status and body; ``name`` and ``unit`` are CN and OU of the client certificate."""
        with self._lock:
            self._turn += 1
            turn = self._turn
            self.received = [*self.received[-99:], content]
        if mood.kind == "faute":
            return 500, writing.fault("siram_40", "insi_102", SEARCH_FAILS, turn, reason=BUSY)
        try:
            question = self._checked(content, name=name, unit=unit, action=action)
        except Rejected as error:
            return 500, writing.fault(error.subcode, error.code, error.words, turn, sender=True)
        return self._found(question, mood, turn)

    def _found(self, question: etree._Element, mood: Mood, turn: int) -> tuple[int, bytes]:
        asked = {str(etree.QName(child).localname): child.text or "" for child in question}
        if etree.QName(question).localname == "RECVITALE":
            number = question.findtext("{*}MatriculeIndividu/{*}NumIdentifiant") or "?"
            people: Sequence[Person] | None = self.people.by_number(number, mood.injection)
        else:
            people = self.people.found(asked, mood.injection)
        if people is None or (not people and mood.strangers == "faute"):
            return 500, writing.fault("siram_40", "insi_102", SEARCH_FAILS, turn, reason=BUSY)
        return 200, writing.result(people, turn)

    def _checked(self, content: bytes, *, name: str, unit: str, action: str) -> etree._Element:
        """The question in the body. Raises :class:`Rejected`."""
        if name not in NAMES:
            raise Rejected("siram_100", "desir_560", "Droits insuffisants : le certificat ne permet pas cet appel.")
        try:
            root = parse(content)
        except ValueError as error:
            raise Rejected("bac_a_sable_1", "bac_a_sable_1", f"Requête illisible : {error}") from None
        wrong = problems(root, self.kit)
        if wrong:
            raise Rejected("bac_a_sable_2", "bac_a_sable_2", f"Requête non conforme : {' ; '.join(wrong)[:400]}")
        question = root.find(f"{{{SOAP}}}Body")[0]  # type: ignore[index]  # the grammar has been through
        self._check_contexts(_contexts(root), str(etree.QName(question).localname), unit=unit, action=action)
        return question

    def _check_contexts(self, said: Mapping[str, str], question: str, *, unit: str, action: str) -> None:
        if said["idam"] != self.idam:
            raise Rejected("siram_100", "desir_550", "Numéro d'autorisation du logiciel inconnu.")
        expected = f"urn:ServiceIdentiteCertifiee:1.0.0:{OPERATIONS[question]}"
        with self._lock:
            ids = {said["message"], said["lps"], said["bam"]}
            replayed = bool(ids & self._seen) or len(ids) < 3
            self._seen |= ids
        wrong = (
            ("émetteur qui n'est pas l'OU du certificat", {said["lps_from"], said["bam_from"]} != {unit}),
            ("action qui n'est pas celle de la demande", {said["action"], action} != {expected}),
            ("identifiant déjà reçu", replayed),
        )
        found = [words for words, is_wrong in wrong if is_wrong]
        if found:
            raise Rejected("bac_a_sable_3", "bac_a_sable_3", f"Contexte refusé : {', '.join(found)}")


def _contexts(root: etree._Element) -> Mapping[str, str]:
    paths = {
        "message": f".//{{{WSA}}}MessageID",
        "action": f".//{{{WSA}}}Action",
        "lps": f".//{{{LPS}}}Id",
        "bam": f".//{{{BAM}}}Id",
        "lps_from": f".//{{{LPS}}}Emetteur",
        "bam_from": f".//{{{BAM}}}Emetteur",
        "idam": f".//{{{LPS}}}IDAM",
    }
    return {name: (root.findtext(path) or "").strip().removeprefix("uuid:") for name, path in paths.items()}
