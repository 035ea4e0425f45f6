"""Where a person may keep a favourite: for oneself at once, for others by a proposal, as the policies have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from forms_config.favourites.models import Favourite
from forms_config.favourites.models import Scope as Labels
from forms_config.favourites.policies import Action, Scope, allowed
from forms_config.favourites.services import Place
from rcp_directory import api as directory

RCP_LIMIT = 500


@dataclass(frozen=True, slots=True)
class OfferedPlace:
    """A place one may choose: ``key`` for forms, ``direct`` when nobody else has to approve."""

    key: str
    label: str
    scope: Scope
    direct: bool


@dataclass(frozen=True, slots=True)
class PlaceFields:
    """What a form sends of a place: the key of an :class:`OfferedPlace`, the service's name, the RCP's national identifier."""

    key: str = ""
    service: str = ""
    rcp: str = ""


def places(actor: accounts.User, *, wider_than: Scope | None = None) -> list[OfferedPlace]:
    """Places where ``actor`` may keep or propose a favourite, nearest first."""
    scopes = list(Scope)
    wanted = scopes[scopes.index(wider_than) + 1 :] if wider_than else scopes
    return [place for scope in wanted for place in _places_of(actor, scope)]


def _places_of(actor: accounts.User, scope: Scope) -> Iterator[OfferedPlace]:
    posts = accounts.rights(actor).posts
    held = {post.facility_id for post in posts if post.facility_id is not None}
    facilities = accounts.facilities(ids=held, limit=100) if scope in (Scope.SERVICE, Scope.FACILITY) else [None]
    for facility in facilities:
        facility_id = facility.pk if facility else None
        direct, proposed = (
            allowed(posts, action, scope, own=True, facility_id=facility_id) for action in (Action.EDIT, Action.PROPOSE)
        )
        if direct or proposed:
            label = str(Labels(scope.value).label)
            yield OfferedPlace(
                f"{scope}:{facility_id}" if facility_id else scope.value,
                f"{label} · {facility}" if facility else label,
                scope,
                direct,
            )


def place_of(actor: accounts.User, fields: PlaceFields, *, wider_than: Scope | None = None) -> Place:
    """The place that a form named; raises ``ValueError`` in French when it is not one of those offered."""
    found = next((place for place in places(actor, wider_than=wider_than) if place.key == fields.key), None)
    if found is None:
        raise ValueError(_("Choisir pour qui ce favori est gardé"))
    facility_id = UUID(found.key.partition(":")[2]) if ":" in found.key else None
    if found.scope is Scope.SERVICE and not fields.service.strip():
        raise ValueError(_("Nommer le service"))
    if found.scope is not Scope.RCP:
        return Place(found.scope, facility_id, fields.service if found.scope is Scope.SERVICE else "")
    rcp = next((row for row in directory.search_rcps("", limit=RCP_LIMIT) if fields.rcp and row.national_id == fields.rcp), None)
    if rcp is None:
        raise ValueError(_("Choisir une RCP de l'annuaire"))
    return Place(found.scope, rcp_id=rcp.rcp_id)


def service_names(actor: accounts.User) -> list[str]:
    """Names of services that favourites already have in the actor's facilities, so that one service has one name."""
    held = {post.facility_id for post in accounts.rights(actor).posts if post.facility_id is not None}
    names = Favourite.objects.filter(scope=Scope.SERVICE.value, facility_id__in=held).values_list("service", flat=True)
    return sorted(set(names))
