"""The bank in the admin: one favourite with its history, a new one, what waits for a decision or to be mended.

Who sees and does what is the table of :mod:`.policies`; nothing here goes around the services.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from dcc.accounts import api as accounts
from dcc.accounts.api import User
from forms_config.favourites.content import (
    Content,
    FavouriteRefused,
    RowShown,
    TextsToConfirm,
    free_texts,
    shown_rows,
)
from forms_config.favourites.entry import DescriptionForm, PlaceForm, RowsForm, edition_in, rows_form, texts_to_read
from forms_config.favourites.models import Favourite, FavouriteEdition, FavouriteUse, Status
from forms_config.favourites.policies import Action
from forms_config.favourites.queries import content_of
from forms_config.favourites.reach import within
from forms_config.favourites.services import decide_favourite, edit_favourite, withdraw_favourite
from forms_config.favourites.shelf import Card, card, shelf
from forms_config.schema.model import FormSchema, Question

HOME = {"url": "", "label": gettext_lazy("Favoris")}


def actor_of(request: HttpRequest) -> User:
    """Who asks; raises ``PermissionDenied`` unless somebody who configures or administers."""
    user = request.user
    wanted = (accounts.Action.CONFIGURE_FORMS, accounts.Action.ADMINISTER)
    if not isinstance(user, User) or not any(accounts.may(user, action) for action in wanted):
        raise PermissionDenied
    return user


def index_url() -> str:
    """The list of favourites."""
    return reverse("favoris:index")


class FavouriteIndexView(IndexView):  # type: ignore[misc]  # Wagtail ships no types
    """The bank: everything but what others keep for themselves."""

    add_item_label = gettext_lazy("Nouveau favori")

    def get_base_queryset(self) -> QuerySet[Favourite]:
        actor = actor_of(self.request)
        return Favourite.objects.filter(within(actor, Action.SEE)).select_related("owner__practitioner", "facility", "rcp")

    def get_edit_url(self, instance: Favourite) -> str:
        return reverse("favoris:edit", args=[instance.pk])

    def get_add_url(self) -> str | None:
        may = accounts.may(actor_of(self.request), accounts.Action.CONFIGURE_FORMS)
        return reverse("favoris:add") if may else None

    @property
    def header_buttons(self) -> list[HeaderButton]:
        found = shelf(actor_of(self.request))
        waiting = len(found.to_decide) + sum(bool(c.problems) for c in found.shared)
        label = _("À traiter (%(n)d)") % {"n": waiting}
        todo = HeaderButton(label, url=reverse("favoris:todo"), icon_name="tasks", priority=5)
        return [*super().header_buttons, todo]


class BankPage(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]  # Wagtail ships no types
    """A page of the bank."""

    header_icon = "pick"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": index_url(), "label": _("Favoris")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]


class TodoView(BankPage):
    """Proposals to decide, broken favourites to mend."""

    template_name = "favourites/admin/todo.html"
    page_title = gettext_lazy("À traiter")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = shelf(actor_of(self.request))
        broken = [c for c in found.shared if c.problems]
        return super().get_context_data(to_decide=found.to_decide, broken=broken, **kwargs)


class FavouriteView(BankPage):
    """One favourite: what it holds, what it was, how much it is used; changed, decided or withdrawn here."""

    template_name = "favourites/admin/favourite.html"
    page_title = gettext_lazy("Favori")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.actor = actor_of(request)
        try:
            self.card: Card = card(self.actor, kwargs["pk"])
        except LookupError as error:
            raise Http404 from error

    def get_page_subtitle(self) -> str:
        return self.card.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        content, schema = content_of(self.actor, self.card.favourite_id)
        group = schema.by_key[content.group_key] if schema else None
        rows = shown_rows(group, [{"id": "", "values": row} for row in content.rows]) if group else []
        uses = FavouriteUse.objects.filter(favourite=self.card.favourite_id)
        pages = {
            "card": self.card,
            "shown": rows,
            "editions": _editions(self.card.favourite_id, group),
            "times": uses.aggregate(n=Sum("times"))["n"] or 0,
            "last_use": uses.order_by("-used_at").values_list("used_at", flat=True).first(),
            "may_decide": self.card.status == Status.PROPOSED and self.card in shelf(self.actor).to_decide,
        }
        if self.card.may_edit and schema is not None and "description" not in kwargs:
            kwargs |= forms_of(schema, content)
        return super().get_context_data(**{**pages, **kwargs})

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Change the favourite."""
        if not self.card.may_edit:
            raise PermissionDenied
        content, schema = content_of(self.actor, self.card.favourite_id)
        if schema is None:
            return redirect(request.path)
        made = forms_of(schema, content, data=request.POST)
        refused = written(
            request, made, content, schema,
            lambda wanted, confirmed: edit_favourite(
                actor=self.actor, favourite_id=self.card.favourite_id, content=wanted, schema=schema, confirmed=confirmed,
                edition=edition_in(request.POST),
            ),
        )  # fmt: skip
        if refused is None:
            messages.success(request, _("Favori modifié : édition suivante"))
            return redirect(request.path)
        return self.render_to_response(self.get_context_data(**{**made, **refused}), status=422)


