"""Finding patients: one box for names, birth date, INS matricule or local identifier; never outside the actor's facilities.

Words are looked for in the index of each facility, so that a search cannot see elsewhere. All words must match, in any order,
each by its beginning; when too few patients are found, the words of the vocabulary one typing slip away are tried too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from dcc.accounts import api as accounts
from dcc.accounts.api import Relation
from dcc.audit import api as audit
from dcc.patients import access
from dcc.patients.models import FormerIns, LocalIdentifier, NameWord, Patient, WordVariant
from dcc.patients.pictures import today
from dcc.patients.traits import read_birth_date
from dcc.patients.words import LONGEST, deletions, letters, near, words

LIMIT = 20
POOL = 100
"""Patients taken from the index before the best are kept: beyond that, a person adds a word rather than turning pages."""
MATRICULE_LENGTH = 15
SLIP_LENGTH = 4
SLIPS_TRIED = 50
TEAM_LIMIT = 5_000
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{4}|\d{8}|\d{4}", re.ASCII)
_MATRICULE = re.compile(r"[1-478](?:\s?\d){4}\s?(?:\d\s?\d|2\s?[ABab])(?:\s?\d){6}(?:(?:\s?\d){2})?\Z", re.ASCII)
_IDENTIFIER = re.compile(r"\S*\d\S*")


@dataclass(frozen=True, slots=True)
class Query:
    """What a person typed, understood: words of names, beginning of an ISO birth date, matricule, other identifiers."""

    words: tuple[str, ...] = ()
    birth_date: str = ""
    matricule: str = ""
    identifier: str = ""


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
    names = _IDENTIFIER.sub(" ", text)
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
    places = _Places(within, rights.facilities(accounts.Action.SEARCH_PATIENTS), _team(actor, rights))
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


def _found(query: Query, places: _Places, limit: int) -> Found:
    numbered = _by_number(query, places)
    if numbered or query.matricule:
        return _lines(numbered, limit)
    if not query.words:
        return _lines(_born(query, places, limit + 1), limit)
    if all(len(word) < 2 for word in query.words):
        return Found()
    pool = _by_words([[_beginning_with(word)] for word in query.words], query, places)
    if len(pool) < limit:
        seen = {patient.pk for patient in pool}
        pool += [p for p in _with_slips(query, places) if p.pk not in seen]
    return _lines(sorted(pool, key=lambda patient: _rank(patient, query)), limit)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a search looks: the filter that decides, and the facilities and the patients of one's care teams that lead it."""

    within: Q
    facility_ids: Collection[UUID]
    team: Collection[UUID]


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


def _by_number(query: Query, places: _Places) -> list[Patient]:
    here = Patient.objects.filter(places.within).order_by("birth_name", "pk")
    if query.matricule:
        between = query.matricule, query.matricule.ljust(MATRICULE_LENGTH, "9")
        former = FormerIns.objects.filter(matricule__range=between).values_list("patient", flat=True)
        found = [*here.filter(ins_matricule__range=between)[:POOL], *here.filter(pk__in=list(former))[:POOL]]
        return list({patient.pk: patient for patient in found}.values())
    if query.identifier:
        return list(here.filter(pk__in=LocalIdentifier.objects.filter(extension=query.identifier).values("patient"))[:POOL])
    return []


def _born(query: Query, places: _Places, count: int) -> list[Patient]:
    if not query.birth_date:
        return []
    first, last = (query.birth_date + part[len(query.birth_date) :] for part in ("0000-00-00", "9999-99-99"))
    born = Patient.objects.filter(places.within, birth_date__gte=first, birth_date__lte=last)
    return list(born.order_by("birth_date", "name_key")[:count])


def _beginning_with(word: str) -> Q:
    # Letters only on both sides: they sort the same way under any collation of PostgreSQL.
    return Q(word__gte=word, word__lte=word.ljust(LONGEST, "Z"))


def _by_words(alternatives: list[list[Q]], query: Query, places: _Places) -> list[Patient]:
    """Patients for whom each word has one alternative that matches; the longest word leads, the others check each row."""
    (_word, leading), *others = sorted(zip(query.words, alternatives, strict=True), key=_longest)
    rows = NameWord.objects.order_by("word").values_list("patient_id", flat=True)
    for _word, choices in others:
        rows = rows.filter(Exists(NameWord.objects.filter(_any(choices), patient=OuterRef("patient"))))
    if query.birth_date:
        rows = rows.filter(patient__birth_date__startswith=query.birth_date)
    # One query per facility and alternative: each reads the index in order and stops at the limit.
    pool = max(POOL // len(query.words), 2 * LIMIT)
    where = [Q(facility=facility) for facility in places.facility_ids]
    where += [Q(patient__in=places.team)] if places.team else []
    ids = {pk: None for place in where for choice in leading for pk in rows.filter(choice, place)[:pool]}
    return list(Patient.objects.filter(places.within, pk__in=list(ids)[: 2 * POOL]))


def _longest(pair: tuple[str, list[Q]]) -> int:
    return -len(pair[0])


def _any(choices: Sequence[Q]) -> Q:
    condition = Q()
    for choice in choices:
        condition |= choice
    return condition


def _with_slips(query: Query, places: _Places) -> list[Patient]:
    """The same with words one typing slip away, and with neighbouring words written as one (« LE GALL » typed for LEGALL)."""
    found: list[Patient] = []
    alternatives = [[_beginning_with(word), *_slips(word)] for word in query.words]
    if any(len(choices) > 1 for choices in alternatives):
        found += _by_words(alternatives, query, places)
    for i in range(len(query.words) - 1):
        joined = (*query.words[:i], query.words[i] + query.words[i + 1], *query.words[i + 2 :])
        known = {patient.pk for patient in found}
        again = _by_words([[_beginning_with(word)] for word in joined], Query(joined, query.birth_date), places)
        found += [patient for patient in again if patient.pk not in known]
    return found


def _slips(word: str) -> list[Q]:
    if len(word) < SLIP_LENGTH:
        return []
    near_words = (
        WordVariant.objects.filter(variant__in=deletions(word)).values_list("word", flat=True).distinct()[: 10 * SLIPS_TRIED]
    )
    kept = [other for other in near_words if other != word and near(word, other)][:SLIPS_TRIED]
    return [Q(word__in=kept)] if kept else []


def _rank(patient: Patient, query: Query) -> tuple[int, str, str, str]:
    """Best first: words that are the birth name or the used name, then whole words, then beginnings, then slips."""
    score = 0
    names = {letters(patient.birth_name), letters(patient.used_name), *words(patient.birth_name), *words(patient.used_name)}
    given = {*words(patient.given_names), *words(patient.first_given_name), *words(patient.used_given_name)}
    for word in query.words:
        if word in names:
            score -= 4
        elif word in given:
            score -= 3
        elif any(name.startswith(word) for name in (*names, *given)):
            score -= 1
    return score, patient.birth_name, patient.first_given_name, patient.birth_date
