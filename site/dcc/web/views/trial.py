"""« Essayer »: an editor fills a form as a physician would, on somebody who does not exist; each page says so (decision 0162)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dcc.accounts.api import Action
from dcc.contracts.errors import DeliveryError
from dcc.exchange import api as exchange
from dcc.web import trials
from dcc.web.context import rights_of
from dcc.web.formats import FORMATS
from dcc.web.formpage.page import Filling, fill_page
from dcc.web.formpage.posted import read_page
from dcc.web.identity import FLAGS, identity_words
from dcc.web.models import Trial
from dcc.web.views.guards import actor_of, refusal
from dcc.web.views.opening import Tab
from dcc.web.views.outputs import shown_artifact
from dcc.web.views.rows import ORDERS
from dcc.web.views.sheet import Sheet, problem_links, sheet_page
from forms_config import api as forms
from forms_config.legal.api import NoLegalText
from forms_config.schema.answers import hidden, missing
from forms_config.schema.calculated import calculated_paths

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def for_editors(view: View[P]) -> View[P]:
    """A page for who writes forms or approves them; somebody else's trial is not found."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        require_editor(request)
        try:
            return view(request, *args, **kwargs)
        except (trials.UnknownTrial, forms.UnknownForm) as error:
            raise Http404 from error

    return wrapper


def require_editor(request: HttpRequest) -> None:
    """Raises ``PermissionDenied`` for who neither writes nor approves forms."""
    rights = rights_of(request)
    if not (rights.may(Action.CONFIGURE_FORMS) or rights.may(Action.APPROVE_FORMS)):
        raise PermissionDenied(_("Les essais sont réservés aux éditeurs de formulaires"))


@for_editors
@require_GET
def draft(request: HttpRequest, definition_id: int) -> HttpResponse:
    """Try the latest draft of a form."""
    try:
        form = forms.draft_form(definition_id)
    except forms.GateRefused as error:
        return refusal(request, str(error))
    trial, changed = trials.open_trial(
        actor_of(request), key=form.key, title=form.title, schema=form.schema, definition_id=definition_id
    )
    return _opened(request, trial, changed)


@for_editors
@require_GET
def version(request: HttpRequest, version_id: uuid.UUID) -> HttpResponse:
    """Try a published version."""
    form = forms.form_version(version_id)
    key, title = f"{form.key}@{form.number}", _("%(title)s, version %(n)s") % {"title": form.title, "n": form.number}
    trial, changed = trials.open_trial(actor_of(request), key=key, title=title, schema=form.schema, definition_id=None)
    return _opened(request, trial, changed)


def _opened(request: HttpRequest, trial: Trial, changed: bool) -> HttpResponse:
    if changed:
        words = _("Le brouillon a changé depuis votre dernier essai : les réponses qui y ont encore leur place sont gardées")
        messages.info(request, words)
    return HttpResponseRedirect(reverse("web:trial_page", args=[trial.pk]))


@for_editors
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """The form, as a physician sees it; a plain post saves it whole."""
    trial = trials.trial_of(actor_of(request), trial_id)
    return _saved(request, trial) if request.method == "POST" else _page(request, trial, filling_of(trial))


def filling_of(trial: Trial) -> Filling:
    """What the page of a trial shows."""
    mark = {"origin": "calcul", "at": trial.changed_at.date().isoformat()}
    made = calculated_paths(trials.schema_of(trial), trial.answers)
    return Filling(trial.answers, {path: mark for path, value in made if value is not None})


def _page(request: HttpRequest, trial: Trial, filling: Filling, status: int = 200) -> HttpResponse:
    filled = fill_page(trials.form_of(trial), filling)
    names = {
        "save": "trial_save", "rows": "trial_rows", "codes": "trial_codes", "people": "trial_people", "file": "trial_file",
    }  # fmt: skip
    at = [trial.pk]
    sheet = Sheet(
        action=reverse("web:trial_page", args=at),
        missing=reverse("web:trial_missing", args=at),
        addresses={name: reverse(f"web:{url}", args=at) for name, url in names.items()},
        form=str(trial.pk),
        revision=trial.revision,
    )
    context = {**_frame(trial, "web:trial_page"), "problems": problem_links(trials.schema_of(trial), filling)}
    return sheet_page(request, "web/trial/form.html", context, filled, sheet, status=status)


