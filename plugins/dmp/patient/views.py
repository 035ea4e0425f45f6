"""« DMP du patient »: what is known of it, and the gestures on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts import api as accounts
from dcc.contracts.errors import DeliveryError, NeedsSession, RetryLater
from dcc.web.identity import banner_of
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.patients import opened
from plugins.dmp.deposits.minors import choose_for_guardians
from plugins.dmp.patient import services
from plugins.dmp.patient.calling import through
from plugins.dmp.patient.errors import Declined
from plugins.dmp.patient.standing import standing_of
from plugins.dmp.patient.words import AUTHORISATIONS, FILES, consent_words
from plugins.dmp.sessions.notices import access_url
from plugins.dmp.settings import in_force

DECLARATIONS: Mapping[str, Callable[..., None]] = {
    "oppose": services.oppose,
    "accept": services.accept,
    "see": partial(choose_for_guardians, see=True),
    "hide": partial(choose_for_guardians, see=False),
    "hide_unmailed": partial(choose_for_guardians, see=False, unmailed=True),
}
"""What may be declared, with the words of the patient."""


@guarded
@require_http_methods(["GET", "POST"])
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """What is known (GET); an opposition noted or lifted, or what the representatives of a minor see (POST with its words)."""
    problem, reason = "", request.POST.get("reason", "").strip()[:400]
    do = request.POST.get("do", "")
    if do == "hide" and request.POST.get("unmailed"):
        do = "hide_unmailed"
    if request.method == "POST":
        declare = DECLARATIONS.get(do, services.oppose)
        try:
            declare(actor=actor_of(request), patient_id=patient_id, reason=reason)
        except Declined as error:
            problem = str(error)
        else:
            messages.success(request, _("Déclaration notée"))
            return HttpResponseRedirect(reverse("dmp:patient", args=[patient_id]))
    return _page(request, patient_id, do=do, problem=problem, reason=reason)


def _page(request: HttpRequest, patient_id: UUID, *, do: str, problem: str, reason: str) -> HttpResponse:
    file = opened(request, patient_id)
    context = {
        "banner": banner_of(file),
        "standing": standing_of(actor_of(request), patient_id),
        "reachable": bool(in_force().proxy),
        "consent": consent_words(),
        "guarding": do in ("see", "hide", "hide_unmailed"),
        "unmailed": do != "hide",
        "problem": problem,
        "reason": reason,
    }
    return render(request, "dmp/patient.html", context, status=422 if problem else 200)


@guarded
@require_POST
def call(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Ask the DMP (``do=check``), add the authorisation that the patient gives (``authorise``), withdraw it (``withdraw``).

    Who may not open the patient is told that there is none, before Pro Santé Connect is asked of him. A withdrawal is noted here
    before that too.
    """
    services.seen(actor_of(request), patient_id)
    if request.POST.get("do") == "withdraw":  # the patient's word holds here, whether the DMP can be told now or not
        services.note_withdrawal(actor=actor_of(request), patient_id=patient_id)
    return cast("HttpResponse", _called(request, patient_id))  # a page, or the way to Pro Santé Connect: nothing streamed


@accounts.psc_required
def _called(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    do = request.POST.get("do", "")
    try:
        told = _GESTURES.get(do, _check)(request, patient_id)
    except NeedsSession:
        messages.warning(request, _noted(do, _("Votre accès au DMP n'est pas ouvert : ouvrez-le, puis recommencez.")))
        return HttpResponseRedirect(access_url(reverse("dmp:patient", args=[patient_id])))
    except Declined as error:
        messages.error(request, _noted(do, str(error)))
    except DeliveryError as error:
        messages.error(request, _failed(do, error))
    else:
        messages.success(request, told)
    return HttpResponseRedirect(reverse("dmp:patient", args=[patient_id]))


def _failed(do: str, error: DeliveryError) -> str:
    """Why it did not succeed, and what is known of it."""
    words = _("Le DMP n'a pas répondu comme attendu : %(why)s.") % {"why": error.reason.rstrip(".")}
    if do != "withdraw" and isinstance(error, RetryLater):
        return f"{words} {_('Rien n’est perdu : vérifiez de nouveau dans un moment.')}"
    return _noted(do, words)


def _noted(do: str, words: str) -> str:
    """Why the DMP was not told of a withdrawal, and that it holds here."""
    if do != "withdraw":
        return words
    return f"{words} {_('Le retrait est noté ici : plus rien n’est consulté. Retirez de nouveau pour que le DMP le sache.')}"


def _check(request: HttpRequest, patient_id: UUID) -> str:
    actor = actor_of(request)
    services.check(actor=actor, patient_id=patient_id, through=through(actor))
    known = standing_of(actor, patient_id)
    return _("Le DMP a répondu : %(file)s. %(authorisation)s.") % {
        "file": FILES[known.existence].label,
        "authorisation": AUTHORISATIONS[known.authorisation].label,
    }


def _authorise(request: HttpRequest, patient_id: UUID) -> str:
    actor = actor_of(request)
    words = consent_words() if request.POST.get("declared") else ""
    services.authorise(actor=actor, patient_id=patient_id, through=through(actor), words=words)
    return _("Autorisation ajoutée : vous pouvez consulter le DMP de ce patient")


def _withdraw(request: HttpRequest, patient_id: UUID) -> str:
    actor = actor_of(request)
    services.withdraw(actor=actor, patient_id=patient_id, through=through(actor))
    return _("Autorisation retirée : plus rien n'est consulté dans le DMP de ce patient")


_GESTURES: dict[str, Any] = {"check": _check, "authorise": _authorise, "withdraw": _withdraw}
