"""Merging two identities: one transaction, the absorbed one stays as a row that points to the kept one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.patients import access
from dcc.patients.errors import StaleIdentity, UnknownPatient
from dcc.patients.index import reindex
from dcc.patients.matching import conflicts
from dcc.patients.merging import rules
from dcc.patients.merging.alerts import close_alert
from dcc.patients.merging.columns import columns_of, contradictions, drop, fill, identity_columns, ins_of, put
from dcc.patients.merging.errors import MergeConflict, MergeRefused
from dcc.patients.merging.holding import move_all
from dcc.patients.merging.qualifying import go_on, set_aside
from dcc.patients.models import FormerIns, Merge, Patient
from dcc.patients.pictures import record_revision, traits_of
from dcc.patients.registration import exact_matches

ALERTS = "patients.alert"
SUPERSEDED = "patients.superseded_ins"
ASIDE = "patients.set_aside"
"""What a merge remembers beside what the rooms moved: the alerts it answered, the INS it ended, the processes it closed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a merge, why, and which identity he says is right (``gardee``, ``absorbee``, or nothing)."""

    actor: accounts.User | None
    source: str
    reason: str
    right: str = ""


@transaction.atomic
def merge_patients(
    *,
    actor: accounts.User,
    kept_id: UUID,
    absorbed_id: UUID,
    expected_revisions: tuple[int, int],
    reason: str,
    right: str = "",
) -> UUID:
    """Merge a patient into another one; returns the id of the merge, by which it can be undone.

    ``expected_revisions`` are those shown, of the kept and of the absorbed one. Where they contradict each other, ``right`` says
    which identity is the good one (``gardee``, ``absorbee``). Raises ``MergeConflict`` when nobody said, ``MergeRefused``,
    ``StaleIdentity``, ``UnknownPatient``, ``PermissionDenied``.
    """
    kept, absorbed = both(kept_id, absorbed_id)
    for patient in (kept, absorbed):
        check_may(actor, Action.MERGE_PATIENTS, patient)
    if (kept.revision, absorbed.revision) != tuple(expected_revisions):
        raise StaleIdentity
    if not reason.strip():
        raise MergeRefused(_("Dire pourquoi ces deux identités sont la même personne"))
    return join(kept, absorbed, Asked(actor, "saisie", reason.strip()[:500], right))


def check_may(actor: accounts.User, action: Action, patient: Patient) -> None:
    """Raises ``UnknownPatient`` for who may not open the file, ``PermissionDenied`` for who may not do this with it."""
    if not access.may(actor, Action.OPEN_PATIENT, patient):
        raise UnknownPatient
    if not access.may(actor, action, patient):
        raise PermissionDenied


def both(kept_id: UUID, absorbed_id: UUID, *, parted: bool = False) -> tuple[Patient, Patient]:
    """Both rows, locked in one order whoever asks; raises ``UnknownPatient``, and ``StaleIdentity`` when one was merged since.

    ``parted`` takes the row that a merge absorbed, to give it back.
    """
    if kept_id == absorbed_id:
        raise MergeRefused(_("Une identité ne fusionne pas avec elle-même"))
    locked = Patient.everyone.select_for_update().filter(pk__in=[kept_id, absorbed_id]).order_by("pk")
    rows = {patient.pk: patient for patient in locked}
    if len(rows) != 2:
        raise UnknownPatient
    kept, absorbed = rows[kept_id], rows[absorbed_id]
    if kept.merged_into_id or (absorbed.merged_into_id and not parted):
        raise StaleIdentity
    return kept, absorbed


def join(kept: Patient, absorbed: Patient, asked: Asked) -> UUID:
    """Merge two locked rows; rights and reason were checked."""
    if kept.fictitious != absorbed.fictitious:
        raise MergeRefused(_("Une identité fictive ne fusionne pas avec celle d'une personne"))
    contradicted = contradictions(kept, absorbed)
    side = rules.reference(kept.status, absorbed.status, contradicted, asked.right)
    if side is None:
        raise MergeConflict(contradicted)
    before = {rules.KEPT: columns_of(kept), rules.ABSORBED: columns_of(absorbed)}
    merge = Merge.objects.create(
        kept=kept,
        absorbed=absorbed,
        at=timezone.now(),
        actor_id=asked.actor.pk if asked.actor else None,
        source=asked.source,
        reason=asked.reason,
        reference=side,
        before=before,
    )
    other = absorbed if side == rules.KEPT else kept
    aside = set_aside(other.pk, contradicted=bool(contradicted))
    moved: dict[str, Any] = dict(move_all(absorbed.pk, kept.pk))
    moved[SUPERSEDED] = _become_one(kept, absorbed, before, side)
    moved[ALERTS] = close_alert(kept.pk, absorbed.pk, asked.actor)
    moved[ASIDE] = {**aside, "stood": go_on(kept, asked.actor)}
    merge.moved, merge.after = moved, columns_of(kept)
    merge.save(update_fields=["moved", "after"])
    _told(merge, kept, absorbed, asked)
    return merge.pk


def _become_one(kept: Patient, absorbed: Patient, before: Mapping[rules.Side, Any], side: rules.Side) -> list[int]:
    """Write both rows; returns the ids of the INS that ended with it."""
    same = not conflicts(traits_of(kept), traits_of(absorbed))
    reference, other = (kept, absorbed) if side == rules.KEPT else (absorbed, kept)
    ended, ins = list[int](), ins_of(other)
    if ins is not None and ins != ins_of(reference):
        former = {"oid": ins.root, "matricule": ins.extension, "ended_at": timezone.now(), "reason": "fusion"}
        ended.append(FormerIns.objects.create(patient=kept, **former).pk)
    drop(absorbed)
    absorbed.merged_into = kept
    absorbed.save()
    put(kept, before[side], identity_columns())
    fill(kept, before[rules.ABSORBED])
    kept.masked = kept.masked or absorbed.masked
    kept.homonym = _still_homonym(kept, absorbed, same)
    kept.save()
    return ended


def _still_homonym(kept: Patient, absorbed: Patient, same: bool) -> bool:
    """Two homonyms that were one person are no longer homonyms, unless somebody else has their traits."""
    if kept.fictitious:
        return False
    if kept.homonym and absorbed.homonym and same:
        return any(patient.pk != kept.pk for patient in exact_matches(traits_of(kept)))
    return kept.homonym or absorbed.homonym


def _told(merge: Merge, kept: Patient, absorbed: Patient, asked: Asked) -> None:
    """The trace, in the file of each: revision, journal, event; and the index of names."""
    reindex(kept)
    reindex(absorbed)
    for patient in (kept, absorbed):
        record_revision(patient, actor=asked.actor, reason="fusion", action="patient.changed", tell=True)
        audit.record(
            actor=asked.actor,
            action="patient.merged",
            subject=f"merge:{merge.pk}",
            patient_id=patient.pk,
            kept=kept.pk,
            absorbed=absorbed.pk,
            reference=merge.reference,
            source=asked.source,
        )
