"""INSi as the core asks it: traits in, a verdict out. Deciding what a verdict does is the core's affair."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused
from dcc.contracts.identity import FormerMatricule, IdentityQuery, IdentityVerdict
from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.patients import api as patients
from plugins.ins.apps import InsiSettings
from plugins.ins.insi.client import Asked, InsiClient
from plugins.ins.insi.ladder import Climbed, climb
from plugins.ins.insi.reading import Individual, Matricule

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PLACE = re.compile(r"[0-9AB]{5}", re.ASCII)


class InsiVerifier:
    """The capability ``IdentityVerifier`` under the key ``insi``; registered even without settings, it then says so."""

    def __init__(self, settings: Callable[[], InsiSettings]) -> None:
        self._settings = settings

    def verify(self, query: IdentityQuery) -> IdentityVerdict:
        """Climb the rungs. Raises ``RetryLater``, ``Refused`` or ``NotConfigured`` in French; a fault is no answer."""
        client = InsiClient(self._settings(), automatic=query.automatic, again=query.again)
        client.endpoint()  # what is not set up is said before anything about the traits
        traits = in_insi_characters(query.traits)
        found = climb(traits, query.rungs, client.search, lambda asked: asked.answer.code)
        if found is None:
            raise Refused(_("INSi : rien à demander (le lieu de naissance n'est pas connu)"))
        return verdict_of(found, traits)


def in_insi_characters(traits: IdentityTraits) -> IdentityTraits:
    """The traits as INSi takes them. Raises ``Refused`` in French naming the field that cannot be sent."""
    names = (
        ("birth_name", patients.characters.birth_name),
        ("first_given_name", patients.characters.given_names),
        ("given_names", patients.characters.given_names),
    )
    converted: dict[str, str] = {}
    for field, convert in names:
        try:
            converted[field] = convert(getattr(traits, field))
        except ValueError as error:
            raise Refused(_("INSi : %(field)s : %(why)s") % {"field": patients.FIELD_LABELS[field], "why": error}) from None
    if not converted["birth_name"] or not (converted["first_given_name"] or converted["given_names"]):
        raise Refused(_("INSi : le nom de naissance et un prénom sont nécessaires"))
    if traits.sex not in ("M", "F"):
        raise Refused(_("INSi : le sexe doit être masculin ou féminin"))
    if not _DATE.fullmatch(traits.birth_date):
        raise Refused(_("INSi : la date de naissance doit être complète"))
    place = traits.birth_place_code if _PLACE.fullmatch(traits.birth_place_code) else ""
    return IdentityTraits(**converted, sex=traits.sex, birth_date=traits.birth_date, birth_place_code=place)


def verdict_of(found: Climbed[Asked], asked: IdentityTraits) -> IdentityVerdict:
    """What an answer says, in the words of the contract."""
    kept, individual = found.answer, found.answer.answer.individual
    if found.code not in ("00", "01", "02"):
        words = {"code": found.code, "number": kept.answer_id}
        raise Refused(_("INSi : code de retour %(code)s inconnu, réponse conservée sous le n° %(number)s") % words)
    if individual is None:
        return IdentityVerdict(code=found.code, at=kept.at, answer_id=kept.answer_id)
    lacking = [name for name in ("birth_name", "sex", "birth_date") if not getattr(individual, name)]
    if lacking or individual.sex not in ("M", "F") or not individual.active.key or not _list(individual):
        raise Refused(_("INSi : réponse sans tous les traits, rien n'en est repris ; conservée sous le n° %s") % kept.answer_id)
    first = _first_given_name(individual, found.question.given[0], asked.first_given_name)
    return IdentityVerdict(
        code=found.code,
        traits=IdentityTraits(
            birth_name=individual.birth_name,
            first_given_name=first,
            given_names=_list(individual),
            sex="M" if individual.sex == "M" else "F",
            birth_date=individual.birth_date,
            birth_place_code=individual.birth_place,
        ),
        ins=_ins(individual.active),
        former=[FormerMatricule(_ins(held), held.begins, held.ends) for held in individual.former],
        at=kept.at,
        answer_id=kept.answer_id,
        remarks=list(dict.fromkeys(_remarks(individual, first))),
    )


def _list(individual: Individual) -> str:
    return individual.given_names or individual.given


def _ins(matricule: Matricule) -> InstanceId:
    return InstanceId(matricule.oid, matricule.number + matricule.key)


def _first_given_name(individual: Individual, searched: str, known: str) -> str:
    """INSi gives the list only: the name that was searched or known when the list begins by it, else its first word."""
    for name in (individual.given, known, searched):
        if name and patients.characters.fits_list(name, _list(individual)):
            return name
    return _list(individual).split()[0]


def _remarks(individual: Individual, first: str) -> Iterator[str]:
    if not individual.given and first != _list(individual):
        yield _("Premier prénom à confirmer : INSi ne donne que la liste « %s »") % _list(individual)
    for held, words in ((individual.active, _("actif")), *((held, _("ancien")) for held in individual.former)):
        if not _key_matches(held):
            yield _("La clé du matricule %s rendu par INSi ne correspond pas à ses chiffres ; il est repris tel quel") % words
    if individual.birth_date[5:7] > "12" or individual.birth_date[8:] > "31":
        yield _("La date de naissance rendue par INSi n'est pas une date du calendrier")


def _key_matches(held: Matricule) -> bool:
    try:
        return not held.key or patients.key_fits(held.number + held.key)
    except ValueError:
        return False
