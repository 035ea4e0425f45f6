"""The page that scans an INS: a scanner that types, a picture or a PDF, the camera; the identity in clear, then its patient."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, User
from dcc.contracts.datamatrix import InsDatamatrix
from dcc.contracts.errors import Refused
from dcc.contracts.untrusted import MEGABYTE, too_heavy
from dcc.patients import api as patients
from dcc.security.api import camera_allowed
from plugins.ins.datamatrix import flow
from plugins.ins.datamatrix.decoding import ACCEPTED, MOST_BYTES
from plugins.ins.datamatrix.reading import NothingSeen, Read, check, read_file, read_image, read_text
from plugins.ins.datamatrix.words import facts_of


def _allowed(request: HttpRequest) -> tuple[User, frozenset[UUID]]:
    """Who may receive an identity, and where; raises ``PermissionDenied``."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    found = accounts.rights(request.user).facilities(Action.CREATE_PATIENT)
    if not found:
        raise PermissionDenied
    return request.user, found


@camera_allowed
@require_http_methods(["GET", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """Scan, look at who was scanned, open the patient."""
    actor, facilities = _allowed(request)
    if request.method == "GET":
        return _page(request)
    try:
        if "receive" in request.POST:
            return _received(request, actor, facilities)
        datamatrix, seal, remarks = _scanned(request)
    except patients.IdentityConflict as conflict:
        return _page(request, status=409, conflict=conflict, where=_where(conflict))
    except Refused as refusal:
        return _page(request, status=422, refusal=refusal.reason)
    context = {
        "facts": facts_of(datamatrix),
        "seal": seal,
        "remarks": remarks,
        "first_given_names": flow.first_given_names(datamatrix),
        "facilities": accounts.facilities(ids=facilities, limit=100),
    }
    return render(request, "ins/scanned.html", context)


@require_POST
def frame(request: HttpRequest) -> JsonResponse:
    """One picture of the camera: what was read, sealed, or why not (``{"seal": …}``, ``{"said": …}``), or nothing yet."""
    _allowed(request)
    try:
        found = read_image(_file(request), quick=True)
        check(found.datamatrix)
    except NothingSeen:
        return JsonResponse({})
    except Refused as refusal:
        return JsonResponse({"said": refusal.reason})
    return JsonResponse({"seal": flow.sealed(found.payload)})


def _scanned(request: HttpRequest) -> tuple[InsDatamatrix, str, Any]:
    """What the form carries, read and controlled: a seal of the camera, a text, or a file."""
    if request.POST.get("seal"):
        return flow.unsealed(request.POST["seal"]), request.POST["seal"], ()
    found = _read(request)
    check(found.datamatrix)
    return found.datamatrix, flow.sealed(found.payload), found.remarks


def _read(request: HttpRequest) -> Read:
    if "file" in request.FILES:
        return read_file(_file(request))
    text = request.POST.get("text", "")
    if not text.strip():
        raise Refused(_("Scanner un code, ou choisir une image ou un PDF."))
    return read_text(text)


def _file(request: HttpRequest) -> bytes:
    file = request.FILES.get("file")
    if file is None:
        raise Refused(_("Choisir une image ou un PDF."))
    if (file.size or 0) > MOST_BYTES:
        raise too_heavy(file.size or 0, MOST_BYTES)
    content: bytes = file.read()
    return content


def _received(request: HttpRequest, actor: User, facilities: frozenset[UUID]) -> HttpResponse:
    """The identity that was shown enters as a flow; its patient opens."""
    done = flow.register(
        actor=actor,
        facility_id=_facility(request.POST.get("facility", ""), facilities),
        datamatrix=flow.unsealed(request.POST.get("seal", "")),
        first_given_name=request.POST.get("first_given_name", ""),
    )
    created = done.outcome == "created"
    messages.success(request, _("Patient créé d'après son datamatrix") if created else _("Patient reconnu par son datamatrix"))
    return HttpResponseRedirect(reverse("web:patient", args=[done.patient_id]))


def _facility(text: str, facilities: frozenset[UUID]) -> UUID:
    try:
        chosen = UUID(text) if text else next(iter(facilities))
    except ValueError:
        raise PermissionDenied from None
    if chosen not in facilities:
        raise PermissionDenied
    return chosen


def _where(conflict: patients.IdentityConflict) -> str:
    """The page where a person compares the two identities; nothing when there is none to decide on."""
    kept = conflict.reconciliation_id
    return reverse("web:reconciliation", args=[kept]) if kept else ""


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    return render(request, "ins/scan.html", {"accepted": ACCEPTED, "most": MOST_BYTES // MEGABYTE, **more}, status=status)
