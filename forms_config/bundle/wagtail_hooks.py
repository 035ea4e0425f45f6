"""The exchange of forms in the admin: its pages, its buttons on a form, the publishers that the region recognises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import SnippetViewSet

from dcc.accounts import api as accounts
from dcc.accounts.viewing import actor_of
from dcc.audit import api as audit
from forms_config.bundle.admin import admin_urls
from forms_config.bundle.models import TrustedPublisher
from forms_config.bundle.origins import origin_of
from forms_config.models import FormDefinition

if TYPE_CHECKING:
    from dcc.accounts.models import User


class TrustedPublisherViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail ships no types
    model = TrustedPublisher
    icon = "key"
    menu_label = _("Publicateurs reconnus")
    list_display = ["name", "readable_fingerprint"]
    inspect_view_enabled = True
    inspect_view_fields = ["name", "key", "readable_fingerprint"]
    search_fields = ["name", "fingerprint"]
    search_backend_name = None
    panels = [FieldPanel("name"), FieldPanel("key")]


def journal_publisher(request: HttpRequest, snippets: Any) -> None:
    """Who recognises a publisher, or no longer does, is in the journal."""
    for snippet in snippets if isinstance(snippets, list | tuple) else [snippets]:
        if isinstance(snippet, TrustedPublisher):
            kept = TrustedPublisher.objects.filter(fingerprint=snippet.fingerprint).exists()
            action = "publisher.recognised" if kept else "publisher.dropped"
            with transaction.atomic():
                audit.record(actor=actor_of(request), action=action, subject=f"publisher:{snippet.fingerprint}")


def exchange_buttons(snippet: Any, user: User, next_url: str | None = None) -> Iterator[Button]:
    """« Exporter » on every published form, « Adopter une copie » on those of another region."""
    if isinstance(snippet, FormDefinition) and accounts.may(user, accounts.Action.CONFIGURE_FORMS):
        if snippet.live:
            yield _button(_("Exporter"), "bundle:export", snippet, icon="download", priority=60)
        if origin_of(snippet.pk) is not None:
            yield _button(_("Adopter une copie"), "workshop:duplicate", snippet, icon="copy", priority=61)


def _button(label: Any, name: str, form: FormDefinition, *, icon: str, priority: int) -> Button:
    return Button(label, url=reverse(name, args=[form.pk]), icon_name=icon, priority=priority)


for moment in ("after_create_snippet", "after_edit_snippet", "after_delete_snippet"):
    hooks.register(moment, journal_publisher)
hooks.register("register_snippet_listing_buttons", exchange_buttons)
hooks.register("register_admin_urls", admin_urls)
