"""Opening a document or a patient for a page: what the frame around every page of a document shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from dcc.accounts.api import Relation
from dcc.contracts.capabilities import PrefillSource
from dcc.contracts.registry import current
from dcc.documents import api as documents
from dcc.documents.api import DocumentView
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from dcc.web.care import has_care
from dcc.web.identity import Banner, banner_of
from dcc.web.transmissions.follow_up import summary_words
from dcc.web.transmissions.regions import told
from dcc.web.views.guards import actor_of


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of the document, as a tab."""

    title: str
    url: str
    icon: str
    current: bool
    count: int = 0


def document_frame(request: HttpRequest, view: DocumentView, current: str) -> dict[str, Any]:
    """Context of ``web/document/frame.html``: the identity (its reading is traced), the document, its kin and its tabs."""
    sending = exchange.summaries([view.line.document_id]).get(view.line.document_id, exchange.Summary())
    return {
        "view": view,
        "kin": documents.kin_of(actor_of(request), view),
        "handed": documents.hand_over_state(actor_of(request), view.line.document_id) if _is_given(view) else None,
        "banner": banner_for(request, view),
        "tabs": tabs_of(view, current, blocked=sending.blocked),
        "sending": summary_words(sending),
        "told": told(view.line.document_id, view.line.document_type),
    }


def banner_for(request: HttpRequest, view: DocumentView) -> Banner:
    """The identity of the patient of a document that the actor opened, by whatever opened the document."""
    tie = view.tie if view.tie is Relation.BROKEN_GLASS else Relation.AUTHOR
    actor, patient_id = actor_of(request), view.line.patient_id
    return banner_of(patients.open_patient(actor=actor, patient_id=patient_id, relation=tie, via="document", brief=True))


def tabs_of(view: DocumentView, current: str, *, blocked: int = 0) -> Sequence[Tab]:
    """The pages of a document; ``blocked`` of its transmissions wait for somebody."""
    document_id = view.line.document_id
    pages = (
        ("web:document", title_of_page(view), "document", 0),
        *([("web:adjudication", _("Reprise"), "arrow-into", 0)] if _takes_over(view) else []),
        ("web:reading", _("Lecture"), "document", 0),
        ("web:calendar", _("Calendrier"), "calendar", 0),
        ("web:outputs", _("Aperçus et fichiers"), "eye", 0),
        ("web:transmissions", _("Envois"), "send", blocked),
        ("web:attachments", _("Pièces jointes"), "clip", len(view.attachments)),
        ("web:history", _("Historique"), "history", 0),
    )
    shown = [page for page in pages if page[0] != "web:calendar" or has_care(view.schema.by_key)]
    return [Tab(title, reverse(url, args=[document_id]), icon, url == current, count) for url, title, icon, count in shown]


def title_of_page(view: DocumentView) -> str:
    """How the page of a document is called: « Fiche » for an FRCP, else by its type."""
    kind = documents.type_of(view.line.document_type)
    return kind.short_title if kind is not None and kind.follows and kind.short_title else _("Fiche")


def _is_given(view: DocumentView) -> bool:
    """Whether it is for the patient, and validated."""
    kind = documents.type_of(view.line.document_type)
    return kind is not None and bool(kind.hand_over) and bool(view.validated_at or view.line.in_force)


def _takes_over(view: DocumentView) -> bool:
    """Whether other documents may propose values to it: it is being written, and its type has a source."""
    return view.editable and bool(current().keys(PrefillSource)) and _follows(view.line.document_type)


def _follows(document_type: str) -> bool:
    kind = documents.type_of(document_type)
    return kind is not None and bool(kind.follows)


def open_view(request: HttpRequest, document_id: UUID) -> DocumentView:
    """The document, opened by who signed in; raises ``DocumentNotFound``."""
    return documents.open_document(actor_of(request), document_id)
