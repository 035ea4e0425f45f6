"""« Bris de glace »: a physician without a tie to a patient reads the file for a few hours, says why, and is reviewed afterwards.

He must know exactly whom he asks for (strict traits, or the matricule INS): nothing is browsed. It opens reading only (letter G
of the table). The patient's team sees it on the patient's page; who reviews accesses is told at once and judges it in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.contracts.events import GlassBroken
from dcc.contracts.snapshots import IdentityTraits
from dcc.events import api as events
from dcc.patients import access
from dcc.patients.ins import check_matricule
from dcc.patients.models import BrokenGlass, Patient
from dcc.patients.pictures import today
from dcc.patients.registration import exact_matches
from dcc.patients.traits import IdentityErrors, read_identity

REASONS = dict(BrokenGlass.Reason.choices)
VERDICTS = dict(BrokenGlass.Verdict.choices)


class NobodyExactly(LookupError):
    """No patient, or several, for what was typed; which of both is not said."""

    def __init__(self) -> None:
        super().__init__(_("Aucun patient ne correspond exactement et à lui seul à cette identité : vérifier chaque trait"))


def break_glass(
    *, actor: accounts.User, reason: str, words: str, traits: IdentityTraits | None = None, matricule: str = ""
) -> UUID:
    """Open the file of the one patient who has exactly these traits, or this INS, for ``DCC_GLASS_HOURS``; returns his id.

    A physician who has a tie to him needs none, and none is recorded. Raises ``PermissionDenied``, ``IdentityErrors`` by field
    (with ``matricule``, ``reason``, ``words``), :class:`NobodyExactly`, which leaves a trace too.
    """
    if not accounts.may(actor, Action.BREAK_GLASS):
        raise PermissionDenied
    problems = {} if reason in REASONS else {"reason": _("Choisir une raison")}
    if not words.strip():
        problems["words"] = _("Dire en quelques mots pourquoi ce dossier est lu")
    found = exactly(traits, matricule, problems)
    if len(found) != 1:
        with transaction.atomic():
            audit.record(actor=actor, action="glass.refused", subject=f"user:{actor.pk}", found=len(found))
        raise NobodyExactly
    if not access.may(actor, Action.OPEN_PATIENT, found[0]):
        _break(actor, found[0], reason, words.strip()[:500])
    return found[0].pk


def exactly(traits: IdentityTraits | None, matricule: str, problems: dict[str, str]) -> Sequence[Patient]:
    """The patients of an identity typed in full; raises all that is wrong at once."""
    identity = None
    try:
        if matricule.strip():
            matricule = check_matricule(matricule)
        elif traits is not None:
            identity = read_identity(traits, today=today())
    except IdentityErrors as error:
        problems |= error.fields
    except ValueError as error:
        problems["matricule"] = str(error)
    if problems:
        raise IdentityErrors(problems)
    if identity is not None:
        return exact_matches(identity.traits)
    return list(Patient.objects.filter(ins_matricule=matricule)[:2]) if matricule else []


@transaction.atomic
def _break(actor: accounts.User, patient: Patient, reason: str, words: str) -> None:
    now = timezone.now()
    glass = BrokenGlass.objects.create(
        patient=patient,
        user=actor,
        reason=reason,
        words=words,
        was_masked=patient.masked,
        at=now,
        until=now + timedelta(hours=settings.DCC_GLASS_HOURS),
    )
    audit.record(
        actor=actor,
        action="glass.broken",
        subject=f"glass:{glass.pk}",
        patient_id=patient.pk,
        reason=reason,
        masked=patient.masked,
        until=glass.until,
    )
    events.publish(GlassBroken(glass_id=glass.pk, patient_id=patient.pk, at=now, actor_id=actor.pk, masked=patient.masked))


def glass_until(actor: accounts.User, patient_id: UUID) -> datetime | None:
    """Until when the actor reads a patient's file this way; nothing when he does not."""
    mine = BrokenGlass.objects.filter(user=actor, patient=patient_id, until__gt=timezone.now())
    return mine.order_by("-until").values_list("until", flat=True).first()


@dataclass(frozen=True, slots=True)
class Glass:
    """One « bris de glace » as pages show it; ``reads`` counts what was opened and taken under it, ``overdue``: to be reviewed.

    Nothing in it says who the patient is: a reviewer needs no trait.
    """

    glass_id: UUID
    patient_id: UUID
    user_id: UUID
    who: str
    places: str
    reason: str
    words: str
    was_masked: bool
    at: datetime
    until: datetime
    overdue: bool
    verdict: str
    reviewed_at: datetime | None
    reviewed_by: str
    review_words: str
    reads: int = 0