def _frame(trial: Trial, current: str) -> dict[str, Any]:
    """Context of ``web/trial/frame.html``."""
    pages = (
        ("web:trial_page", _("Fiche"), "document"),
        ("web:trial_missing", _("Ce qui manque"), "list"),
        ("web:trial_outputs", _("Documents produits"), "eye"),
    )
    patient = exchange.FICTITIOUS_PATIENT
    banner = identity_words(patient, flags=[FLAGS["fictitious"]])
    return {
        "trial": trial,
        "banner": replace(banner, patient_id=None),
        "tabs": [Tab(title, reverse(url, args=[trial.pk]), icon, url == current) for url, title, icon in pages],
        "back": _back(trial),
    }


def _back(trial: Trial) -> str:
    """The form in the admin, nothing for a published version."""
    if trial.definition_id is None:
        return ""
    try:
        return reverse("wagtailsnippets_forms_config_formdefinition:edit", args=[trial.definition_id])
    except NoReverseMatch:
        return ""


def _saved(request: HttpRequest, trial: Trial) -> HttpResponse:
    actor, schema = actor_of(request), trials.schema_of(trial)
    order, _sep, target = request.POST.get("do", "save").partition(":")
    reading = read_page(schema, request.POST.lists(), trial.answers, trial.revision)
    result = trials.save(actor, trial.pk, reading.changes)
    problems = {**reading.problems, **result.refused}
    if problems:
        kept = {path: raw for path, raw in reading.raw.items() if path in problems}
        trial = trials.trial_of(actor, trial.pk)
        return _page(request, trial, replace(filling_of(trial), raw=kept, problems=problems), status=422)
    here = reverse("web:trial_page", args=[trial.pk])
    if order not in ORDERS:
        return HttpResponseRedirect(here)
    focus, problem = trials.order_row(actor, trial.pk, order, target)
    if problem:
        messages.warning(request, problem)
    return HttpResponseRedirect(f"{here}#f-{focus}")


@for_editors
@require_GET
def no_file(request: HttpRequest, trial_id: uuid.UUID, attachment_id: uuid.UUID) -> HttpResponse:
    """Where a joined file would open."""
    trials.trial_of(actor_of(request), trial_id)
    return render(request, "web/document/preview_problem.html", {"reason": _("Un essai ne garde que le nom des fichiers.")})


@for_editors
@require_GET
def what_is_missing(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """What would stand before validation, and what is kept aside."""
    trial = trials.trial_of(actor_of(request), trial_id)
    schema = trials.schema_of(trial)
    gaps: dict[str, list[Any]] = {}
    for gap in missing(schema, trial.answers, "validate"):
        gaps.setdefault(schema.section_of[gap.group_key or gap.question.key].title, []).append(gap)
    kept_aside = list(hidden(schema, trial.answers))
    context = {**_frame(trial, "web:trial_missing"), "gaps": list(gaps.items()), "hidden": kept_aside}
    return render(request, "web/trial/missing.html", context)


@for_editors
@require_GET
def outputs(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """What would be made of the answers."""
    trial = trials.trial_of(actor_of(request), trial_id)
    return render(request, "web/trial/outputs.html", {**_frame(trial, "web:trial_outputs"), "formats": FORMATS.values()})


@for_editors
@xframe_options_sameorigin
@require_GET
def output(request: HttpRequest, trial_id: uuid.UUID, output: str) -> HttpResponse:
    """One of them, marked ESSAI; nothing is kept nor sent."""
    if output not in FORMATS:
        raise Http404
    trial, now = trials.trial_of(actor_of(request), trial_id), timezone.now()
    schema = trials.schema_of(trial)
    status = "en_cours" if next(missing(schema, trial.answers, "validate"), None) else "valide"
    try:
        snapshot = exchange.fictitious(schema, trial.answers, status=status, at=now)
        artifact = exchange.render_unsaved(snapshot, output, as_of=now)
    except DeliveryError as error:
        return render(request, "web/document/preview_problem.html", {"reason": error.reason}, status=409)
    except NoLegalText as error:
        return render(request, "web/document/preview_problem.html", {"reason": str(error)}, status=409)
    return shown_artifact(request, snapshot, artifact, pdf_url=reverse("web:trial_output", args=[trial_id, "pdf-a1"]))


_KINDS = {"vide": None, "minimal": "minimal", "typique": "typical", "maximal": "maximal"}


@for_editors
@require_POST
def fill(request: HttpRequest, trial_id: uuid.UUID) -> HttpResponse:
    """Begin again, empty or with a test document."""
    kind = request.POST.get("exemple", "")
    if kind not in _KINDS:
        raise Http404
    trials.fill(actor_of(request), trial_id, _KINDS[kind])  # type: ignore[arg-type]  # the table holds only kinds
    return HttpResponseRedirect(reverse("web:trial_page", args=[trial_id]))
