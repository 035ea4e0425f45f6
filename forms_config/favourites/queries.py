"""Reads favourites: those offered in a group, those to decide, those that broke."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from forms_config import api as forms
from forms_config.favourites.content import Content, Retired, broken_because, details_of, problems, summary
from forms_config.favourites.models import Favourite, FavouriteUse, Status
from forms_config.favourites.policies import Action, Scope
from forms_config.favourites.reach import may, within
from forms_config.favourites.wording import folded
from forms_config.schema.model import FormSchema


@dataclass(frozen=True, slots=True)
class Offer:
    """A favourite as it is proposed: ``place`` says whose it is, ``summary`` its rows, ``details`` the rest, in words."""

    favourite_id: UUID
    name: str
    place: str
    summary: str
    details: str
    used: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """A favourite that can no longer be inserted, and why."""

    favourite_id: UUID
    name: str
    place: str
    problems: Sequence[str]


def offers(
    actor: accounts.User, *, schema: FormSchema, group_key: str, text: str = "", rcp: str = "", limit: int = 20
) -> list[Offer]:
    """Favourites that ``actor`` may insert in a group of a form: last used first, then the nearest scope.

    ``text`` narrows by beginnings of words of the name, the protocol, the organ and the rows; ``rcp`` is the national identifier
    of the document's RCP: those of other RCP are left out when it is given. Broken ones are not offered.
    """
    group = schema.by_key.get(group_key)
    if group is None or not group.favourites:
        return []
    rows = _approved(schema.document_type, group_key).filter(within(actor, Action.USE))
    rows = rows.filter(Q(rcp=None) | Q(rcp__national_id=rcp)) if rcp else rows
    for start in folded(text):
        rows = rows.filter(words__contains=f" {start}")
    retired = Retired()
    found: list[Offer] = []
    for favourite in _in_order(actor, rows, at_once=limit):
        if not problems(schema, group_key, favourite.rows, retired):
            told, used = summary(group, favourite.rows), favourite.used_at is not None
            found.append(Offer(favourite.pk, favourite.name, favourite.place, told, details_of(favourite), used))
            if len(found) == limit:
                break
    return found


def _in_order(actor: accounts.User, rows: QuerySet[Favourite], *, at_once: int) -> Iterator[Any]:
    """Last used first, then the nearest scope, then by name; a batch at a time: the first ones are most often enough."""
    used = FavouriteUse.objects.filter(user=actor, favourite=OuterRef("pk")).values("used_at")[:1]
    nearness = Case(*(When(scope=scope.value, then=n) for n, scope in enumerate(Scope)), output_field=IntegerField())
    ordered = rows.annotate(used_at=Subquery(used)).order_by(F("used_at").desc(nulls_last=True), nearness, Lower("name"), "pk")
    for start in count(0, at_once):
        batch = list(ordered[start : start + at_once])
        yield from batch
        if len(batch) < at_once:
            return


def content_of(actor: accounts.User, favourite_id: UUID) -> tuple[Content, FormSchema | None]:
    """What a favourite that ``actor`` may see holds, and the published form that takes its rows best, if any has its group.

    Raises ``LookupError``.
    """
    seen = Favourite.objects.filter(Q(owner=actor) | within(actor, Action.SEE), pk=favourite_id).first()
    if seen is None:
        raise LookupError(_("Ce favori n'existe pas"))
    content = Content(
        seen.name, seen.document_type, seen.group_key, seen.rows, organ=seen.organ, intention=seen.intention,
        protocol=seen.protocol, cycles=seen.cycles, follow_up=seen.follow_up, sheet=seen.sheet,
    )  # fmt: skip
    admitting = [form.schema for form in forms.published_forms(seen.document_type) if admits(form.schema, seen.group_key)]
    return content, min(admitting, key=lambda schema: len(problems(schema, seen.group_key, seen.rows)), default=None)


def admits(schema: FormSchema, group_key: str) -> bool:
    """Whether a form has that group and admits favourites in it."""
    group = schema.by_key.get(group_key)
    return group is not None and group.datatype == "group" and group.favourites


def proposals(actor: accounts.User) -> list[Favourite]:
    """Proposals that ``actor`` may decide, oldest first; never the actor's own."""
    rows = Favourite.objects.filter(status=Status.PROPOSED).exclude(owner=actor).select_related("owner", "facility", "rcp")
    return [favourite for favourite in rows.order_by("changed_at") if may(actor, Action.APPROVE, favourite)]


def broken(actor: accounts.User) -> list[Broken]:
    """Favourites in use that no published form takes any more and that ``actor`` (owner, editor) may mend."""
    rows = Favourite.objects.filter(status=Status.APPROVED).select_related("facility", "rcp")
    mendable = (favourite for favourite in rows if may(actor, Action.EDIT, favourite))
    return [
        Broken(f.pk, f.name, f.place, found) for f in mendable if (found := broken_because(f.document_type, f.group_key, f.rows))
    ]


def _approved(document_type: str, group_key: str) -> Any:
    rows = Favourite.objects.filter(status=Status.APPROVED, document_type=document_type, group_key=group_key)
    return rows.select_related("facility", "rcp")
