"""The waiting room: asking to be admitted in a structure, and deciding. A decision gives a membership, nothing else does."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts.models import Facility, Practitioner, Role, User
from dcc.accounts.policies import Action
from dcc.accounts.psc.claims import Professional, Situation
from dcc.accounts.psc.models import AdmissionRequest
from dcc.accounts.queries import may, rights
from dcc.accounts.rights import holds_for_all
from dcc.accounts.roles import grant_role
from dcc.audit import api as audit

State = AdmissionRequest.State
CLINICAL = (Role.PHYSICIAN, Role.ASSISTANT, Role.READER)


@transaction.atomic
def request_admission(*, professional: Professional, situation: Situation, facility: Facility | None) -> AdmissionRequest:
    """The request of a professional for a structure: the last one if there is one, else a new one."""
    place = {"facility": facility} if facility else {"facility": None, "structure": situation.structure}
    known = AdmissionRequest.objects.filter(national_id=professional.national_id, **place).order_by("-asked_at").first()
    if known is not None and known.state != State.ADMITTED:
        return known
    request = AdmissionRequest(
        national_id=professional.national_id,
        family=situation.family[:100],
        given=situation.given[:100],
        prefix=situation.prefix[:5],
        suffix=situation.suffix[:5],
        profession_code=situation.profession_code[:30],
        physician=situation.physician,
        facility=facility,
        structure=facility.name if facility else situation.structure,
    )
    request.save(force_insert=True)
    _record_request(request)
    return request


def _record_request(request: AdmissionRequest) -> None:
    audit.record(actor=None, action="admission.requested", subject=f"admission:{request.pk}", facility_id=request.facility_id)


def places(actor: User) -> frozenset[UUID] | None:
    """The facilities whose requests ``actor`` decides; nothing: all of them, and the structures that are not known yet."""
    held = rights(actor)
    posts = [post for post in (*held.posts, *held.local) if holds_for_all(held.policy, post.role, Action.ADMIT_PEOPLE)]
    if any(post.facility_id is None for post in posts):
        return None
    return frozenset(post.facility_id for post in posts if post.facility_id is not None)


def requests_for(actor: User) -> QuerySet[AdmissionRequest]:
    """The requests that ``actor`` may see: those of her places."""
    found = AdmissionRequest.objects.select_related("facility", "decided_by__practitioner")
    limits = places(actor)
    return found if limits is None else found.filter(facility__in=limits)


def roles_for(request: AdmissionRequest) -> list[Role]:
    """The roles that may be given: to a physician first hers, to others none that validates."""
    return list(CLINICAL) if request.physician else [Role.READER, Role.ASSISTANT]


@transaction.atomic
def admit(*, actor: User, request_id: UUID, role: str, facility: Facility | None = None) -> User:
    """Admit with a role; the account is made if there is none. ``facility`` is needed when the structure was not known.

    Raises ``PermissionDenied`` without the right, ``LookupError`` outside the actor's places, ``ValueError`` in French.
    """
    request = _open_request(actor, request_id)
    place = request.facility or facility
    if place is None:
        raise ValueError(_("Choisissez la structure dans laquelle admettre cette personne."))
    if role not in roles_for(request):
        raise ValueError(_("Choisissez un rôle que sa profession permet."))
    user = _account_of(actor, request, place)
    grant_role(actor=actor, user=user, role=role, facility=place)
    request.facility, request.role = place, role
    _decide(actor, request, State.ADMITTED)
    audit.record(actor=actor, action="admission.granted", subject=f"admission:{request.pk}", role=role, facility_id=place.pk)
    return user


@transaction.atomic
def refuse(*, actor: User, request_id: UUID, reason: str) -> None:
    """Refuse, with a reason that the person reads. Raises as :func:`admit`."""
    request = _open_request(actor, request_id)
    request.reason = " ".join(reason.split())[:300]
    if not request.reason:
        raise ValueError(_("Donnez le motif du refus : la personne le lira."))
    _decide(actor, request, State.REFUSED)
    audit.record(actor=actor, action="admission.refused", subject=f"admission:{request.pk}")


@transaction.atomic
def ask_again(request_id: UUID) -> AdmissionRequest:
    """A person whose request was refused asks again: a new request, the former one stays as it was decided."""
    former = AdmissionRequest.objects.select_for_update().get(pk=request_id, state=State.REFUSED)
    waiting = AdmissionRequest.objects.filter(
        national_id=former.national_id, facility=former.facility, structure=former.structure, state=State.WAITING
    ).first()
    if waiting is not None:
        return waiting
    copied = ("national_id", "family", "given", "prefix", "suffix", "profession_code", "physician", "facility", "structure")
    again = AdmissionRequest.objects.create(**{name: getattr(former, name) for name in copied})
    _record_request(again)
    return again


def _open_request(actor: User, request_id: UUID) -> AdmissionRequest:
    """The request, locked. An administrator of a facility learns nothing of the requests of others."""
    if not may(actor, Action.ADMIT_PEOPLE):
        raise PermissionDenied
    limits = places(actor)
    request = AdmissionRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None or (limits is not None and request.facility_id not in limits):
        raise LookupError(request_id)
    if request.state != State.WAITING:
        raise ValueError(_("Cette demande a déjà été décidée."))
    return request


def _decide(actor: User, request: AdmissionRequest, state: AdmissionRequest.State) -> None:
    request.state, request.decided_by, request.decided_at = state, actor, timezone.now()
    request.save()


def _account_of(actor: User, request: AdmissionRequest, place: Facility) -> User:
    practitioner, _made = Practitioner.objects.get_or_create(
        national_id=request.national_id,
        defaults={
            "family": request.family,
            "given": request.given,
            "prefix": request.prefix,
            "suffix": request.suffix,
            "profession_code": request.profession_code,
            "facility": place,
        },
    )
    user = User.objects.filter(practitioner=practitioner).first()
    if user is None:
        user = User(username=request.national_id, practitioner=practitioner, first_name=request.given, last_name=request.family)
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user.save(force_insert=True)
        audit.record(actor=actor, action="account.created", subject=f"user:{user.pk}", way="psc")
    return user
