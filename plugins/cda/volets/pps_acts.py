"""The acts of a PPS: six kinds with the same columns, each one procedure whose type is a qualifier of its code (§2.2).

An act is written as done (EVN) or meant (INT) by the one rule of :mod:`dcc.contracts.care`, on the day of the rendering: it is
never an answer (R-061, R-065).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dcc.contracts.care.acts import Act, acts_of
from dcc.contracts.care.syntheses import is_done
from plugins.cda.codecs.coded import Coded, Status, Words
from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.leaves import TIME_NOT_APPLICABLE, Fixed, Flag, Quantity
from plugins.cda.codecs.statements import Relation, Statement, Text, Values, Variant, filled
from plugins.cda.codecs.times import Moment, Period
from plugins.cda.codecs.writing import Writing
from plugins.cda.volets.pps_leaves import ActType, PersonPerformer, PlacePerformer, Rhythm
from plugins.cda.volets.templates import ACT_DONE, ACT_MEANT, HABITS, SIMPLE, WEIGHT, cisis, comment, observation

LABELS = {"cancelled": "Annulé : n'aura pas lieu", "aborted": "Interrompu"}
"""Labels of the value set ``pps-statut-acte``; other codes say nothing (« completed » everywhere in the official sample)."""
_SILENT = frozenset({"completed", "active", "new", "held", "suspended", "nullified", "obsolete", "normal"})


@dataclass(frozen=True)
class Kind:
    """A kind of act: its group, its code, the beginning of its anchors, and how its table is called and laid out.

    ``done_title`` is that of the table of what is done; ``columns`` are those between the dates and the place, as (suffix of the
    key, label); ``more`` the lines below a row.
    """

    group: str
    code: Code
    anchor: str
    table: str
    title: str
    done_title: str
    columns: tuple[tuple[str, str], ...]
    more: tuple[tuple[str, str], ...] = ()
    dated: bool = True
    placed: bool = True

    def key(self, name: str) -> str:
        """The key of a column."""
        return f"{self.group}.{name}"

    def at(self, name: str = "") -> str:
        """The pattern of an anchor; that of the type has no suffix."""
        return f"{self.anchor}-{{n}}-{name}" if name else f"{self.anchor}-{{n}}"

    @property
    def has(self) -> frozenset[str]:
        """Suffixes of the columns it has."""
        return frozenset(name for name, _ in (*self.columns, *self.more))


_EFFECTS = ("effets", "Effets secondaires notables")
_MODE, _RHYTHM, _DETAIL = ("mode", "Mode d'administration"), ("rythme", "Rythme"), ("complement", "Complément d'information")
TREATMENT = Kind(
    "pps.traitements",
    cisis("MED-568", "Traitement"),
    "traitement",
    "proposition-therapeutique",
    "Proposition thérapeutique (en cours ou à venir)",
    "Traitements réalisés : détail",
    (("type", "Type de traitement"), _MODE, _RHYTHM),
    (_EFFECTS,),
)
PREVENTION = Kind(
    "pps.prevention",
    cisis("MED-569", "Action de prévention et de gestion médicamenteuse des effets secondaires"),
    "prevention",
    "prevention-gestion",
    "Prévention et gestion médicamenteuse des effets secondaires du traitement ou de la maladie",
    "Prévention et gestion des effets secondaires, réalisées : détail",
    (("type", "Modalité"), _MODE, _RHYTHM),
    placed=False,
)
MEASURE = Kind(
    "pps.mesures",
    cisis("MED-570", "Mesure associée"),
    "mesure",
    "mesure-associe",
    "Mesures associées",
    "",
    (("type", "Type de mesure"), _DETAIL),
    dated=False,
)
FOLLOW_UP = Kind(
    "pps.suivis",
    cisis("MED-571", "Suivi"),
    "suivi",
    "suivi-phase-active",
    "Suivis pendant la phase active du traitement",
    "Suivis réalisés : détail",
    (("type", "Type de suivi"), _DETAIL, _RHYTHM),
)
SUPPORT_CARE = Kind(
    "pps.soins",
    cisis("MED-572", "Soin oncologique de support"),
    "soin",
    "soins-oncologiques",
    "Soins oncologiques de support (en cours ou à venir)",
    "Soins oncologiques de support réalisés : détail",
    (("type", "Type de soin"), _RHYTHM),
    (("poids", "Poids (kg)"), ("poids_date", "Date de la pesée"), ("tabac", "Consommation de tabac")),
)
ACCOMPANIMENT = Kind(
    "pps.accompagnements",
    cisis("MED-573", "Accompagnement social ou socioprofessionnel"),
    "accompagnement",
    "accompagnement",
    "Accompagnement social et socioprofessionnel (en cours ou à venir)",
    "Accompagnements réalisés : détail",
    (("type", "Type d'accompagnement"), ("rythme", "Périodicité")),
)


def act_of(group: str, values: Mapping[str, Any]) -> Act | None:
    """The act that the answers of a row are."""
    return next(iter(acts_of({group: [{"id": "", "values": values}]})), None)


def is_row_done(group: str, values: Mapping[str, Any], day: date) -> bool:
    """Whether the act of a row is done on a day."""
    act = act_of(group, values)
    return act is not None and is_done(act, day)


def statement(kind: Kind) -> Statement:
    """The procedure of a kind of act."""

    def done(values: Values, out: Writing) -> bool:
        return kind.dated and is_row_done(kind.group, values, out.day)

    people = (
        PersonPerformer(kind.key("intervenant"), kind.at("intervenant")),
        PlacePerformer(kind.key("lieu"), kind.at("lieu")),
    )
    return Statement(
        "procedure",
        ACT_MEANT,
        ActType(kind.code, kind.key("type"), kind.at()),
        Text(kind.at()),
        status=Status(kind.key("statut"), LABELS, kind.at("statut"), default="completed", silent=_SILENT)
        if kind.dated
        else "completed",
        mood="INT",
        mark=kind.code.code,
        negation="false",
        parts=(
            Period(kind.key("debut"), kind.key("fin"), optional=False, missing="UNK")
            if kind.dated
            else Fixed('<effectiveTime nullFlavor="UNK"/>'),
            *(people if kind.placed else ()),
        ),
        relations=tuple(_relations(kind)),
        variant=Variant("EVN", ACT_DONE, done),
    )


def _relations(kind: Kind) -> list[Relation]:
    found: list[Relation] = []
    if kind.dated:
        found.append(Relation(_forecast(kind), "COMP", "false"))
    if "rythme" in kind.has:
        found.append(Relation(_rhythm(kind, cisis("ORG-004", "Rythme"), written=True), "COMP", "false"))
        found.append(Relation(_rhythm(kind, _MISTAKEN_RHYTHM, written=False), "COMP", "false"))
    if "mode" in kind.has:
        mode = Coded(kind.key("mode"), kind.at("mode"), beside=True)
        code = cisis("ORG-006", "Mode")
        found.append(Relation(observation(code, kind.at("mode"), mode, when=filled(kind.key("mode"))), "COMP", "false"))
    if "effets" in kind.has:
        key, anchor = kind.key("effets"), kind.at("effets")
        effects = observation(cisis("MED-565", "Effets secondaires"), anchor, Words(key, anchor), when=filled(key))
        found.append(Relation(effects, "COMP", "false"))
    found.append(Relation(comment(kind.key("commentaire"), kind.at("commentaire")), "SUBJ", "true"))
    if "poids" in kind.has:
        found += [Relation(_weight(kind), "RSON", "false"), Relation(_tobacco(kind), "RSON", "false")]
    return found


_MISTAKEN_RHYTHM = cisis("ORG-116", "Rythme d'administration")
"""The code the official sample of October 2025 gives to one rhythm (§7.3): read, never written."""


def _forecast(kind: Kind) -> Statement:
    start, end = kind.key("debut_prevu"), kind.key("fin_prevue")
    return Statement(
        "observation",
        SIMPLE,
        cisis("GEN-177", "Date(s) prévisionnelle(s)"),
        Text(kind.at("prevision")),
        parts=(Period(start, end, optional=False, missing="UNK"), Fixed('<value xsi:type="CD" nullFlavor="NA"/>')),
        when=filled(start, end),
    )


def _rhythm(kind: Kind, code: Code, *, written: bool) -> Statement:
    text = Rhythm(kind.at("rythme"), kind.key("rythme"), count=kind.key("cures"), interval=kind.key("intervalle"))
    asked = filled(text.key, text.count, text.interval, kind.key("domicile"))
    return Statement(
        "observation",
        SIMPLE,
        code,
        text,
        parts=(TIME_NOT_APPLICABLE, Flag(kind.key("domicile"))),
        when=asked if written else lambda _: False,
    )


def _weight(kind: Kind) -> Statement:
    weight, day = kind.key("poids"), kind.key("poids_date")
    return Statement(
        "observation",
        WEIGHT,
        Code("29463-7", "Poids"),
        Text(kind.at("poids")),
        parts=(Moment(day), Quantity(weight, "kg")),
        when=filled(weight, day),
    )


def _tobacco(kind: Kind) -> Statement:
    key = kind.key("tabac")
    return Statement(
        "observation",
        HABITS,
        Code("74011-8", "Consommation tabagique"),
        Text(kind.at("tabac"), key),
        parts=(Fixed('<effectiveTime nullFlavor="UNK"/>'), Fixed('<value xsi:type="CD" nullFlavor="NA"/>')),
        when=filled(key),
    )
