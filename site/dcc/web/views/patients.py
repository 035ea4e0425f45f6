"""Patients: search, creation with the look-alikes shown first, and the file with its documents in time."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dcc.accounts import api as accounts
from dcc.accounts.api import Action, Relation, Subject
from dcc.contracts.snapshots import IdentityTraits
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.web.context import rights_of
from dcc.web.facts import events_of
from dcc.web.identity import SEXES, banner_of, facts_of
from dcc.web.notices import address_of
from dcc.web.searches import LONGEST, sealed_search, searched
from dcc.web.timeline import timeline_of
from dcc.web.transmissions.follow_up import summary_words
from dcc.web.views.creation import other_types
from dcc.web.views.guards import actor_of, follow_merge, guarded, require_somewhere


@guarded
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Patients of the actor's facilities; the same page answers the search box with its results alone.

    What is typed comes by POST, and the address that keeps it for « back » holds it sealed: it names somebody.
    """
    require_somewhere(request, Action.SEARCH_PATIENTS)
    alone = bool(request.headers.get("HX-Request"))
    text = request.POST.get("q", "").strip()[:LONGEST] if request.method == "POST" else searched(request)
    kept = sealed_search(actor_of(request), text)
    if request.method == "POST" and not alone:
        return HttpResponseRedirect(f"{reverse('web:patients')}{kept}")
    found = patients.search(actor=actor_of(request), text=text) if text else None
    may_create = bool(rights_of(request).facilities(Action.CREATE_PATIENT))
    context = {"q": text, "found": found, "sexes": SEXES, "may_create": may_create, "kept": kept}
    context["may_break"] = rights_of(request).may(Action.BREAK_GLASS)
    response = render(request, "web/patients/found.html" if alone else "web/patients/search.html", context)
    if alone:
        response["HX-Replace-Url"] = f"{reverse('web:patients')}{kept}"
    return response


TYPED = ("birth_name", "first_given_name", "given_names", "birth_date", "birth_place_code", "birth_place_name")


@dataclass(slots=True)
class Creation:
    """The creation form: what was typed, what is wrong with it, who looks like the patient."""

    typed: Mapping[str, str]
    facilities: Collection[Any]
    problems: Mapping[str, str] = field(default_factory=dict)
    candidates: Collection[patients.DuplicateCandidate] = ()


def traits_of(typed: Mapping[str, str]) -> IdentityTraits:
    """The strict traits as typed; the patients room reads and refuses them."""
    sex: Any = typed["sex"]
    return IdentityTraits(sex=sex, **{name: typed[name] for name in TYPED})


EXACT = (*TYPED, "sex", "matricule")
"""The fields by which a patient is named exactly (``web/patients/exact_identity.html``)."""


