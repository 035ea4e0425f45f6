"""What a refusal of SMTP means: one table, for what the server answers and for what reports of delivery quote. Pure.

Source: RFC 5321 §4.2, RFC 3463, mss/codes/SMTPERRORCODE.csv of the volet; mss_hl7.md §5 (a temporary 4xx is no failure).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from dcc.contracts.errors import DeliveryError, NotConfigured, Refused, RetryLater


class Phase(StrEnum):
    """Where in the dialogue it happened."""

    CONNECT = "connexion"
    TLS = "tls"
    SENDER = "expediteur"
    RECIPIENT = "destinataire"
    DATA = "contenu"
    END = "point_final"


class Kind(StrEnum):
    """What follows."""

    LATER = "plus_tard"
    NEVER = "refus"
    SETTING = "reglage"


@dataclass(frozen=True, slots=True)
class Failure:
    """What follows of a refusal, its cause (``dcc.exchange.api.CAUSES``), and the delay when the usual ones do not fit."""

    kind: Kind
    cause: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    enhanced: str
    phases: frozenset[Phase]
    failure: Failure


FULL_BOX = timedelta(hours=6)
"""Nobody empties a box within a minute: ten attempts then last as long as those of the outbox."""
_ANY = frozenset(Phase)
_OURS = frozenset({Phase.CONNECT, Phase.TLS, Phase.SENDER})
_THEIRS = frozenset({Phase.RECIPIENT, Phase.DATA, Phase.END})
_LATER, _NEVER, _SETTING = Kind.LATER, Kind.NEVER, Kind.SETTING


def _row(code: str, enhanced: str, phases: frozenset[Phase], kind: Kind, cause: str) -> _Row:
    after = FULL_BOX if (kind, cause) == (Kind.LATER, "quota") else None
    return _Row(code, enhanced, phases, Failure(kind, cause, after))


_ROWS = (
    # The enhanced code is the more exact of the two, so its rows come first.
    # Postfix tells a certificate that it does not trust by a 421, once the connection is encrypted.
    _row(r"4..", r"4\.7\.\d+", frozenset({Phase.TLS}), _SETTING, "certificate"),
    _row(r"4..", r"4\.2\.2", _ANY, _LATER, "quota"),
    _row(r"5..", r"5\.2\.2", _ANY, _NEVER, "quota"),
    _row(r"5..", r"5\.(2\.3|3\.4)", _ANY, _NEVER, "too_big"),
    _row(r"5..", r"5\.1\.2", _THEIRS, _NEVER, "domain"),
    _row(r"5..", r"5\.1\.[78]", _ANY, _SETTING, "not_configured"),
    _row(r"5..", r"5\.[12]\.[1-9]\d*", _THEIRS, _NEVER, "unknown_box"),
    _row(r"5..", r"5\.[34]\.[1-9]\d*", _THEIRS, _NEVER, "unreachable"),
    _row(r"5..", r"5\.[56]\.[1-9]\d*", _THEIRS, _NEVER, "refused"),
    _row(r"5..", r"5\.7\.[89]|5\.7\.1[01]", _ANY, _SETTING, "certificate"),
    _row(r"5..", r"5\.7\.[1-9]\d*", _THEIRS, _NEVER, "refused"),
    _row(r"422", r".*", _ANY, _LATER, "quota"),
    _row(r"421|432|44[12]", r".*", _ANY, _LATER, "unreachable"),
    _row(r"454", r".*", _OURS, _LATER, "unreachable"),
    _row(r"4..", r".*", _OURS, _LATER, "unreachable"),
    _row(r"4..", r".*", _THEIRS, _LATER, "deferred"),
    _row(r"530|534|535|538", r".*", _ANY, _SETTING, "certificate"),
    _row(r"523", r".*", _ANY, _NEVER, "too_big"),
    _row(r"552", r".*", frozenset({Phase.SENDER, Phase.DATA}), _NEVER, "too_big"),
    _row(r"552", r".*", _ANY, _NEVER, "quota"),
    _row(r"5..", r".*", _OURS, _SETTING, "not_configured"),
    _row(r"512", r".*", _ANY, _NEVER, "domain"),
    _row(r"550|553", r".*", frozenset({Phase.RECIPIENT}), _NEVER, "unknown_box"),
    _row(r"51[013]|551", r".*", _ANY, _NEVER, "unknown_box"),
    _row(r"501", r".*", frozenset({Phase.RECIPIENT}), _NEVER, "unknown_box"),
    _row(r"5..", r".*", _ANY, _NEVER, "refused"),
)
_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")


def failure_of(code: int, text: str, phase: Phase = Phase.RECIPIENT, *, patient: bool = False) -> Failure:
    """What a reply means; ``text`` may begin with the enhanced code. An answer that is no refusal is one of a broken server."""
    found = _ENHANCED.match(text)
    enhanced = found.group(1) if found else ""
    for row in _ROWS:
        if phase in row.phases and re.fullmatch(row.code, str(code)) and re.fullmatch(row.enhanced, enhanced):
            return _of_patient(row.failure) if patient else row.failure
    return Failure(Kind.LATER, "unreachable")


def error_of(failure: Failure, words: str) -> DeliveryError:
    """What a transport raises of it; ``words`` are French, without patient data."""
    match failure.kind:
        case Kind.LATER:
            return RetryLater(words, failure.after, cause=failure.cause)
        case Kind.SETTING:
            return NotConfigured(words, cause=failure.cause)
        case Kind.NEVER:
            return Refused(words, cause=failure.cause)


def _of_patient(failure: Failure) -> Failure:
    """A box that Mon espace santé does not know is one that the patient closed, or never had (mss_hl7.md §3)."""
    return replace(failure, cause="closed_box") if failure.cause == "unknown_box" else failure
