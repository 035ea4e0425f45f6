"""The way of an identity to « qualifiée », step by step, in words. What comes next is told by the patients room."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dcc.contracts.snapshots import IdentityTraits
from dcc.patients import api as patients
from dcc.web.identities.comparing import Row, Side, compared
from dcc.web.identity import MISSING
from dcc.web.words import Sign

DONE = Sign(_("fait"), "check", "good")
NOW = Sign(_("à faire"), "right", "warn")
LATER = Sign(_("plus tard"), "circle")
STOPPED = Sign(_("en attente"), "clock", "info")


@dataclass(frozen=True, slots=True)
class Step:
    """A step: ``code`` names the part of the page that it opens, ``now`` whether it is the one next step."""

    code: str
    title: Any
    sign: Sign
    words: Any = ""
    now: bool = False


ANSWERS: Mapping[str, Any] = {
    "00": _("INSi a trouvé une identité : comparez-la avant de la reprendre"),
    "01": _("INSi n'a trouvé aucune identité pour ces traits"),
    "02": _("INSi a trouvé plusieurs identités pour ces traits"),
}
"""What the return codes mean."""

OF_INSI = frozenset({"insi", "confirmation", "correction", "doublon"})
"""The next steps that stand under « INSi »."""


def path_of(standing: patients.Standing) -> Sequence[Step]:
    """The four steps of an identity, each with its sign; at most one is the next."""
    missing = MISSING.get(standing.next)
    words = missing.sentence if missing else ""
    at = "insi" if standing.next in OF_INSI else standing.next
    return [
        _step("traits", _("Traits d'identité"), True, at == "doute", words),
        _step("insi", _("INSi : rechercher l'INS"), standing.retrieved, at == "insi", words),
        _step("justificatif", _("Justificatif d'identité"), standing.checked, at == "justificatif", words),
        _step("fin", _("Identité qualifiée"), standing.retrieved and standing.checked, False, ""),
    ]


def _step(code: str, title: Any, done: bool, now: bool, words: Any) -> Step:
    sign = NOW if now else DONE if done else LATER
    return Step(code, title, sign, words if now else "", now)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What INSi found beside what is known, and the first given names that may be drawn from its list."""

    proposal: patients.ProposedTraits
    rows: Sequence[Row]
    given_names: Sequence[str]
    chosen: str


def confirmation_of(proposal: patients.ProposedTraits, file: patients.PatientFile) -> Confirmation:
    """The comparison that a person confirms or refuses."""
    known = file.snapshot
    left = Side(proposal.traits, known.used_name, known.used_given_name, proposal.ins)
    right = Side(known.traits, known.used_name, known.used_given_name, known.ins)
    rows = [row for row in compared(left, right, patients.conflicts(proposal.traits, known.traits)) if not row.aside]
    offered = _first_given_names(proposal.traits, known.traits.first_given_name)
    return Confirmation(proposal, rows, offered, offered[0] if offered else "")


def _first_given_names(traits: IdentityTraits, known: str) -> Sequence[str]:
    """The beginnings of the list of INSi, which writes no hyphen; what is known here first, where it fits."""
    starts = [traits.first_given_name, *patients.characters.beginnings(traits.given_names)]
    fitting = [known] if patients.characters.fits_list(known, traits.given_names or traits.first_given_name) else []
    return list(dict.fromkeys(name for name in (*fitting, *starts) if name))