def exactly(typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed of an exact identity, as the patients room asks for it: the matricule INS alone, else all the traits."""
    return {"traits": None if typed["matricule"] else traits_of(typed), "matricule": typed["matricule"]}


@guarded
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Create a *provisoire* identity, or adopt one that exists."""
    allowed = require_somewhere(request, Action.CREATE_PATIENT)
    facilities = accounts.facilities(ids=allowed, limit=100)
    typed = {name: request.POST.get(name, "").strip() for name in (*TYPED, "sex", "used_name", "used_given_name", "facility")}
    creation = Creation(typed, facilities)
    if request.method == "GET":
        creation.typed = {**typed, **_from_search(searched(request))}
        return _creation_page(request, creation)
    facility_id = _facility(typed["facility"], allowed)
    try:
        patient_id = _create(request, typed, facility_id)
    except patients.IdentityErrors as error:
        creation.problems = error.fields
        return _creation_page(request, creation, status=422)
    except patients.CandidatesFound as found:
        creation.candidates = found.candidates
        return _creation_page(request, creation, status=409)
    return HttpResponseRedirect(reverse("web:patient", args=[patient_id]))


def _create(request: HttpRequest, typed: Mapping[str, str], facility_id: UUID) -> UUID:
    actor = actor_of(request)
    traits = traits_of(typed)
    adopted = request.POST.get("adopt")
    if adopted:
        patient_id = _uuid(adopted)
        patients.adopt_patient(actor=actor, facility_id=facility_id, patient_id=patient_id, traits=traits)
        return patient_id
    return patients.create_patient(
        actor=actor,
        facility_id=facility_id,
        traits=traits,
        used_name=typed["used_name"],
        used_given_name=typed["used_given_name"],
        despite=[_uuid(text) for text in request.POST.getlist("despite")],
    )


def _from_search(text: str) -> dict[str, str]:
    """What was searched for without success, as a beginning: words are the name then the given name."""
    names = [word for word in text.split() if not any(c.isdigit() for c in word)]
    return {"birth_name": names[0] if names else "", "first_given_name": " ".join(names[1:])}


def _facility(text: str, allowed: Collection[UUID]) -> UUID:
    chosen = _uuid(text) if text else next(iter(allowed))
    if chosen not in allowed:
        raise PermissionDenied
    return chosen


def _uuid(text: str) -> UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _creation_page(request: HttpRequest, creation: Creation, status: int = 200) -> HttpResponse:
    return render(request, "web/patients/create.html", {"creation": creation, "sexes": SEXES}, status=status)


def opened(request: HttpRequest, patient_id: UUID) -> patients.PatientFile:
    """The file of a patient, by whatever ties the actor to him; who may not open it is told that there is none."""
    file = _opened(actor_of(request), patient_id)
    follow_merge(request, patient_id, file.snapshot.patient_id)  # once opened: a stranger learns of no merge
    return file


def _opened(actor: accounts.User, patient_id: UUID) -> patients.PatientFile:
    try:
        return patients.open_patient(actor=actor, patient_id=patient_id)
    except PermissionDenied:
        tie = documents.tie_to_patient(actor, merging.kept_id(patient_id))
        if tie is Relation.NONE:
            raise Http404 from None  # a stranger may not learn that this patient is followed somewhere
    try:
        return patients.open_patient(actor=actor, patient_id=patient_id, relation=tie)
    except PermissionDenied:
        raise Http404 from None


@guarded
@require_GET
def patient(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """The file of a patient: identity, documents and what they say of the disease, in time."""
    actor = actor_of(request)
    file = opened(request, patient_id)
    lines = documents.documents_of(actor, patient_id)
    may_create = rights_of(request).may(Action.CREATE_DOCUMENT, facility_ids=file.facility_ids, subject=Subject(patient_id))
    context = {
        "banner": banner_of(file),
        "facts": facts_of(file),
        "lines": list(reversed(lines)),
        "next_steps": documents.next_steps(actor, lines),
        "sending": {key: summary_words(one) for key, one in exchange.summaries([line.document_id for line in lines]).items()},
        "notices_url": address_of("patient_notices", file.snapshot.patient_id),
        "may_create": may_create,
        "other_types": other_types(),
        "members": patients.care_team(patient_id),
        **_mailbox(actor, patient_id),
        "glasses": [] if file.glass_until else patients.glasses_of(patient_id),
        **_picture(actor, lines),
    }
    return render(request, "web/patients/file.html", context)


def _mailbox(actor: accounts.User, patient_id: UUID) -> dict[str, Any]:
    """What the patient said of his mailbox; nothing to who only wrote a document of him."""
    try:
        return {"opposition": exchange.opposition_of(actor, patient_id), "mailbox_shown": True}
    except patients.UnknownPatient:
        return {"mailbox_shown": False}


def _picture(actor: accounts.User, lines: list[documents.DocumentLine]) -> dict[str, Any]:
    """The timeline, with the events of the last document that was not given up; its reading is traced."""
    source = next((line for line in reversed(lines) if line.status != "annule"), None)
    answers = documents.open_document(actor, source.document_id).answers if source else {}
    events = events_of(answers)
    return {"timeline": timeline_of(lines, events, today=timezone.localdate()), "events": events, "source": source}
