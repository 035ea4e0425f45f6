"""Reading the directory of people, and their rights."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from dcc.accounts.models import Facility, Practitioner, User
from dcc.accounts.policies import Action, Relation, enough
from dcc.accounts.regional import policy_in_force
from dcc.accounts.rights import UNSAID, Post, Rights, Subject, holds_for_all, set_apart


def rights(actor: User | None) -> Rights:
    """Everything ``actor`` may do, read once (one query); nobody and inactive users may do nothing."""
    if actor is None or not actor.is_authenticated or not actor.is_active:
        return Rights()
    kept: _Kept | None = getattr(actor, _KEPT, None)
    if kept is None:
        return _rights(actor)
    if kept.rights is None:
        kept.rights = _rights(actor, kept.only_patient)
    return kept.rights


@dataclass(slots=True)
class _Kept:
    only_patient: UUID | None
    rights: Rights | None = None


_KEPT = "rights_of_this_request"


def keep_rights(actor: User, *, only_patient: UUID | None = None) -> None:
    """From now on this object, which dies with its request, answers the rights that were read first.

    ``only_patient`` binds it to one patient: of any other, of any list of patients, of the platform, it may nothing.
    """
    setattr(actor, _KEPT, _Kept(only_patient))


def _rights(actor: User, only_patient: UUID | None = None) -> Rights:
    held = (Post(role, facility) for role, facility in actor.memberships.values_list("role", "facility_id"))
    posts, local = set_apart(held)
    return Rights(posts, only_patient, policy_in_force(), local)


def may(
    actor: User | None,
    action: Action | str,
    *,
    facility_ids: Collection[UUID] = (),
    relation: Relation = Relation.NONE,
    subject: Subject = UNSAID,
) -> bool:
    """Whether ``actor`` may do ``action`` (``patient.open``, ``document.validate``…) on something of ``facility_ids``.

    ``relation`` is what else ties the actor to it (``Relation.AUTHOR`` for an author or a contributor of the document);
    ``subject`` says of which patient it is, and what is known of the document. Raises ``ValueError`` for an action that the table
    does not know. Asking many times: take :func:`rights` once.
    """
    return rights(actor).may(Action(action), facility_ids=facility_ids, relation=relation, subject=subject)


def words_of(text: str) -> list[str]:
    """The words of what somebody typed to find something; the character that no database takes in a text parts them."""
    return text.replace("\0", " ").split()


def facilities(*, ids: Collection[UUID] | None = None, text: str = "", limit: int = 20) -> Sequence[Facility]:
    """Facilities by ids, or whose name, town or FINESS number contains each word of ``text``."""
    found = Facility.objects.all() if ids is None else Facility.objects.filter(pk__in=ids)
    for word in words_of(text):
        found = found.filter(Q(name__icontains=word) | Q(city__icontains=word) | Q(finess__startswith=word))
    return list(found.order_by("name")[:limit])


def practitioners(*, text: str, limit: int = 20) -> Sequence[Practitioner]:
    """Practitioners whose names start with the words of ``text``, or whose national identifier is given."""
    found: QuerySet[Practitioner] = Practitioner.objects.select_related("facility")
    for word in words_of(text):
        found = found.filter(Q(family__istartswith=word) | Q(given__istartswith=word) | Q(national_id=word))
    return list(found.order_by("family", "given")[:limit])


@dataclass(frozen=True, slots=True)
class Carer:
    """Somebody with an account and a role of care, as one chooses him."""

    user_id: UUID
    name: str
    places: str


def carers(*, text: str, limit: int = 12) -> Sequence[Carer]:
    """Active people to whom a care team gives something, whose names begin with the words of ``text``."""
    policy = policy_in_force()
    roles = [role for role in policy.roles() if Relation.TEAM in enough(policy.cell(role, Action.OPEN_PATIENT))]
    found = User.objects.filter(is_active=True, memberships__role__in=roles)
    for word in words_of(text):
        named = Q(last_name__istartswith=word) | Q(first_name__istartswith=word)
        found = found.filter(named | Q(practitioner__family__istartswith=word) | Q(practitioner__given__istartswith=word))
    people = found.distinct().select_related("practitioner").prefetch_related("memberships__facility").order_by("last_name", "pk")
    return [Carer(user.pk, str(user), ", ".join(_places(user))) for user in people[:limit]]


def _places(user: User) -> list[str]:
    return sorted({str(post.facility) for post in user.memberships.all() if post.facility is not None})


def user_named(username: str) -> User:
    """The account of a username; raises ``LookupError`` in French."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise LookupError(f"Compte inconnu : {username}")
    return user


def holders(actions: Collection[Action | str]) -> Sequence[User]:
    """Active people with a role for the region that allows one of ``actions`` wherever, by their username."""
    policy = policy_in_force()
    roles = {role for role in policy.roles() if any(holds_for_all(policy, role, Action(action)) for action in actions)}
    found = User.objects.filter(is_active=True, memberships__role__in=roles, memberships__facility=None)
    return list(found.distinct().order_by("username"))


def names(user_ids: Collection[UUID]) -> dict[UUID, str]:
    """How to call users on screen: « DR Alice MARTIN », or the account's names, or the username."""
    users = User.objects.filter(pk__in=user_ids).select_related("practitioner")
    return {user.pk: str(user.practitioner or user.get_full_name() or user.username) for user in users}


def practitioner_names(national_ids: Collection[str]) -> dict[str, str]:
    """How to call professionals on screen, by their national identifiers; those whom the platform does not know are left out."""
    found = Practitioner.objects.filter(national_id__in=[one for one in national_ids if one])
    return {one.national_id: str(one) for one in found}
