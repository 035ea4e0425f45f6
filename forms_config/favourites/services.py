"""Writes favourites: kept for oneself, proposed to others, approved or refused by somebody else, changed, withdrawn."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from forms_config.favourites.content import (
    Content,
    FavouriteRefused,
    TextsToConfirm,
    broken_because,
    checked_rows,
    free_texts,
    group_of,
    problems,
)
from forms_config.favourites.models import Favourite, FavouriteEdition, FavouriteUse, Status
from forms_config.favourites.policies import Action, Scope
from forms_config.favourites.reach import may, require
from forms_config.favourites.wording import search_words
from forms_config.schema.model import FormSchema
from forms_config.schema.texts import clean_string, clean_text


@dataclass(frozen=True, slots=True)
class Place:
    """For whom a favourite is kept: a facility and a named service, a facility, an RCP, or nothing more than the scope."""

    scope: Scope = Scope.PERSONAL
    facility_id: UUID | None = None
    service: str = ""
    rcp_id: int | None = None


@transaction.atomic
def save_favourite(
    *,
    actor: accounts.User,
    content: Content,
    schema: FormSchema,
    place: Place | None = None,
    confirmed: Collection[str] = (),
    for_approval: bool = False,
) -> UUID:
    """Keep rows as a favourite; who may not edit at ``place`` (oneself by default) proposes it, and somebody else decides.

    ``for_approval`` leaves the decision to somebody else all the same.

    ``schema`` is a published form the rows must fit; ``confirmed`` are the typed texts that the actor has read again. Raises
    ``PermissionDenied``, :class:`FavouriteRefused`, :class:`TextsToConfirm`.
    """
    place = place or Place()
    favourite = Favourite(
        owner=actor,
        scope=place.scope.value,
        facility_id=place.facility_id,
        service=clean_string(place.service) or "",
        rcp_id=place.rcp_id,
        document_type=content.document_type,
        group_key=content.group_key,
    )
    _check_place(favourite)
    _fill(favourite, content, schema, confirmed)
    may_edit = may(actor, Action.EDIT, favourite)
    if not may_edit:
        require(actor, Action.PROPOSE, favourite)
    direct = may_edit and not for_approval
    favourite.status = Status.APPROVED if direct else Status.PROPOSED
    favourite.save(force_insert=True)
    _keep(favourite, actor, "favourite.saved" if direct else "favourite.proposed")
    return favourite.pk


@transaction.atomic
def edit_favourite(
    *,
    actor: accounts.User,
    favourite_id: UUID,
    content: Content,
    schema: FormSchema,
    confirmed: Collection[str] = (),
    edition: int | None = None,
) -> UUID:
    """Change a favourite at once, or propose the change; answers the id of what was written (the favourite or the proposal).

    ``edition`` is the one that was on the page: a later one is not written over. Texts that the favourite holds already were
    confirmed when they came in. Raises as :func:`save_favourite`, and ``LookupError`` when there is no such favourite in use.
    """
    favourite = _locked(favourite_id, Status.APPROVED)
    require(actor, Action.SEE, favourite)
    if edition is not None and edition != favourite.edition:
        raise FavouriteRefused(_("Quelqu'un vient de modifier ce favori : reprendre depuis la page rechargée"))
    content = dataclasses.replace(content, document_type=favourite.document_type, group_key=favourite.group_key)
    confirmed = {*confirmed, *free_texts(group_of(schema, favourite.group_key), favourite.rows)}
    if may(actor, Action.EDIT, favourite):
        _fill(favourite, content, schema, confirmed)
        favourite.edition += 1
        favourite.save()
        _keep(favourite, actor, "favourite.changed")
        return favourite.pk
    require(actor, Action.PROPOSE, favourite)
    proposal = Favourite(
        owner=actor, scope=favourite.scope, facility_id=favourite.facility_id, service=favourite.service, rcp_id=favourite.rcp_id,
        document_type=favourite.document_type, group_key=favourite.group_key, replaces=favourite, status=Status.PROPOSED,
    )  # fmt: skip
    _fill(proposal, content, schema, confirmed)
    proposal.save(force_insert=True)
    _keep(proposal, actor, "favourite.proposed")
    return proposal.pk


@transaction.atomic
def propose_favourite(*, actor: accounts.User, favourite_id: UUID, place: Place) -> UUID:
    """Propose a copy of a favourite to a wider scope; the favourite itself stays. Answers the copy's id.

    Raises ``PermissionDenied``, ``LookupError``, :class:`FavouriteRefused` (same scope, already proposed there).
    """
    origin = _locked(favourite_id, Status.APPROVED)
    require(actor, Action.PROPOSE, origin)
    if list(Scope).index(place.scope) <= list(Scope).index(Scope(origin.scope)):
        raise FavouriteRefused(_("Un favori se propose à une portée plus large que la sienne"))
    copy = Favourite.objects.get(pk=origin.pk)
    copy.pk, copy.edition, copy.replaces, copy.owner = None, 1, None, actor
    copy.id = Favourite._meta.pk.get_default()
    copy._state.adding = True
    copy.scope, copy.facility_id, copy.rcp_id = place.scope.value, place.facility_id, place.rcp_id
    copy.service = clean_string(place.service) or ""
    copy.status = Status.PROPOSED
    _check_place(copy)
    require(actor, Action.PROPOSE, copy)
    copy.save(force_insert=True)
    _keep(copy, actor, "favourite.proposed")
    return copy.pk


@transaction.atomic
def decide_favourite(*, actor: accounts.User, favourite_id: UUID, approve: bool, note: str = "") -> None:
    """Approve a proposal (a proposed change then replaces what it changes) or refuse it, saying why.

    Raises ``PermissionDenied`` (an own proposal included), ``LookupError``, :class:`FavouriteRefused` (refused without reason, or
    approved while broken).
    """
    proposal = _locked(favourite_id, Status.PROPOSED)
    require(actor, Action.APPROVE, proposal)
    if proposal.owner_id == actor.pk:
        raise PermissionDenied(_("Une autre personne doit approuver votre proposition"))
    proposal.note = clean_string(note) or ""
    if not approve and not proposal.note:
        raise FavouriteRefused(_("Dire pourquoi la proposition est refusée"))
    if approve and (found := broken_because(proposal.document_type, proposal.group_key, proposal.rows)):
        raise FavouriteRefused(found[0])
    proposal.decided_by, proposal.decided_at = actor, timezone.now()
    proposal.status = Status.APPROVED if approve else Status.REFUSED
    if approve and proposal.replaces_id is not None:
        _replace(proposal, actor)
        proposal.status = Status.WITHDRAWN
    proposal.save()
    action = "favourite.approved" if approve else "favourite.refused"
    audit.record(actor=actor, action=action, subject=f"favourite:{proposal.pk}", scope=proposal.scope)


def _replace(proposal: Favourite, actor: accounts.User) -> None:
    assert proposal.replaces_id is not None  # noqa: S101  (the caller looked)
    former = _locked(proposal.replaces_id, Status.APPROVED)
    for name in (*_CONTENT, "words"):
        setattr(former, name, getattr(proposal, name))
    former.broken_since = None
    former.edition += 1
    former.decided_by, former.decided_at = actor, proposal.decided_at
    former.save()
    _keep(former, actor, "favourite.changed")


@transaction.atomic
def withdraw_favourite(*, actor: accounts.User, favourite_id: UUID) -> None:
    """Take a favourite away: nobody is offered it any more, its editions stay; or one's own proposal, while it waits.

    Raises as :func:`decide_favourite`.
    """
    favourite = _locked(favourite_id, Status.APPROVED, Status.PROPOSED)
    if favourite.status == Status.APPROVED or favourite.owner_id != actor.pk:
        require(actor, Action.EDIT, favourite)
    favourite.status = Status.WITHDRAWN
    favourite.save()
    audit.record(actor=actor, action="favourite.withdrawn", subject=f"favourite:{favourite.pk}", scope=favourite.scope)


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows to be inserted, with what they come from."""

    name: str
    edition: int
    rows: Sequence[Mapping[str, Any]]
    sheet: str


