"""One line per service of the door of merging; as :mod:`tests.permissions.recipes`."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.core.exceptions import PermissionDenied

from dcc.accounts.models import User
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from tests.permissions.recipes import Recipe
from tests.permissions.world import OTHER, World


def _other(world: World) -> UUID:
    """A second patient of the same place, in whose care team are those of the first one's."""
    place, alice = world.here, world.people["alice"]
    other = patients.create_patient(actor=alice, facility_id=place.pk, traits=OTHER)
    for member in patients.care_team(world.patient_id):
        patients.join_team(actor=alice, patient_id=other, user_id=member.user_id)
    return other


def _pair(world: World) -> tuple[UUID, merging.Why]:
    other = _other(world)
    alert = merging.open_alert(world.patient_id, other, merging.Why.NEAR_TRAITS)
    assert alert is not None
    return alert.pk, merging.Why.NEAR_TRAITS


def _merge(world: World, user: User) -> None:
    merging.merge_patients(
        actor=user,
        kept_id=world.patient_id,
        absorbed_id=_other(world),
        expected_revisions=(1, 1),
        reason="Même personne",
        right="gardee",
    )


def _unmerge(world: World, user: User) -> None:
    _merge(world, world.people["tom"])  # a member of the care team may, masked or not
    (done,) = merging.merges_of(world.patient_id)
    merging.unmerge_patients(actor=user, merge_id=done.merge_id, expected_revision=2, reason="Deux personnes")


def _seen(world: World, user: User) -> None:
    """A pair that is not hers to see is not found."""
    alert_id = _pair(world)[0]
    try:
        merging.duplicate(actor=user, alert_id=alert_id)
    except LookupError as unseen:
        raise PermissionDenied from unseen


MERGING: Mapping[str, Recipe] = {
    "answer_distinct": Recipe(
        "patient.merge patient",
        lambda w, u: merging.answer_distinct(actor=u, alert_id=_pair(w)[0], reason="Deux personnes"),
    ),
    "duplicate": Recipe("patient.merge patient", _seen),
    "duplicates": Recipe("seen by patient.merge patient", lambda w, u: _pair(w) and merging.duplicates(u)),
    "merge_patients": Recipe("patient.merge patient", _merge),
    "open_alert": Recipe("left open", lambda w, u: None, "whoever sees two identities of one person says so; it shows nothing"),
    "preview_merge": Recipe(
        "patient.merge patient", lambda w, u: merging.preview_merge(actor=u, kept_id=w.patient_id, absorbed_id=_other(w))
    ),
    "unmerge_patients": Recipe("patient.unmerge patient", _unmerge),
}
