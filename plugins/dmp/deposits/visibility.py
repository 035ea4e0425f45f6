"""Who sees what is deposited, and when an FRCP is made visible: one table, read by the code, the tests and the documentation.

The FRCP is invisible to the patient as long as its PPS is not in his DMP; a PPS is visible; what was visible is never hidden
again, not even by replacement (R-185...R-189, CDC §2.3.4.2, dmp_psc.md §0, §5). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Literal

from plugins.dmp.transactions.hiding import INVISIBLE

About = Literal["frcp", "pps", "suite"]
"""An FRCP that is being deposited (the first time or a further version), a PPS that is, or what follows for the FRCP."""

ABOUT: tuple[About, ...] = ("frcp", "pps", "suite")


class Pps(StrEnum):
    """The PPS of the FRCP, as far as this platform knows. An answer that was lost is no PPS yet."""

    ABSENT = "absent"
    UNKNOWN = "issue inconnue"
    PRESENT = "présent"


class Frcp(StrEnum):
    """The FRCP in the DMP, as it was sent last."""

    ABSENT = "absente"
    UNKNOWN = "issue inconnue"
    INVISIBLE = "invisible"
    VISIBLE = "visible"


class Session(StrEnum):
    """Who has a live session of the trust space: an author (or legal authenticator) of the FRCP, of its PPS only, nobody."""

    NONE = "personne"
    PPS = "auteur du PPS"
    FRCP = "auteur de la FRCP"


class Step(StrEnum):
    """What is done."""

    DEPOSIT_INVISIBLE = "déposer invisible au patient"
    DEPOSIT_VISIBLE = "déposer visible"
    REVEAL = "rendre visible (TD3.3b)"
    REPLACE = "remplacer par une version visible (TD2.1, RPLC)"
    CONFIRM = "attendre la confirmation d'un professionnel"
    WAIT = "attendre la session d'un auteur"
    SETTLE = "attendre l'issue du dépôt de la FRCP"
    REFERENCE = "déposer la FRCP de référence, visible"
    NOTHING = "rien"


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known. ``authorised``: the patient lets the professional of the session consult (VALIDE); ``confirmed``: somebody
    confirmed, or the region does not ask for it (EX_3.3-1040)."""

    about: About
    pps: Pps = Pps.ABSENT
    frcp: Frcp = Frcp.ABSENT
    session: Session = Session.NONE
    authorised: bool = False
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: empty is whatever; the first row that fits counts."""

    about: About
    step: Step
    source: str
    pps: tuple[Pps, ...] = ()
    frcp: tuple[Frcp, ...] = ()
    session: tuple[Session, ...] = ()
    authorised: bool | None = None
    confirmed: bool | None = None

    def fits(self, situation: Situation) -> bool:
        """Whether it speaks of such a situation."""
        return (
            self.about == situation.about
            and (not self.pps or situation.pps in self.pps)
            and (not self.frcp or situation.frcp in self.frcp)
            and (not self.session or situation.session in self.session)
            and self.authorised in (None, situation.authorised)
            and self.confirmed in (None, situation.confirmed)
        )


PRESENT = (Pps.PRESENT,)
HIDDEN = (Frcp.INVISIBLE,)
TABLE: tuple[Row, ...] = (
    Row("pps", Step.DEPOSIT_VISIBLE, "R-186"),
    Row("frcp", Step.DEPOSIT_VISIBLE, "CDC §2.3.4.2 : ce qui fut visible ne se cache plus", frcp=(Frcp.VISIBLE,)),
    Row("frcp", Step.DEPOSIT_VISIBLE, "R-189", pps=PRESENT),
    Row("frcp", Step.DEPOSIT_INVISIBLE, "R-185"),
    Row("suite", Step.NOTHING, "R-185", pps=(Pps.ABSENT, Pps.UNKNOWN)),
    Row("suite", Step.NOTHING, "R-188", pps=PRESENT, frcp=(Frcp.VISIBLE,)),
    Row("suite", Step.REFERENCE, "R-189", pps=PRESENT, frcp=(Frcp.ABSENT,)),
    Row("suite", Step.SETTLE, "une réponse perdue se règle par une recherche", pps=PRESENT, frcp=(Frcp.UNKNOWN,)),
    Row("suite", Step.WAIT, "EX_2.1-1140", pps=PRESENT, frcp=HIDDEN, session=(Session.NONE,)),
    Row("suite", Step.REVEAL, "R-187, TD3.3b", pps=PRESENT, frcp=HIDDEN, authorised=True, confirmed=True),
    Row("suite", Step.CONFIRM, "EX_3.3-1040", pps=PRESENT, frcp=HIDDEN, authorised=True),
    Row("suite", Step.REPLACE, "R-187, CNDA 2.1-140", pps=PRESENT, frcp=HIDDEN, session=(Session.FRCP,)),
    Row("suite", Step.WAIT, "EX_2.1-1140 : seul un auteur remplace", pps=PRESENT, frcp=HIDDEN, session=(Session.PPS,)),
)


def step_of(situation: Situation) -> Step:
    """What is done in a situation."""
    return row_of(situation).step


def row_of(situation: Situation) -> Row:
    """The row that speaks of it; every situation has one."""
    return next(row for row in TABLE if row.fits(situation))


def situations() -> Iterator[Situation]:
    """Every cell of the table."""
    for about, pps, frcp, session, authorised, confirmed in product(ABOUT, Pps, Frcp, Session, (False, True), (False, True)):
        yield Situation(about, pps, frcp, session, authorised, confirmed)


class Seen(StrEnum):
    """Who sees a document, from nobody on the patient's side to everybody; values of ``Deposit.visibility``."""

    INVISIBLE = "invisible"
    GUARDIANS = "representants"
    VISIBLE = "visible"


ORDER = tuple(Seen)
SCHEME = "1.2.250.1.213.1.1.4.13"
"""TRE_A07 (dmp_psc.md §2.6)."""
PATIENT, GUARDIANS = INVISIBLE, "INVISIBLE_REPRESENTANTS_LEGAUX"
LABELS = {PATIENT: "Non visible par le patient", GUARDIANS: "Non visible par les représentants légaux du patient"}


def seen_after(step: Step, *, secret: bool = False, last: Seen | None = None) -> Seen:
    """Who sees a document deposited by ``step``; ``secret``: of a minor whose representatives are not to see it.

    Never narrower than ``last``, what was sent of it before.
    """
    wanted = Seen.INVISIBLE if step is Step.DEPOSIT_INVISIBLE else Seen.GUARDIANS if secret else Seen.VISIBLE
    return wanted if last is None else max(wanted, last, key=ORDER.index)


def codes_of(seen: Seen, *, minor: bool = False) -> tuple[str, ...]:
    """The codes beside « N »; what a minor does not see yet, those who represent him do not see either (decision 0330)."""
    if seen is Seen.INVISIBLE:
        return (PATIENT, GUARDIANS) if minor else (PATIENT,)
    return (GUARDIANS,) if seen is Seen.GUARDIANS else ()
