"""How the stand-in fares: slowness, outages, wrong answers, on demand and for a number of calls."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

MOODS = (
    "normal", "avant", "apres", "erreur", "faute", "partiel", "coupe", "enorme", "entite", "bombe", "script", "page", "seuil",
    "401", "502", "503", "504",
)  # fmt: skip
"""Good; cut before it stored, after it stored; 500; a fault; half of what was asked; half an answer; twenty megabytes; a document
type in the answer; a CDA with a document type, or with scripts, in place of each document; a page; the threshold of searches; the
proxy's own refusals."""
PHONES = ("auto", "page", "refus", "silence")
"""How the professional confirms: by itself after a while, on the page, she refuses, she does nothing."""
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
TRAPS: Mapping[str, bytes] = {
    "bombe": b'<?xml version="1.0"?>'
    + ENTITIES
    + b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&c;</title></ClinicalDocument>',
    "script": (
        b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/x.xsl"?>'
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&lt;script&gt;alert(1)&lt;/script&gt;</title><component>'
        b'<structuredBody><component><section><text><content>x</content><script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>'
        b'<linkHtml href="javascript:alert(1)">x</linkHtml></text></section></component></structuredBody></component>'
        b"</ClinicalDocument>"
    ),
}


@dataclass(frozen=True, slots=True)
class Mood:
    """``kind`` is one of :data:`MOODS`; each call takes ``seconds`` more.

    ``times`` calls are in this mood, all of them when 0; ``only`` names the service (patients, habilitations, registry,
    repository) or the end of the action that it is about, any when empty. ``phone`` is one of :data:`PHONES`, ``phone_seconds``
    how long it takes; ``session_seconds`` is the life of a session that is opened from now on.
    """

    kind: str = "normal"
    seconds: float = 0.0
    times: int = 0
    only: str = ""
    phone: str = "auto"
    phone_seconds: float = 0.0
    session_seconds: float = 14_400.0

    def __post_init__(self) -> None:
        for name, known in (("kind", MOODS), ("phone", PHONES)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} : {', '.join(known)}")

    def is_about(self, service: str, action: str) -> bool:
        """Whether a call is one of those it is about."""
        return not self.only or self.only == service or action.endswith(self.only)


NORMAL = Mood()


@dataclass(slots=True)
class Temper:
    """The mood, and how many calls of it are left."""

    mood: Mood = field(default_factory=Mood)
    _left: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, mood: Mood) -> None:
        """From now on."""
        with self._lock:
            self.mood, self._left = mood, mood.times

    def of_next(self, service: str, action: str) -> Mood:
        """The mood of one more call."""
        with self._lock:
            if not self.mood.is_about(service, action):
                return NORMAL
            if not self.mood.times:
                return self.mood
            self._left -= 1
            return self.mood if self._left >= 0 else NORMAL
