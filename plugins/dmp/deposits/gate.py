"""Whether a document may be deposited now, else why not and who has to act: one table, looked at before each deposit. Pure.

Sources: R-184 (validated, qualified, conformant), EX_2.1-1140 (in the session of an author), dmp_psc.md §0 (TD0.2 before each
deposit, opposition), §1.6 (minors).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product


class State(StrEnum):
    """The DMP of the patient; ``UNASKED`` before TD0.2 was."""

    UNASKED = "non demandé"
    ACTIVE = "ouvert"
    CLOSED = "fermé"
    NONE = "aucun"


class Who(StrEnum):
    """Who has to act."""

    NOBODY = "personne"
    PHYSICIAN = "médecin validateur"
    IDENTITY = "cellule d'identitovigilance"
    ADMINISTRATOR = "administrateur"
    AUTHOR = "auteur ou responsable du document"
    CARE_TEAM = "équipe de soins"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a deposit that is to be made.

    ``replaces``: a former version is in the DMP, which its author may still replace. ``minor``: younger than the age of majority;
    ``chosen``: a professional said whether the legal representatives see his documents. ``session``: an author or the legal
    authenticator of the document has a live session.
    """

    validated: bool = True
    qualified: bool = True
    conformant: bool = True
    replaces: bool = False
    opposed: bool = False
    minor: bool = False
    chosen: bool = False
    session: bool = True
    dmp: State = State.UNASKED


@dataclass(frozen=True, slots=True)
class Verdict:
    """``cause`` (of the causes of transmissions) is empty when the deposit may be made; ``words`` say the rule."""

    cause: str
    who: Who
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row: facts that all have to be so (those left out: whatever), and what follows."""

    when: dict[str, bool | State]
    verdict: Verdict

    def fits(self, facts: Facts) -> bool:
        """Whether it speaks of such facts."""
        return all(getattr(facts, name) == value for name, value in self.when.items())


TABLE: tuple[Row, ...] = (
    Row({"validated": False}, Verdict("not_validated", Who.PHYSICIAN, "seul un document validé est déposé", "R-184")),
    Row({"qualified": False}, Verdict("identity", Who.IDENTITY, "l'INS est qualifiée", "R-184")),
    Row({"conformant": False}, Verdict("not_conformant", Who.ADMINISTRATOR, "le CDA est conforme", "R-184")),
    Row(
        {"opposed": True, "replaces": False},
        Verdict("dmp_opposition", Who.PATIENT, "rien de nouveau n'est déposé ; ce qui est là peut être remplacé", "CNDA 2.1-970"),
    ),
    Row(
        {"minor": True, "chosen": False},
        Verdict("minor", Who.CARE_TEAM, "un professionnel dit si les représentants légaux voient les documents", "dmp_psc §1.6"),
    ),
    Row({"session": False}, Verdict("session", Who.AUTHOR, "un auteur ou le responsable est connecté", "EX_2.1-1140")),
    Row({"dmp": State.NONE}, Verdict("no_dmp", Who.PATIENT, "le DMP existe", "CNDA 0.2-040")),
    Row({"dmp": State.CLOSED}, Verdict("closed_dmp", Who.PATIENT, "le DMP est ouvert", "CNDA 0.2-040")),
    Row({}, Verdict("", Who.NOBODY, "le document est déposé", "R-183")),
)


def verdict_of(facts: Facts) -> Verdict:
    """May it be deposited now? The first row that fits counts; every combination has one."""
    return next(row.verdict for row in TABLE if row.fits(facts))


def all_facts() -> Iterator[Facts]:
    """Every cell of the table."""
    for validated, qualified, conformant, replaces in product((False, True), repeat=4):
        for opposed, minor, chosen, session in product((False, True), repeat=4):
            for dmp in State:
                yield Facts(validated, qualified, conformant, replaces, opposed, minor, chosen, session, dmp)
