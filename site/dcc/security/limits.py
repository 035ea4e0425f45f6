"""How often a costly or telling gesture may be made, one table; what is over is refused for a while, and loses nothing.

The figures leave a hurried person room: several times what the hands of one can do. ``DCC_RATE_LIMIT_PERCENT`` scales them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache

MINUTE, HOUR = 60, 3600


class By(StrEnum):
    """Who is counted: the person who signed in, or, at the entrance, the network address."""

    PERSON = "person"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``rates`` requests (seconds of the window, how many) to ``addresses`` (names, ``*`` allowed) with ``methods``."""

    key: str
    what: str
    addresses: tuple[str, ...]
    rates: tuple[tuple[int, int], ...]
    methods: frozenset[str] = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
    by: By = By.PERSON

    def concerns(self, name: str, method: str) -> bool:
        """Whether a request is counted."""
        return method in self.methods and any(fnmatchcase(name, pattern) for pattern in self.addresses)


READ, SENT = frozenset({"GET"}), frozenset({"POST"})
LIMITS: tuple[Limit, ...] = (
    Limit(
        "entrance",
        "connexions",
        (
            "accounts:login",
            "accounts:code",
            "accounts:mail_code",
            "accounts:password",
            "accounts:enrol",
            "accounts:relogin",
            "accounts:*psc*",
            "web:call",
            "web:call_open",
        ),
        ((MINUTE, 600),),  # a whole establishment comes from one address at eight o'clock
        by=By.ADDRESS,
    ),
    Limit("search", "recherches de patients", ("web:patients",), ((MINUTE, 120), (HOUR, 2000))),
    Limit("glass", "bris de glace", ("web:glass",), ((MINUTE, 10), (HOUR, 40)), SENT),
    Limit("creation", "créations de patients", ("web:patient_create",), ((MINUTE, 30), (HOUR, 300)), SENT),
    Limit(
        "opening", "ouvertures de dossiers", ("web:patient", "web:document", "web:reading"), ((MINUTE, 240), (HOUR, 3000)), READ
    ),
    Limit(
        "lookup",
        "recherches",
        ("web:codes", "web:people", "web:favourite_offers", "web:trial_codes", "web:trial_people", "*_chooser:*results*"),
        ((MINUTE, 400),),
    ),
    Limit(
        "outputs",
        "fichiers produits ou lus",
        (
            "web:preview",
            "web:download",
            "web:reading_file",
            "web:attachment",
            "web:calendar_file",
            "web:trial_output",
            "texts:pdf",
        ),
        ((MINUTE, 120), (HOUR, 1500)),
        READ,
    ),
    Limit("uploads", "envois de fichiers", ("web:attachments", "web:file_answer", "web:trial_file"), ((MINUTE, 60),), SENT),
    Limit("scans", "lectures d'un datamatrix", ("ins:scan",), ((MINUTE, 60), (HOUR, 1000)), SENT),
    Limit("frames", "images de la caméra", ("ins:frame",), ((MINUTE, 180),), SENT),
    Limit(
        "imports",
        "imports",
        (
            "web:import",
            "bundle:import",
            "ins:flow_try",
            "lists:import",
            "fiches_effets:add",
            "wagtailsnippets_trust_convention:*",
        ),
        ((MINUTE, 30), (HOUR, 300)),
        SENT,
    ),
    Limit(
        "exports",
        "exports",
        (
            "bundle:export",
            "lists:csv",
            "forms_config:gate_file",
            "trust:export",
            "web:journal_table",
            "web:journal_accesses_file",
        ),
        ((MINUTE, 30), (HOUR, 300)),
    ),
    Limit("proofs", "contrôles", ("forms_config:gate_start", "web:trial", "web:trial_version"), ((MINUTE, 30),)),
)

NEVER_LIMITED = frozenset({"web:autosave", "web:rows", "web:presence", "web:trial_save", "web:trial_rows", "accounts:session"})
"""What saves while one types, and what tells that a session is open: refusing it would cost more than serving it."""

UNLIMITED_AT_THE_DOOR = frozenset(
    {"accounts:logout", "accounts:session", "accounts:refused", "web:brand", "web:theme", "cms:logo"}
)
"""Addresses open to everybody that are not counted: they prove nothing, search nothing, write nothing but a cookie."""


@cache
def limits_of(name: str, method: str) -> tuple[Limit, ...]:
    """The limits of an address, found once for each."""
    if name in NEVER_LIMITED:
        return ()
    return tuple(limit for limit in LIMITS if limit.concerns(name, method))