def take_favourite(*, actor: accounts.User, favourite_id: UUID, schema: FormSchema, group_key: str) -> Taken:
    """The rows of a favourite that ``actor`` may use, to be inserted in a group now; the use is remembered.

    Raises ``LookupError`` (no such favourite for this person here) and :class:`FavouriteRefused` (broken).
    """
    kept = Favourite.objects.filter(status=Status.APPROVED, document_type=schema.document_type, group_key=group_key)
    favourite = kept.filter(pk=favourite_id).first()
    if favourite is None or not may(actor, Action.USE, favourite):
        raise LookupError(_("Ce favori n'existe pas"))
    if found := problems(schema, group_key, favourite.rows):
        raise FavouriteRefused(found[0])
    use, _created = FavouriteUse.objects.get_or_create(user=actor, favourite=favourite, defaults={"used_at": timezone.now()})
    FavouriteUse.objects.filter(pk=use.pk).update(used_at=timezone.now(), times=F("times") + 1)
    return Taken(favourite.name, favourite.edition, favourite.rows, favourite.sheet)


_CONTENT = ("name", "rows", "organ", "intention", "protocol", "cycles", "follow_up", "sheet")


def _fill(favourite: Favourite, content: Content, schema: FormSchema, confirmed: Collection[str]) -> None:
    if schema.document_type != content.document_type:
        raise FavouriteRefused(_("Ce formulaire n'est pas de ce type de document"))
    rows = checked_rows(schema, content.group_key, content.rows)
    texts = free_texts(group_of(schema, content.group_key), rows)
    if set(texts) - set(confirmed):
        raise TextsToConfirm(texts)
    try:
        name = clean_string(content.name)
        words = {key: clean_string(getattr(content, key)) or "" for key in ("organ", "intention", "protocol")}
        favourite.follow_up = clean_text(content.follow_up, 2_000) or ""
    except ValueError as error:
        raise FavouriteRefused(str(error)) from None
    if not name or len(name) > 120 or any(len(text) > 80 for text in words.values()):
        raise FavouriteRefused(_("Un favori a un nom, de 120 caractères au plus, et des précisions de 80 caractères au plus"))
    favourite.name, favourite.rows, favourite.cycles = name, rows, content.cycles
    favourite.sheet, favourite.broken_since = content.sheet[:120], None
    favourite.organ, favourite.intention, favourite.protocol = words["organ"], words["intention"], words["protocol"]
    favourite.words = search_words(name, favourite.protocol, favourite.organ, rows=rows)


