"""From the proof of Pro Santé Connect to a session: which situation, which account, and whether it may enter there.

Pro Santé Connect says who somebody is; memberships say whether she enters. Who has none in the structure of the situation waits
to be admitted (:mod:`dcc.accounts.psc.admission`).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import auth
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from dcc.accounts import open_sessions, sessions
from dcc.accounts.lockout import client_ip
from dcc.accounts.models import Facility, User
from dcc.accounts.psc import vault
from dcc.accounts.psc.claims import Professional, Proof, Situation, professional_from_json
from dcc.accounts.psc.models import AdmissionRequest
from dcc.accounts.psc.refusals import Refused
from dcc.accounts.refusals import refusal_told
from dcc.accounts.sealing import Unreadable, seal, unseal
from dcc.audit import api as audit

BACKEND = "dcc.accounts.psc.backend.PscBackend"
PENDING, PENDING_SECONDS = "dcc_psc_pending", 600
SITUATION, SITUATIONS = "dcc_situation", "dcc_situations"
"""In a session: the exercise situation chosen (:meth:`Situation.to_json`), with the id and name of its facility."""
SITUATIONS_KEPT = 30
_CONTEXT = "accounts.psc.pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """Who proved who she is and has not entered yet."""

    proof: Proof
    then: str

    @property
    def professional(self) -> Professional:
        """Who."""
        return self.proof.professional


def hold(request: HttpRequest, proof: Proof, then: str) -> None:
    """Remember the proof, sealed, while the person chooses her situation or waits; the session changes its key."""
    content = {
        "professional": proof.professional.to_json(),
        "subject": proof.subject,
        "sid": proof.sid,
        "tokens": proof.tokens,
        "then": then,
        "until": time.time() + PENDING_SECONDS,
    }
    request.session.flush()
    request.session[PENDING] = seal(json.dumps(content), context=_CONTEXT)


def held(request: HttpRequest) -> Pending | None:
    """The proof that is held, if it is recent."""
    sealed = request.session.get(PENDING)
    try:
        content: dict[str, Any] = json.loads(unseal(sealed, context=_CONTEXT)) if sealed else {"until": 0}
    except Unreadable:
        content = {"until": 0}
    if content["until"] < time.time():
        request.session.pop(PENDING, None)
        return None
    professional = professional_from_json(content["professional"])
    return Pending(Proof(professional, content["subject"], content["sid"], content["tokens"]), content["then"])


def user_of(professional: Professional) -> User | None:
    """The account of a professional. Raises :class:`Refused` ``closed``."""
    user = User.objects.filter(practitioner__national_id=professional.national_id).select_related("practitioner").first()
    if user is not None and not user.is_active:
        raise Refused("closed")
    return user


def facility_of(situation: Situation) -> Facility | None:
    """The facility of a situation: by FINESS of the site, identifier of the directory, legal entity when it has one site."""
    if situation.finess:
        found = Facility.objects.filter(finess=situation.finess).first()
        if found is not None:
            return found
    identifiers = [identifier for identifier in (situation.technical_id, situation.former_id) if identifier]
    if identifiers:
        found = Facility.objects.filter(directory_id__in=identifiers).first()
        if found is not None:
            return found
    sites = list(Facility.objects.filter(legal_finess=situation.legal_finess)[:2]) if situation.legal_finess else []
    return sites[0] if len(sites) == 1 and not situation.finess else None


def may_enter(user: User, facility: Facility | None) -> bool:
    """Whether a membership lets ``user`` in under a situation in ``facility`` (nothing: a structure the platform does not know).

    A role for the region lets in everywhere; a structure unknown here, a private practice for instance, hides no membership.
    """
    held_roles = user.memberships.all()
    if facility is not None:
        held_roles = held_roles.filter(Q(facility=facility) | Q(facility=None))
    return held_roles.exists()


@transaction.atomic
def enter(request: HttpRequest, user: User, proof: Proof, situation: Situation, facility: Facility | None) -> None:
    """Open the session. Key and CSRF token change."""
    request.session.pop(PENDING, None)
    auth.login(request, user, backend=BACKEND)
    sessions.begin(request.session, sessions.Level.PSC)
    keep_situation(request, situation, facility)
    request.session[SITUATIONS] = [known.to_json() for known in proof.professional.situations[:SITUATIONS_KEPT]]
    vault.deposit(request.session, user, proof)
    audit.record(
        actor=user,
        action="session.opened",
        subject=f"user:{user.pk}",
        ip=client_ip(request),
        factor="psc",
        facility_id=facility.pk if facility else None,
    )


def change_situation(request: HttpRequest, user: User, key: str) -> bool:
    """Take another situation of those told when the session opened, if ``user`` may enter in it; says whether."""
    known = next((s for s in situations_of(request) if s.key == key), None)
    if known is None or not may_enter(user, facility_of(known)):
        return False
    keep_situation(request, known, facility_of(known))
    return True


def situations_of(request: HttpRequest) -> tuple[Situation, ...]:
    """The situations among which the person of an open session chose."""
    return tuple(Situation(**kept) for kept in request.session.get(SITUATIONS, ()))


def situation_of(request: HttpRequest) -> Situation | None:
    """The exercise situation in which the person of an open session works; nothing while she has not chosen among several."""
    chosen = request.session.get(SITUATION)
    return Situation(**{name: chosen[name] for name in Situation.__slots__}) if chosen else None


def keep_situation(request: HttpRequest, situation: Situation, facility: Facility | None) -> None:
    """Keep the situation chosen in the session."""
    name = facility.name if facility else situation.structure
    request.session[SITUATION] = {**situation.to_json(), "facility": str(facility.pk) if facility else "", "name": name}


@transaction.atomic
def record_refusal(request: HttpRequest, code: str, user: User | None = None) -> None:
    """Write a refusal in the journal."""
    known = user.pk if user else "unknown"
    refusal_told(request)
    audit.record(actor=None, action="session.refused", subject=f"user:{known}", ip=client_ip(request), way="psc", reason=code)


@transaction.atomic
def confirm(request: HttpRequest, user: User, proof: Proof) -> None:
    """The session of ``user``, which goes on, becomes one of Pro Santé Connect; its key changes."""
    request.session.cycle_key()
    open_sessions.keep_up(request.session)
    sessions.raise_level(request.session, sessions.Level.PSC)
    vault.deposit(request.session, user, proof)
    situations = proof.professional.situations
    request.session[SITUATIONS] = [known.to_json() for known in situations[:SITUATIONS_KEPT]]
    if SITUATION not in request.session and len(situations) == 1:
        keep_situation(request, situations[0], facility_of(situations[0]))
    audit.record(actor=user, action="session.raised", subject=f"user:{user.pk}", ip=client_ip(request), factor="psc")


def admission_of(key: str | None) -> AdmissionRequest | None:
    """The request that a waiting session made."""
    return AdmissionRequest.objects.filter(pk=UUID(key)).select_related("facility").first() if key else None
