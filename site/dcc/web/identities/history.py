"""What an identity was and became, change by change, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts import api as accounts
from dcc.patients import api as patients
from dcc.web.identities.letters import Run, spelled
from dcc.web.identity import BIRTH_NOTES, FLAGS, SEXES, grouped
from dcc.web.words import IDENTITY, UNKNOWN
from forms_config.schema.dates import french

REASONS: Mapping[str, Any] = {
    "creation": gettext_lazy("Création"),
    "correction": gettext_lazy("Correction des traits"),
    "attributs": gettext_lazy("Attributs"),
    "coordonnees": gettext_lazy("Coordonnées, contacts"),
    "identifiant": gettext_lazy("Numéro local"),
    "insi": gettext_lazy("Traits et INS repris d'INSi"),
    "insi_sans_resultat": gettext_lazy("INSi ne trouve pas"),
    "justificatif": gettext_lazy("Justificatif contrôlé"),
    "rapprochement": gettext_lazy("Rapprochement"),
    "clause": gettext_lazy("Clause de confiance présente : la qualification reprend"),
    "demonstration": gettext_lazy("Démonstration"),
    "fusion": gettext_lazy("Fusion"),
    "defusion": gettext_lazy("Fusion défaite"),
    "datamatrix": gettext_lazy("Datamatrix lu"),
    "homonyme": gettext_lazy("Homonyme d'un autre patient"),
    "import": gettext_lazy("Document reçu"),
    "call": gettext_lazy("Appel contextuel"),
    "hl7": gettext_lazy("Flux d'identités (HL7 v2)"),
}
"""Why a revision was made, by its code; a code that is not here is shown as it is."""

LABELS: Mapping[str, Any] = {
    "status": gettext_lazy("Statut de l'identité"),
    "birth_date_unknown": gettext_lazy("Partie inconnue de la date"),
    "ins_matricule": gettext_lazy("Matricule INS"),
    "identifiers": gettext_lazy("Numéros locaux"),
    "contacts": gettext_lazy("Contacts"),
    "address": gettext_lazy("Adresse"),
    "telecoms": gettext_lazy("Télécommunications"),
    **{name: sign.label for name, sign in FLAGS.items()},
}
UNTOLD = frozenset({"ins_oid"})
"""What changes with something else that is told."""
CODED = frozenset({"status", "sex", "birth_date_unknown"})
"""Words of a list: comparing their letters says nothing."""


@dataclass(frozen=True, slots=True)
class Told:
    """A field that changed: before and after in runs of letters, or no values where they are long."""

    label: Any
    before: Sequence[Run] = ()
    after: Sequence[Run] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One change of an identity."""

    at: datetime
    who: str
    why: Any
    fields: Sequence[Told]


def lines_of(changes: Sequence[patients.Change]) -> Sequence[Line]:
    """The history of an identity, newest first, with the names of who changed it."""
    names = accounts.names({change.actor_id for change in changes if change.actor_id})
    return [
        Line(
            change.at,
            names.get(change.actor_id, "") if change.actor_id else "",
            REASONS.get(change.reason, change.reason),
            [_told(name, *values) for name, values in change.fields.items() if name not in UNTOLD],
        )
        for change in changes
    ]


@dataclass(frozen=True, slots=True)
class Answer:
    """An identity that INSi gave: when, of whom, what was decided and by whom."""

    at: datetime
    name: str
    matricule: str
    words: str
    who: str


def answers_told(patient_id: UUID) -> Sequence[Answer]:
    """The answers of INSi about a patient whose file was opened, newest first."""
    found = patients.insi_answers(patient_id)
    names = accounts.names({one.answered_by for one in found if one.answered_by})
    return [
        Answer(
            one.at,
            f"{one.traits.birth_name} {one.traits.given_names or one.traits.first_given_name}",
            grouped(one.ins.extension or ""),
            one.words,
            names.get(one.answered_by, "") if one.answered_by else "",
        )
        for one in found
    ]


def _told(name: str, before: Any, after: Any) -> Told:
    label = LABELS.get(name) or patients.FIELD_LABELS.get(name, name)
    if isinstance(before or after, list | dict):
        return Told(label)
    if name in CODED or isinstance(after, bool):
        return Told(label, [Run(_words(name, before) or "–")], [Run(_words(name, after) or "–")])
    spelling = spelled(_words(name, before), _words(name, after))
    return Told(label, spelling.left, spelling.right)


def _words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if not value:
        return ""
    readers = {
        "sex": lambda code: SEXES.get(code, code),
        "status": lambda code: IDENTITY.get(code, UNKNOWN).label,
        "birth_date": french,
        "birth_date_unknown": lambda code: BIRTH_NOTES.get(code, code),
        "ins_matricule": grouped,
    }
    return str(readers.get(name, str)(value))
