"""Correcting the traits of an identity: what was typed is never lost, and what it costs is said before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dcc.patients import api as patients
from dcc.web.identities.counting import count_again
from dcc.web.identity import SEXES, banner_of
from dcc.web.views.guards import actor_of, guarded
from dcc.web.views.identity_acts import require_update, revision_of
from dcc.web.views.patients import TYPED, Creation, opened, traits_of

FIELDS = (*TYPED, "sex", "used_name", "used_given_name")


@guarded
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The traits as they are, to be corrected; losing the INS is asked first."""
    require_update(request, patient_id)
    file = opened(request, patient_id)
    form = Creation({name: request.POST.get(name, "").strip() for name in FIELDS}, ())
    if request.method == "GET":
        form.typed = _as_typed(file)
        return _page(request, file, form)
    try:
        _corrected(request, patient_id, form)
    except patients.IdentityErrors as error:
        form.problems = error.fields
        return _page(request, file, form, 422)
    except patients.InsWouldBeLost as error:
        return _page(request, file, form, 409, would_lose=str(error))
    except patients.StaleIdentity as error:
        return _page(request, file, form, 409, stale=str(error))
    count_again(actor_of(request))
    messages.success(request, _("Identité corrigée"))
    return HttpResponseRedirect(reverse("web:identity", args=[patient_id]))


def _corrected(request: HttpRequest, patient_id: UUID, form: Creation) -> None:
    patients.update_identity(
        actor=actor_of(request),
        patient_id=patient_id,
        expected_revision=revision_of(request),
        traits=traits_of(form.typed),
        used_name=form.typed["used_name"],
        used_given_name=form.typed["used_given_name"],
        give_up_ins=bool(request.POST.get("give_up_ins")),
    )


def _page(request: HttpRequest, file: patients.PatientFile, form: Creation, status: int = 200, **said: str) -> HttpResponse:
    context = {"banner": banner_of(file), "file": file, "creation": form, "sexes": SEXES, "differences": _differences(file, form)}
    return render(request, "web/identities/traits.html", {**context, **said}, status=status)


def _as_typed(file: patients.PatientFile) -> dict[str, str]:
    """The identity as a person would type it, what is not known of the birth date left out."""
    traits, snapshot = file.snapshot.traits, file.snapshot
    typed = {name: str(getattr(traits, name)) for name in (*TYPED, "sex")}
    typed |= {"used_name": snapshot.used_name, "used_given_name": snapshot.used_given_name}
    year, month, day = [*traits.birth_date.split("-"), "", ""][:3]
    shapes = {
        "": f"{day}/{month}/{year}",
        "jour": f"{month}/{year}",
        "mois": f"{day}/00/{year}",
        "jour_mois": year,
        "annee": f"vers {year}",
    }
    typed["birth_date"] = shapes[file.birth_date_unknown]
    return typed


def _differences(file: patients.PatientFile, form: Creation) -> Sequence[tuple[str, str, str]]:
    """What was typed beside what is known, field by field, where they differ: label, known, typed."""
    known = _as_typed(file)
    return [
        (patients.FIELD_LABELS[name], str(known[name]), form.typed[name]) for name in FIELDS if known[name] != form.typed[name]
    ]