def glasses_of(patient_id: UUID, *, limit: int = 20) -> Sequence[Glass]:
    """What was read of a patient this way, newest first, for whoever opened the file otherwise."""
    return _shown(list(BrokenGlass.objects.filter(patient=patient_id)[:limit]))


def open_glasses(actor: accounts.User) -> Sequence[tuple[UUID, datetime]]:
    """The patients whom the actor reads this way now, and until when."""
    mine = BrokenGlass.objects.filter(user=actor, until__gt=timezone.now())
    return list(mine.order_by("until").values_list("patient", "until"))


def to_review(actor: accounts.User, *, reviewed: bool = False, limit: int = 100) -> Sequence[Glass]:
    """What waits for a review, oldest first, or the last reviewed ones; raises ``PermissionDenied``."""
    if not accounts.may(actor, Action.REVIEW_ACCESS):
        raise PermissionDenied
    if reviewed:
        return _shown(list(BrokenGlass.objects.exclude(verdict="").order_by("-reviewed_at")[:limit]), counted=True)
    return _shown(list(BrokenGlass.objects.filter(verdict="").order_by("at")[:limit]), counted=True)


@transaction.atomic
def review_glass(*, actor: accounts.User, glass_id: UUID, verdict: str, words: str) -> None:
    """Say whether a « bris de glace » was justified; one that was not ends at once. Nobody judges an own one.

    Raises ``PermissionDenied``, ``LookupError`` for one that is unknown or reviewed, ``IdentityErrors`` (``verdict``, ``words``).
    """
    if not accounts.may(actor, Action.REVIEW_ACCESS):
        raise PermissionDenied
    glass = BrokenGlass.objects.select_for_update().filter(pk=glass_id, verdict="").first()
    if glass is None:
        raise LookupError(_("Cet accès a déjà été revu, ou n'existe pas"))
    if glass.user_id == actor.pk:
        raise PermissionDenied(_("Personne ne juge son propre accès"))
    problems = {} if verdict in VERDICTS else {"verdict": _("Dire si l'accès était justifié")}
    if not words.strip():
        problems["words"] = _("Dire ce qui fonde cette conclusion")
    if problems:
        raise IdentityErrors(problems)
    now = timezone.now()
    glass.verdict, glass.reviewed_at, glass.reviewed_by, glass.review_words = verdict, now, actor, words.strip()[:500]
    if verdict == BrokenGlass.Verdict.UNJUSTIFIED:
        glass.until = max(min(glass.until, now), glass.at + timedelta(microseconds=1))
    glass.save()
    audit.record(actor=actor, action="glass.reviewed", subject=f"glass:{glass.pk}", patient_id=glass.patient_id, verdict=verdict)


def _shown(rows: Sequence[BrokenGlass], *, counted: bool = False) -> Sequence[Glass]:
    names = accounts.names({row.user_id for row in rows} | {row.reviewed_by_id for row in rows if row.reviewed_by_id})
    late = timezone.now() - timedelta(days=settings.DCC_GLASS_REVIEW_DAYS)
    return [
        Glass(
            glass_id=row.pk,
            patient_id=row.patient_id,
            user_id=row.user_id,
            who=names[row.user_id],
            places=_places(row.user_id) if counted else "",
            reason=str(row.get_reason_display()),
            words=row.words,
            was_masked=row.was_masked,
            at=row.at,
            until=row.until,
            overdue=not row.verdict and row.at < late,
            verdict=str(row.get_verdict_display()) if row.verdict else "",
            reviewed_at=row.reviewed_at,
            reviewed_by=names[row.reviewed_by_id] if row.reviewed_by_id else "",
            review_words=row.review_words,
            reads=_reads(row) if counted else 0,
        )
        for row in rows
    ]


def _places(user_id: UUID) -> str:
    posts = accounts.rights(accounts.User.objects.get(pk=user_id)).posts
    held = {post.facility_id for post in posts if post.facility_id is not None}
    return ", ".join(facility.name for facility in accounts.facilities(ids=held))


def _reads(row: BrokenGlass) -> int:
    traces = audit.traces(patient_id=row.patient_id, actor_id=row.user_id)
    return sum(row.at <= trace.at <= row.until and trace.action.startswith("document.") for trace in traces)
