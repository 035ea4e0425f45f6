"""How the cancer was found, its phase and its progression: sections that the cancer volets share (§1.2-2 and 8, §7.2, §7.3)."""

from __future__ import annotations

from plugins.cda.codecs.blocks import Facts, Row, fact
from plugins.cda.codecs.cells import Cell
from plugins.cda.codecs.coded import Coded
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.leaves import Flag
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Relation, always, filled
from plugins.cda.codecs.times import Moment
from plugins.cda.volets.templates import cisis, comment, observation


def discovery(prefix: str, title: str) -> Section:
    """Whether the cancer was found by screening, and when."""
    key = f"{prefix}.decouverte"
    return Section(
        key=key,
        templates=("1.3.6.1.4.1.19376.1.5.3.1.1.21.2.9", "1.3.6.1.4.1.19376.1.7.3.1.1.13.7", "1.2.250.1.213.1.1.2.163"),
        code=Code("42545-4", "Evènements observés"),
        title=title,
        blocks=(
            Facts(
                rows=(
                    fact("Patient issu du dépistage", f"{key}.depistage", "depistage", always=True),
                    fact("Date", f"{key}.date"),
                )
            ),
        ),
        entries=(
            observation(
                Code("63921-1", "Dépistage du cancer"),
                "depistage",
                Flag(f"{key}.depistage"),
                time=Moment(f"{key}.date", low=True),
            ),
        ),
    )


_SINGULAR = ("Commentaire / Précisions",)
_PHASE_ANSWERS = ("phase", "date", "progression", "progression_date", "locale", "regionale", "distance", "commentaire")


def _progression(code: str, label: str, key: str, anchor: str) -> Relation:
    return Relation(observation(cisis(code, label), anchor, Flag(key), when=filled(key)), "COMP")


def _phase_sheet(key: str) -> Facts:
    return Facts(
        rows=(
            Row("Phase", (Cell(f"{key}.phase", "phase", kept=True), Cell(f"{key}.date")), always=True),
            Row(
                "Progression",
                (Cell(f"{key}.progression", "progression", kept=True), Cell(f"{key}.progression_date")),
                always=True,
            ),
            fact("Locale", f"{key}.locale", "progression-locale"),
            fact("Régionale", f"{key}.regionale", "progression-regionale"),
            fact("A distance", f"{key}.distance", "progression-distance"),
            fact(
                "Commentaires / Précisions",
                f"{key}.commentaire",
                "commentaire-phase",
                aliases=("Commentaire / Précisions",),
            ),
        )
    )


def phase(prefix: str, title: str, *, optional: bool) -> Section:
    """Phase and progression; where the volet does not ask for them (``optional``), the section is left out without answer."""
    key = f"{prefix}.phase"
    return Section(
        key=key,
        templates=("1.3.6.1.4.1.19376.1.5.3.1.1.13.2.7", "1.2.250.1.213.1.1.2.25"),
        code=Code("18733-6", "Note de progression"),
        title=title,
        when=filled(*(f"{key}.{name}" for name in _PHASE_ANSWERS)) if optional else always,
        blocks=(_phase_sheet(key),),
        entries=(
            observation(
                cisis("MED-243", "Phase du cancer"),
                "phase",
                Coded(f"{key}.phase", "phase"),
                Relation(comment(f"{key}.commentaire", "commentaire-phase"), "SUBJ", "true"),
                time=Moment(f"{key}.date"),
                negation="false",
            ),
            observation(
                cisis("MED-245", "Progression du cancer"),
                "progression",
                Flag(f"{key}.progression"),
                _progression("MED-246", "Progression locale du cancer", f"{key}.locale", "progression-locale"),
                _progression("MED-247", "Progression régionale du cancer", f"{key}.regionale", "progression-regionale"),
                _progression("MED-248", "Progression à distance du cancer", f"{key}.distance", "progression-distance"),
                time=Moment(f"{key}.progression_date", same_as=f"{key}.date"),
                negation="false",
            ),
        ),
    )
