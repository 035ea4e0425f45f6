"""The steps of the state table, and the page that stands before validation."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts.api import Action, User
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import current
from dcc.contracts.snapshots import Finding
from dcc.documents import api as documents
from dcc.documents.api import DocumentView
from dcc.exchange import api as exchange
from dcc.web.formats import FORMATS
from dcc.web.formpage.posted import question_at
from dcc.web.notices import address_of
from dcc.web.transmissions.foreseeing import at_validation
from dcc.web.views.care import care_panel
from dcc.web.views.guards import actor_of, expected_revision, guarded
from dcc.web.views.opening import document_frame, open_view


def _complete(actor: User, document_id: uuid.UUID, revision: int) -> None:
    documents.complete_document(actor=actor, document_id=document_id, expected_revision=revision)


def _reopen(actor: User, document_id: uuid.UUID, revision: int) -> None:
    documents.reopen_document(actor=actor, document_id=document_id)


def _close(actor: User, document_id: uuid.UUID, revision: int) -> None:
    documents.close_document(actor=actor, document_id=document_id)


def _cancel(actor: User, document_id: uuid.UUID, revision: int) -> None:
    documents.cancel_document(actor=actor, document_id=document_id)


def _amend(actor: User, document_id: uuid.UUID, revision: int) -> None:
    documents.amend_document(actor=actor, document_id=document_id)


STEPS: Mapping[str, tuple[Callable[[User, uuid.UUID, int], None], object]] = {
    "complete": (_complete, gettext_lazy("Saisie terminée : le document est complété")),
    "reopen": (_reopen, gettext_lazy("La saisie est reprise")),
    "amend": (
        _amend,
        gettext_lazy("Mise à jour commencée : d'ici sa validation, la version précédente reste en vigueur"),
    ),
    "close": (_close, gettext_lazy("Document clôturé")),
    "cancel": (_cancel, gettext_lazy("Annulé : ce qui était en cours ne sera jamais transmis")),
}
"""What the buttons of a document do, and what is said once done; validation has its own page."""


IRREVERSIBLE: Mapping[str, object] = {
    "cancel": gettext_lazy("Le document sera annulé : il ne sera jamais transmis et ne pourra plus être modifié."),
    "close": gettext_lazy("Le document sera clôturé : ce statut est définitif."),
}
"""Steps without return, and what they mean: a page asks before."""


@guarded
@require_POST
def step(request: HttpRequest, document_id: uuid.UUID, action: str) -> HttpResponse:
    """Take one step of the state table."""
    if action not in STEPS:
        raise Http404
    if action in IRREVERSIBLE and request.POST.get("confirmed") != "on":
        return _confirmation(request, document_id, action)
    take, done = STEPS[action]
    here = HttpResponseRedirect(reverse("web:document", args=[document_id]))
    try:
        take(actor_of(request), document_id, expected_revision(request))
    except documents.NotReady as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("web:validation", args=[document_id]))
    messages.success(request, str(done))
    return HttpResponseRedirect(f"{here.url}#f-{quote(request.POST['at'])}") if "at" in request.POST else here


def _confirmation(request: HttpRequest, document_id: uuid.UUID, action: str) -> HttpResponse:
    view = open_view(request, document_id)
    if action not in view.actions:
        raise documents.ActionForbidden(_("Cette action n'est pas possible sur ce document"))
    meaning = IRREVERSIBLE[action]
    if action == "cancel" and view.line.in_force:
        meaning = _("La mise à jour sera abandonnée : la version %(n)s, validée, reste en vigueur.") % {"n": view.line.in_force}
    context = {"action": action, "label": view.actions[action], "meaning": meaning}
    return render(request, "web/document/confirm.html", {**document_frame(request, view, "web:document"), **context})


@guarded
@require_http_methods(["GET", "POST"])
def validation(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    """What stands between the document and its validation, what is kept aside, what will be made; then the act itself."""
    if request.method == "POST":
        return _validate(request, document_id)
    view = open_view(request, document_id)
    return render(request, "web/document/validation.html", _validation_context(request, view))


def _validation_context(request: HttpRequest, view: DocumentView) -> dict[str, object]:
    actor, document_id = actor_of(request), view.line.document_id
    findings = documents.validation_findings(actor, document_id)
    document_type = current().find(DocumentType, view.line.document_type)
    return {
        **document_frame(request, view, "web:document"),
        "gaps": _by_section(view, [f for f in findings if f.level == "error"]),
        "remarks": [f for f in findings if f.level != "error"],
        "care": care_panel(view.schema, view.answers, editable=view.editable),
        "hidden": documents.hidden_answers(actor, document_id),
        "outputs": [FORMATS.get(name, name) for name in (document_type.formats if document_type else ())],
        "allowed": "validate" in view.actions,
        "notices_url": address_of("document_notices", document_id, query="?page=validation"),
        "sending": at_validation(exchange.recipients_of(actor, document_id)),
    }


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that stands before validation: where it is, and the question's label or the remark."""

    path: str
    words: str


def _by_section(view: DocumentView, findings: list[Finding]) -> list[tuple[str, list[Gap]]]:
    """What is missing, under the titles of the sections, in the order of the form."""
    titles = {section.key: section.title for section in view.schema.sections}
    found: dict[str, list[Gap]] = {}
    for finding in findings:
        title = titles.get(finding.section_key or "", _("Document"))
        found.setdefault(title, []).append(_gap(view, finding))
    return list(found.items())


def _gap(view: DocumentView, finding: Finding) -> Gap:
    path = finding.question_key or ""
    question = question_at(view.schema, path) if finding.code == "missing" else None
    return Gap(path, question.label if question else finding.message)


def _validate(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    actor, revision = actor_of(request), expected_revision(request)
    documents.reference(actor, Action.VALIDATE_DOCUMENT, document_id)
    if request.POST.get("confirmed") != "on":
        messages.warning(request, _("Cochez la case par laquelle vous validez le contenu"))
        return HttpResponseRedirect(reverse("web:validation", args=[document_id]))
    try:
        documents.validate_document(actor=actor, document_id=document_id, expected_revision=revision)
    except documents.NotReady as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(reverse("web:validation", args=[document_id]))
    messages.success(request, _("Document validé : ses fichiers sont en préparation"))
    return HttpResponseRedirect(reverse("web:outputs", args=[document_id]))
