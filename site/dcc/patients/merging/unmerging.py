"""Parting two identities that were merged by mistake: each gets back exactly what it brought.

What came since stays with the kept identity, except what belongs to what goes back (a PPS goes with its FRCP). The identity as it
evolved since goes with the side that it came from. Merges into one identity are undone last first (decision 0267).
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.patients.errors import StaleIdentity
from dcc.patients.index import reindex
from dcc.patients.merging import rules
from dcc.patients.merging.alerts import open_alert, reopen_alerts
from dcc.patients.merging.columns import DETAILS, columns_of, drop, identity_columns, ins_of, put
from dcc.patients.merging.errors import MergeRefused
from dcc.patients.merging.holding import give_back_all
from dcc.patients.merging.merges import ALERTS, ASIDE, SUPERSEDED, both, check_may
from dcc.patients.merging.qualifying import take_up
from dcc.patients.models import CareTeamMember, DuplicateAlert, FormerIns, Masking, Merge, Patient
from dcc.patients.pictures import record_revision


@transaction.atomic
def unmerge_patients(*, actor: accounts.User, merge_id: UUID, expected_revision: int, reason: str) -> None:
    """Undo a merge. ``expected_revision`` is that of the kept identity, as shown.

    Raises ``MergeRefused`` when it is not the last one or was undone, ``StaleIdentity``, ``UnknownPatient``,
    ``PermissionDenied``, ``LookupError`` for an unknown merge.
    """
    found = Merge.objects.filter(pk=merge_id).first()
    if found is None:
        raise LookupError(_("Fusion inconnue"))
    kept, absorbed = _taken(actor, found)
    merge = _still_to_undo(found, kept)
    if kept.revision != expected_revision:
        raise StaleIdentity
    if not reason.strip():
        raise MergeRefused(_("Dire pourquoi ce sont deux personnes"))
    merge.undone_at, merge.undone_by, merge.undone_reason = timezone.now(), actor.pk, reason.strip()[:500]
    merge.save(update_fields=["undone_at", "undone_by", "undone_reason"])
    _part(merge, kept, absorbed, actor)
    for patient in (kept, absorbed):
        reindex(patient)
        record_revision(patient, actor=actor, reason="defusion", action="patient.changed", tell=True)
        audit.record(
            actor=actor,
            action="patient.unmerged",
            subject=f"merge:{merge.pk}",
            patient_id=patient.pk,
            kept=kept.pk,
            absorbed=absorbed.pk,
        )


def _taken(actor: accounts.User, merge: Merge) -> tuple[Patient, Patient]:
    try:
        kept, absorbed = both(merge.kept_id, merge.absorbed_id, parted=True)
    except StaleIdentity:
        raise MergeRefused(_("L'identité conservée a elle-même été absorbée : défaire d'abord cette fusion-là")) from None
    check_may(actor, Action.UNMERGE_PATIENTS, kept)
    return kept, absorbed


def _still_to_undo(merge: Merge, kept: Patient) -> Merge:
    """The merge as it is now that both rows are locked."""
    last = Merge.objects.filter(kept=kept, undone_at=None).first()
    merge.refresh_from_db()
    if merge.undone_at is not None:
        raise MergeRefused(_("Cette fusion a déjà été défaite"))
    if last != merge:
        raise MergeRefused(_("Une autre fusion a été faite depuis avec cette identité : la défaire d'abord"))
    return merge


def _part(merge: Merge, kept: Patient, absorbed: Patient, actor: accounts.User) -> None:
    give_back_all(merge.moved, kept.pk, absorbed.pk)
    owner, other = (kept, absorbed) if merge.reference == rules.KEPT else (absorbed, kept)
    take_up(merge, merge.moved[ASIDE], owner)
    now, before = columns_of(kept), merge.before
    put(absorbed, before[rules.ABSORBED], before[rules.ABSORBED])
    put(kept, before[rules.KEPT], [name for name in (*DETAILS, "homonym") if now[name] == merge.after[name]])
    put(owner, now, identity_columns())
    put(other, before[rules.KEPT if other is kept else rules.ABSORBED], identity_columns())
    absorbed.merged_into = None
    if owner.fictitious or other.fictitious:  # set since: a fictitious identity is no homonym
        kept.homonym, absorbed.homonym = kept.homonym and not kept.fictitious, absorbed.homonym and not absorbed.fictitious
    _give_ins_back(merge, owner, other)
    _mask_both(merge, kept, absorbed)
    kept.save()
    absorbed.save()
    reopen_alerts(merge.moved[ALERTS])


def _give_ins_back(merge: Merge, owner: Patient, other: Patient) -> None:
    """The identity that was not retained gets its INS back, unless somebody has it by now, the other file included: both are then
    to be looked at."""
    ins, ended = ins_of(other), FormerIns.objects.filter(pk__in=merge.moved[SUPERSEDED])
    others = Patient.objects.exclude(pk__in=[owner.pk, other.pk])
    holder = None
    if ins:
        holder = owner if ins_of(owner) == ins else others.filter(ins_oid=ins.root, ins_matricule=ins.extension).first()
    if holder is None:
        ended.delete()
        return
    drop(other)
    ended.update(patient=other)
    open_alert(other.pk, holder.pk, DuplicateAlert.Why.SAME_INS)


def _mask_both(merge: Merge, kept: Patient, absorbed: Patient) -> None:
    """Masked is who has a masking that lasts; one that was asked since the merge was asked for the whole file."""
    since = Masking.objects.filter(patient=kept, until=None, since__gt=merge.at).first()
    if since is not None and not Masking.objects.filter(patient=absorbed, until=None).exists():
        Masking.objects.create(patient=absorbed, since=since.since, by=since.by, words=since.words)
        named = {"since": since.since, "named_by": since.by}
        CareTeamMember.objects.get_or_create(patient=absorbed, user=since.by, until=None, defaults=named)
    for patient in (kept, absorbed):
        patient.masked = Masking.objects.filter(patient=patient.pk, until=None).exists()
