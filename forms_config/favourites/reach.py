"""Which favourites a person may do something with: the table of :mod:`.policies`, for one favourite or as a filter of many."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from forms_config.favourites.models import Favourite
from forms_config.favourites.policies import POLICY, Action, Scope, allowed


def may(actor: accounts.User, action: Action, favourite: Favourite) -> bool:
    """Whether ``actor`` may do ``action`` on a favourite."""
    own = favourite.owner_id == actor.pk
    posts = accounts.rights(actor).posts
    return allowed(posts, action, Scope(favourite.scope), own=own, facility_id=favourite.facility_id)


def require(actor: accounts.User, action: Action, favourite: Favourite) -> None:
    """Raise ``PermissionDenied`` unless :func:`may`."""
    if not may(actor, action, favourite):
        raise PermissionDenied(_("Votre rôle ne permet pas cette action sur ce favori"))


def within(actor: accounts.User, action: Action) -> Q:
    """The favourites on which :func:`may` answers yes, as a filter of a query."""
    found = Q(pk__in=[])
    for post in accounts.rights(actor).posts:
        for scope in Scope:
            cell = POLICY.get((scope, action, post.role), "-")
            if cell == "any":
                found |= Q(scope=scope.value)
            elif cell == "own":
                found |= Q(scope=scope.value, owner=actor)
            elif cell == "team" and post.facility_id is not None:
                found |= Q(scope=scope.value, facility_id=post.facility_id)
    return found
