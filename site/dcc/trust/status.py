"""« Is the trust clause there? », asked of what is recorded. The only place that knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts import api as accounts
from dcc.trust.clause import Agreement, Change, Need, Person, Place, Situation, needs, place_of
from dcc.trust.due import PARIS
from dcc.trust.models import Convention
from dcc.trust.models.conventions import Kind
from dcc.trust.standing import Asked, clause_terms

if TYPE_CHECKING:
    from dcc.accounts.models import Facility, User

WORDS: Mapping[tuple[Need, bool], Any] = {
    (Need.POST, True): gettext_lazy("Vous exercez dans cette structure"),
    (Need.POST, False): gettext_lazy("Vous n'exercez pas dans cette structure"),
    (Need.TERMS, True): gettext_lazy("Vos conditions d'utilisation, avec la clause de confiance, sont acceptées"),
    (Need.TERMS, False): gettext_lazy("Les conditions d'utilisation contenant la clause de confiance ne sont pas acceptées"),
    (Need.FACILITY, True): gettext_lazy("L'établissement a signé avec son DSRC une convention qui contient la clause"),
    (Need.FACILITY, False): gettext_lazy("Aucune convention en cours de l'établissement avec son DSRC ne contient la clause"),
    (Need.NETWORK, True): gettext_lazy("Les deux DSRC ont signé une convention de réciprocité qui contient la clause"),
    (Need.NETWORK, False): gettext_lazy("Aucune convention de réciprocité en cours ne lie les deux DSRC avec la clause"),
    (Need.PRACTITIONER, True): gettext_lazy("Un professionnel du cabinet s'engage lui-même"),
    (Need.PRACTITIONER, False): gettext_lazy("En cabinet, seul un professionnel de santé s'engage : il doit qualifier lui-même"),
}
"""What the person reads of each need."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One need of the clause: its code (:class:`dcc.trust.clause.Need`), what it means in French, whether it is met."""

    code: str
    words: str
    ok: bool


@dataclass(frozen=True, slots=True)
class ClauseStatus:
    """Whether the clause is there, and why; ``place`` is how the establishment counts (:class:`dcc.trust.clause.Place`).

    ``evidence`` names what makes it so, to be kept: ``cgu:<set>:<version>:<day accepted>``, ``convention:<id>``.
    """

    present: bool
    place: Place
    reasons: tuple[Reason, ...]
    evidence: tuple[str, ...] = ()


def clause_status(actor: User, facility: Facility, at: datetime) -> ClauseStatus:
    """Whether ``actor``, in the situation of ``facility``, is covered by the trust clause at a moment (R-111 to R-116)."""
    place = place_of(facility.sector, facility.network)
    signed, terms = _signed(facility, place), clause_terms(actor, at=at)
    situation = Situation(
        person=Person.PRACTITIONER if actor.practitioner_id else Person.OTHER,
        place=place,
        day=at.astimezone(PARIS).date(),
        works_there=any(post.facility_id == facility.pk for post in accounts.rights(actor).posts),
        terms_accepted=bool(terms),
        facility=agreements(signed[0]),
        network=agreements(signed[1]),
    )
    met = needs(situation)
    reasons = tuple(Reason(need.value, str(WORDS[need, ok]), ok) for need, ok in met)
    return ClauseStatus(all(ok for _need, ok in met), place, reasons, (*_accepted(terms), *_in_force(signed, situation.day)))


def facility_commitment(facility: Facility, at: datetime) -> ClauseStatus:
    """Whether the legal person of an establishment is covered, whoever acts there: what its machines send (decision 0243).

    A private practice has none: its practitioner answers for himself.
    """
    place = place_of(facility.sector, facility.network)
    signed, day = _signed(facility, place), at.astimezone(PARIS).date()
    facts = Situation(Person.OTHER, place, day, True, True, agreements(signed[0]), agreements(signed[1]))
    wanted = (Need.FACILITY, Need.NETWORK)
    met = [(need, ok) for need, ok in needs(facts) if need in wanted]
    reasons = tuple(Reason(need.value, str(WORDS[need, ok]), ok) for need, ok in met)
    return ClauseStatus(bool(met) and all(ok for _need, ok in met), place, reasons, _in_force(signed, day))


def _signed(facility: Facility, place: Place) -> tuple[Sequence[Convention], Sequence[Convention]]:
    """The conventions of the establishment, and those between the two DSRC, that the table looks at."""
    conventions = Convention.objects.prefetch_related("amendments")
    signed = conventions.filter(kind=Kind.FACILITY, legal_finess=facility.legal_finess, network=facility.network)
    mutual = conventions.filter(kind=Kind.NETWORK, network=facility.network)
    return (
        list(signed) if facility.legal_finess and place is not Place.LIBERAL else [],
        list(mutual) if place is Place.ELSEWHERE else [],
    )


def _in_force(signed: tuple[Sequence[Convention], Sequence[Convention]], day: date) -> tuple[str, ...]:
    rows = [*signed[0], *signed[1]]
    held = zip(rows, agreements(rows), strict=True)
    return tuple(f"convention:{row.pk}" for row, one in held if one.holds(day) and one.clause(day))


def _accepted(terms: Sequence[Asked]) -> tuple[str, ...]:
    return tuple(
        f"cgu:{one.version.terms.key}:{one.version.number}:{one.accepted.accepted_at.astimezone(PARIS).date()}"
        for one in terms
        if one.accepted is not None
    )


def conventions_of(facility: Facility, at: datetime) -> Sequence[tuple[Convention, date | None]]:
    """The conventions of an establishment with its DSRC in force at a moment, each with its last day (nothing: without end)."""
    if not facility.legal_finess:
        return []
    day = at.astimezone(PARIS).date()
    signed = Convention.objects.prefetch_related("amendments").filter(kind=Kind.FACILITY, legal_finess=facility.legal_finess)
    rows = list(signed.filter(network=facility.network))
    return [(row, one.last_day(day)) for row, one in zip(rows, agreements(rows), strict=True) if one.holds(day)]


def agreements(conventions: Iterable[Convention]) -> Sequence[Agreement]:
    """Conventions as the table looks at them."""
    return [
        Agreement(
            signed_on=row.signed_on,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            ended_on=row.ended_on,
            has_clause=row.has_clause,
            mutual=row.mutual,
            changes=[Change(a.effective_on, a.has_clause, a.mutual, a.extended_to) for a in row.amendments.all()],
        )
        for row in conventions
    ]


def place_words(place: Place) -> str:
    """How a place is called on screen."""
    names = {
        Place.LIBERAL: _("exercice libéral"),
        Place.HERE: _("établissement de la région"),
        Place.ELSEWHERE: _("établissement d'une autre région"),
    }
    return names[place]
