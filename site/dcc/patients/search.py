"""Finding patients: one box for names, birth date, INS matricule or local identifier; never outside the actor's facilities.

All words must match, in any order, each by its beginning; when too few patients are found, typing slips, other spellings of the
same sound and dates with one wrong part are tried too (:mod:`dcc.patients.finding`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.db import transaction

from dcc.accounts import api as accounts
from dcc.accounts.api import Relation
from dcc.audit import api as audit
from dcc.patients import access
from dcc.patients.finding import LIMIT, POOL, Places, Query, by_words
from dcc.patients.models import FormerIns, LocalIdentifier, Patient
from dcc.patients.pictures import today
from dcc.patients.traits import read_birth_date
from dcc.patients.words import words

MATRICULE_LENGTH = 15
TEAM_LIMIT = 5_000
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{4}|\d{8}|\d{4}", re.ASCII)
_MATRICULE = re.compile(r"[1-478](?:\s?\d){4}\s?(?:\d\s?\d|2\s?[ABab])(?:\s?\d){6}(?:(?:\s?\d){2})?\Z", re.ASCII)
_IDENTIFIER = re.compile(r"\S*\d\S*")
_AROUND = re.compile(
    r"(?:^|(?<=\s))(?:mme|mlle|mr|m\.|madame|mademoiselle|monsieur|n[ée]e?\s+le|née?|épouse|ép\.|veuve)(?=\s|$)", re.IGNORECASE
)
"""What people write around names and is none. « NEE » and « NE » without accent may be words of a name."""


@dataclass(frozen=True, slots=True)
class Line:
    """One patient found, with what tells two of them apart."""

    patient_id: UUID
    birth_name: str
    first_given_name: str
    given_names: str
    used_name: str
    used_given_name: str
    sex: str
    birth_date: str
    birth_date_unknown: str
    status: str
    homonym: bool
    doubtful: bool
    fictitious: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Patients found, best first; ``more`` says that others match: add a word or a birth date."""

    lines: Sequence[Line] = field(default_factory=tuple)
    more: bool = False


def understood(text: str) -> Query:
    """What is looked for in a text. Pure."""
    text = text.strip()[:200]
    if _MATRICULE.match(text):
        return Query(matricule="".join(text.split()).upper())
    birth_date = identifier = ""
    for match in _DATE.finditer(text):
        birth_date = _beginning(match[0])
        if birth_date:
            identifier = match[0] if match[0].isdigit() else ""
            text = text[: match.start()] + " " + text[match.end() :]
            break
    other = _IDENTIFIER.search(text)
    names = _AROUND.sub(" ", _IDENTIFIER.sub(" ", text))
    return Query(words=tuple(words(names))[:6], birth_date=birth_date, identifier=other[0] if other else identifier)


def _beginning(typed: str) -> str:
    """The beginning of the ISO dates meant by what was typed: a year alone means all its days."""
    try:
        iso, unknown = read_birth_date(typed.replace(".", "/"), today=today())
    except ValueError:
        return ""
    return iso[: {"": 10, "jour": 7, "jour_mois": 4}.get(unknown, 0)]


def search(*, actor: accounts.User, text: str, limit: int = LIMIT) -> Found:
    """Patients of the actor's facilities that match ``text``; nothing for an empty text or an actor without facility.

    The journal keeps by what was looked for and who was shown, never the words (decision 0226).
    """
    rights, query = accounts.rights(actor), understood(text)
    if rights.only_patient is not None or query == Query():
        return Found()
    within = access.within(actor, accounts.Action.SEARCH_PATIENTS)
    places = Places(within, rights.facilities(accounts.Action.SEARCH_PATIENTS), _team(actor, rights))
    if not places.facility_ids and not places.team:
        return Found()
    found = _found(query, places, limit)
    with transaction.atomic():
        audit.record_list(
            actor=actor,
            action="patient.searched",
            subject="patients:search",
            patient_ids=[line.patient_id for line in found.lines],
            by=[name for name, value in asdict(query).items() if value],
            more=found.more,
        )
    return found


def _found(query: Query, places: Places, limit: int) -> Found:
    numbered = _by_number(query, places)
    if numbered or query.matricule:
        return _lines(numbered, limit)
    if not query.words:
        return _lines(_born(query, places, limit + 1), limit)
    if all(len(word) < 2 for word in query.words):
        return Found()
    return _lines(by_words(query, places, limit), limit)


def _team(actor: accounts.User, rights: accounts.Rights) -> Collection[UUID]:
    """The patients in whose care team the actor is, when his role finds them so."""
    if all(reach.relation is not Relation.TEAM for reach in rights.reach(accounts.Action.SEARCH_PATIENTS)):
        return ()
    return list(access.tied_patients(actor, Relation.TEAM).values_list("patient", flat=True)[:TEAM_LIMIT])


def _lines(patients: Sequence[Patient], limit: int) -> Found:
    names = Line.__dataclass_fields__
    lines = [
        Line(patient_id=p.pk, **{name: getattr(p, name) for name in names if name != "patient_id"}) for p in patients[:limit]
    ]
    return Found(tuple(lines), len(patients) > limit)


def _by_number(query: Query, places: Places) -> list[Patient]:
    here = Patient.objects.filter(places.within).order_by("birth_name", "pk")
    if query.matricule:
        between = query.matricule, query.matricule.ljust(MATRICULE_LENGTH, "9")
        former = FormerIns.objects.filter(matricule__range=between).values_list("patient", flat=True)
        found = [*here.filter(ins_matricule__range=between)[:POOL], *here.filter(pk__in=list(former))[:POOL]]
        return list({patient.pk: patient for patient in found}.values())
    if query.identifier:
        return list(here.filter(pk__in=LocalIdentifier.objects.filter(extension=query.identifier).values("patient"))[:POOL])
    return []


def _born(query: Query, places: Places, count: int) -> list[Patient]:
    if not query.birth_date:
        return []
    first, last = (query.birth_date + part[len(query.birth_date) :] for part in ("0000-00-00", "9999-99-99"))
    born = Patient.objects.filter(places.within, birth_date__gte=first, birth_date__lte=last)
    return list(born.order_by("birth_date", "name_key")[:count])
