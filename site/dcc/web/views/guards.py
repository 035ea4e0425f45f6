"""What every view shares: refusals of the rooms become pages, and who may not know a thing exists sees a 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.web.context import rights_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
"""A view whose first argument is not called by name."""


def actor_of(request: HttpRequest) -> User:
    """Who signed in; views are only reached by somebody."""
    assert isinstance(request.user, User)  # noqa: S101  (LoginRequiredMiddleware let nobody else in; this tells the type checker)
    return request.user


def expected_revision(request: HttpRequest) -> int:
    """The revision that the page which is sent had shown; one that fits none when it says nothing that is a number."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else -1


class Moved(Exception):
    """The page of an identity that a merge absorbed: whoever asks for it is sent to that of the kept one."""

    def __init__(self, patient_id: UUID) -> None:
        super().__init__(patient_id)
        self.patient_id = patient_id


def follow_merge(request: HttpRequest, asked: UUID, found: UUID | None) -> None:
    """Send an old link to the identity that was kept. What is posted there meanwhile is for the services: nothing is lost."""
    if request.method in ("GET", "HEAD") and found is not None and found != asked:
        raise Moved(found)


def _moved(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    match = request.resolver_match
    assert match is not None  # noqa: S101  (a view runs because its address was resolved; this tells the type checker)
    query = request.GET.urlencode()
    address = reverse(match.view_name, kwargs={**match.kwargs, "patient_id": patient_id})
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


def guarded(view: View[P]) -> View[P]:
    """A page: what the actor may not see is not found, what he may not do is refused with its reason."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (documents.DocumentNotFound, patients.UnknownPatient) as error:
            raise Http404 from error
        except Moved as moved:
            return _moved(request, moved.patient_id)
        except documents.ActionForbidden as error:
            return refusal(request, str(error))
        except (documents.ForbiddenTransition, documents.Stale, documents.HeldElsewhere) as error:
            messages.warning(request, str(error))
            return HttpResponseRedirect(_after_refusal(kwargs))

    return wrapper


def _after_refusal(kwargs: dict[str, Any]) -> str:
    if "document_id" in kwargs:
        return reverse("web:document", args=[kwargs["document_id"]])
    return reverse("web:worklist")


def guarded_json(view: View[P]) -> View[P]:
    """The same for what scripts ask: ``{"error": French sentence}`` with the status."""

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (documents.DocumentNotFound, patients.UnknownPatient, Http404):
            return problem(_("Document introuvable"), 404)
        except (documents.ActionForbidden, PermissionDenied) as error:
            return problem(str(error) or _("Votre rôle ne permet pas cette action"), 403)
        except (documents.ForbiddenTransition, documents.Stale, documents.HeldElsewhere) as error:
            return problem(str(error), 409)

    return wrapper


def problem(message: str, status: int) -> JsonResponse:
    """A refusal for scripts."""
    return JsonResponse({"error": message}, status=status)


def refusal(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page « accès refusé », saying why."""
    return render(request, "403.html", {"reason": reason}, status=403)


def require_somewhere(request: HttpRequest, action: Action) -> frozenset[Any]:
    """Facilities in which the actor may do ``action``; raises ``PermissionDenied`` when there is none."""
    found = rights_of(request).facilities(action)
    if not found:
        raise PermissionDenied
    return found