def _check_place(favourite: Favourite) -> None:
    scope = Scope(favourite.scope)
    if (favourite.facility_id is not None) != (scope in (Scope.SERVICE, Scope.FACILITY)):
        raise FavouriteRefused(_("Un favori de service ou d'établissement a un établissement, lui seul"))
    if (favourite.rcp_id is not None) != (scope is Scope.RCP):
        raise FavouriteRefused(_("Un favori de RCP a une RCP, lui seul"))
    if bool(favourite.service) != (scope is Scope.SERVICE):
        raise FavouriteRefused(_("Nommer le service"))


def _locked(favourite_id: UUID, *statuses: Status) -> Favourite:
    favourite = Favourite.objects.select_for_update().filter(pk=favourite_id, status__in=statuses).first()
    if favourite is None:
        raise LookupError(_("Ce favori n'existe plus ou a déjà été traité"))
    return favourite


def _keep(favourite: Favourite, actor: accounts.User, action: str) -> None:
    content: dict[str, Any] = {name: getattr(favourite, name) for name in _CONTENT}
    FavouriteEdition.objects.create(favourite=favourite, number=favourite.edition, content=content, actor=actor)
    audit.record(
        actor=actor, action=action, subject=f"favourite:{favourite.pk}", scope=favourite.scope, edition=favourite.edition
    )
