"""A new favourite in the admin, made for others from the columns of a group of a published form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.accounts import api as accounts
from forms_config import api as forms
from forms_config.favourites.bank_admin import BankPage, actor_of, forms_of, index_url, written
from forms_config.favourites.content import Content
from forms_config.favourites.entry import PlaceForm
from forms_config.favourites.queries import admits
from forms_config.favourites.services import save_favourite
from forms_config.schema.model import FormSchema


class NewFavouriteView(BankPage):
    """A favourite made for others from the columns of a group of a published form."""

    template_name = "favourites/admin/new.html"
    page_title = gettext_lazy("Nouveau favori")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.actor = actor_of(request)
        if not accounts.may(self.actor, accounts.Action.CONFIGURE_FORMS):
            raise PermissionDenied
        form_key, _sep, self.group_key = request.GET.get("tableau", "").partition(":")
        try:
            self.schema: FormSchema | None = forms.published_form(form_key).schema if form_key else None
        except forms.UnknownForm as error:
            raise Http404 from error
        if self.schema is not None and not admits(self.schema, self.group_key):
            raise Http404

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if self.schema is None:
            return super().get_context_data(groups=_groups(), **kwargs)
        if "description" not in kwargs:
            kwargs |= self._forms()
        return super().get_context_data(group=self.schema.by_key[self.group_key], **kwargs)

    def _forms(self, data: Any = None) -> dict[str, Any]:
        assert self.schema is not None  # noqa: S101  (both callers looked)
        return {
            **forms_of(self.schema, self._blank(), data),
            "place": PlaceForm(data, actor=self.actor, initial={"key": "region"}),
        }

    def _blank(self) -> Content:
        assert self.schema is not None  # noqa: S101  (both callers looked)
        return Content("", self.schema.document_type, self.group_key, [])

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it."""
        schema = self.schema
        if schema is None:
            raise Http404
        made = self._forms(request.POST)
        refused = written(
            request, made, self._blank(), schema,
            lambda wanted, confirmed: save_favourite(
                actor=self.actor, content=wanted, schema=schema, place=made["place"].place, confirmed=confirmed
            ),
        )  # fmt: skip
        if refused is None:
            messages.success(request, _("« %(name)s » est proposé dans les fiches") % {"name": request.POST["name"]})
            return redirect(index_url())
        return self.render_to_response(self.get_context_data(**{**made, **refused}), status=422)


def _groups() -> list[dict[str, Any]]:
    """Groups of published forms that admit favourites."""
    return [
        {"value": f"{form.key}:{question.key}", "form": form.title, "group": question.label}
        for form in forms.published_forms()
        for question in form.schema.questions()
        if admits(form.schema, question.key)
    ]