def _editions(favourite_id: UUID, group: Question | None) -> list[tuple[FavouriteEdition, Sequence[RowShown]]]:
    rows = FavouriteEdition.objects.filter(favourite=favourite_id).select_related("actor__practitioner")
    return [
        (row, shown_rows(group, [{"id": "", "values": values} for values in row.content["rows"]]) if group else [])
        for row in rows
    ]


def forms_of(schema: FormSchema, content: Content, data: Any = None) -> dict[str, Any]:
    """The forms of a favourite: its description and its rows."""
    initial = {name: getattr(content, name) for name in DescriptionForm.base_fields}
    group = schema.by_key[content.group_key]
    return {
        "description": DescriptionForm(data, initial=initial),
        "rows": rows_form(schema, group, rows=content.rows, data=data),
    }


def written(
    request: HttpRequest,
    made: Mapping[str, Any],
    content: Content,
    schema: FormSchema,
    write: Callable[[Content, Sequence[str]], UUID],
) -> dict[str, Any] | None:
    """Write what the forms hold; nothing when it is done, else what stands in the way, for the page."""
    description: DescriptionForm = made["description"]
    rows: RowsForm = made["rows"]
    place: PlaceForm | None = made.get("place")
    if not all([description.is_valid(), rows.is_valid(), place is None or place.is_valid()]):
        return {"problem": _("Une réponse est à revoir")}
    wanted = description.content(content.document_type, content.group_key, rows.values)
    texts = free_texts(schema.by_key[content.group_key], wanted.rows)
    read = texts_to_read(texts, request.POST.getlist("confirmed"))
    try:
        write(wanted, [text.text for text in read if text.ticked])
    except TextsToConfirm as error:
        return {"problem": str(error), "texts": texts_to_read(error.texts, request.POST.getlist("confirmed"))}
    except FavouriteRefused as error:
        return {"problem": str(error)}
    return None


def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Approve or refuse a proposal, with the reason."""
    actor, approve = actor_of(request), request.POST.get("do") == "approve"
    note = request.POST.get("note", "")[:300]
    said = _("Proposition approuvée") if approve else _("Proposition refusée")
    return _act(request, pk, lambda: decide_favourite(actor=actor, favourite_id=pk, approve=approve, note=note), said)


def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a favourite away."""
    actor = actor_of(request)
    return _act(request, pk, lambda: withdraw_favourite(actor=actor, favourite_id=pk), _("Favori retiré"))


def _act(request: HttpRequest, pk: UUID, act: Callable[[], None], said: str) -> HttpResponse:
    if request.method != "POST":
        raise Http404
    try:
        card(actor_of(request), pk)
    except LookupError as error:
        raise Http404 from error
    try:
        act()
    except (LookupError, FavouriteRefused) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, said)
    return redirect(reverse("favoris:todo"))
