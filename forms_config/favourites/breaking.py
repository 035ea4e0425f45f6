"""Favourites that a new form or a new list breaks: told before publication to who publishes, afterwards to who keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dcc.accounts import api as accounts
from dcc.contracts.event import Context
from dcc.contracts.events import FormPublished
from dcc.contracts.snapshots import Finding
from forms_config import api as forms
from forms_config.favourites.content import Retired, problems
from forms_config.favourites.models import Favourite, Status
from forms_config.favourites.policies import Action, Scope
from forms_config.favourites.reach import within
from forms_config.schema.model import FormSchema

NAMED = 10
"""Favourites named one by one in a warning; the others are counted."""


def check_form(schema: FormSchema) -> Iterable[Finding]:
    """Gate check: a warning for each group in which the new version takes favourites less than the live one does.

    What somebody keeps for oneself is counted, not named.
    """
    try:
        live = forms.published_form(schema.key).schema
    except forms.UnknownForm:
        return
    retired = Retired()
    for group_key in {question.key for question in live.questions() if question.favourites}:
        kept = Favourite.objects.filter(status=Status.APPROVED, document_type=schema.document_type, group_key=group_key)
        lost = [
            (favourite, found)
            for favourite in kept.order_by("name")
            if not problems(live, group_key, favourite.rows, retired)
            and (found := problems(schema, group_key, favourite.rows, retired))
        ]
        if lost:
            label = live.by_key[group_key].label
            at = group_key if group_key in schema.by_key else None
            yield Finding("favourites.broken", "warning", _said(label, lost), at, source=_("Banque de favoris"))


def _said(label: str, lost: Sequence[tuple[Favourite, Sequence[str]]]) -> str:
    shared = [(favourite, found) for favourite, found in lost if favourite.scope != Scope.PERSONAL]
    named = [f"{favourite.name} ({favourite.place}) : {found[0]}" for favourite, found in shared[:NAMED]]
    others = len(lost) - len(named)
    if others:
        personal = len(lost) - len(shared)
        text = ngettext("%(n)d autre, dont %(p)d personnel", "%(n)d autres, dont %(p)d personnels", others)
        named.append(text % {"n": others, "p": personal})
    text = ngettext(
        "« %(label)s » : %(n)d favori ne pourra plus être inséré, son auteur en sera averti. %(list)s",
        "« %(label)s » : %(n)d favoris ne pourront plus être insérés, leurs auteurs en seront avertis. %(list)s",
        len(lost),
    )
    return text % {"label": label, "n": len(lost), "list": " ; ".join(named)}


def look_again() -> int:
    """Mark the favourites that no published form takes any more, unmark those that one takes again; answers how many broke."""
    schemas = [form.schema for form in forms.published_forms()]
    retired, broke = Retired(), 0
    for favourite in Favourite.objects.filter(status=Status.APPROVED):
        fitting = [schema for schema in schemas if schema.document_type == favourite.document_type]
        is_broken = bool(fitting) and all(problems(s, favourite.group_key, favourite.rows, retired) for s in fitting)
        if is_broken is (favourite.broken_since is not None):
            continue
        since = timezone.now() if is_broken else None
        Favourite.objects.filter(pk=favourite.pk, edition=favourite.edition).update(broken_since=since)
        broke += is_broken
    return broke


def form_published(event: FormPublished, context: Context) -> None:
    """Subscriber of ``FormPublished``; idempotent."""
    look_again()


def to_mend(actor: accounts.User) -> int:
    """How many favourites that ``actor`` may mend were found broken: one quick count, for a page that is opened often."""
    return Favourite.objects.filter(within(actor, Action.EDIT), status=Status.APPROVED, broken_since__isnull=False).count()
