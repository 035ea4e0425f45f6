"""Looking for duplicates among those who are here: each identity that is new or changed is compared once, a few at a time.

What is compared are identities born the same day, and those of the same name with a birth date one slip away: never all with all.
One patient costs a few reads of an index, whatever the size of the region.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from django.db import transaction
from django.db.models import F, Q

from dcc.patients.matching import alike, conflicts
from dcc.patients.merging.alerts import Why, open_alert
from dcc.patients.merging.columns import contradictions
from dcc.patients.merging.links import held_for_two
from dcc.patients.models import Patient
from dcc.patients.pictures import identity_of, traits_of
from dcc.patients.registration import neighbours

BATCH = 200
SECONDS = 10
"""What one run compares at most, once a minute: a region of a million takes some days, what a day brings takes minutes."""


def find_duplicates(*, limit: int = BATCH) -> int:
    """Compare identities that changed since they were last compared, and signal the pairs; returns how many were compared."""
    waiting = Patient.objects.filter(~Q(compared=F("revision"))).order_by("pk").values_list("pk", flat=True)
    compared, until = 0, monotonic() + SECONDS
    for pk in list(waiting[:limit]):
        if monotonic() > until:
            break
        with transaction.atomic():
            patient = Patient.objects.filter(pk=pk).first()
            if patient is not None:
                _compare(patient)
        compared += 1
    return compared


def _compare(patient: Patient) -> None:
    if not patient.fictitious:
        for other, why in _resembling(patient):
            if not held_for_two(patient.pk, other.pk):
                open_alert(patient.pk, other.pk, why)
    Patient.objects.filter(pk=patient.pk).update(compared=patient.revision)


def _resembling(patient: Patient) -> Sequence[tuple[Patient, Why]]:
    """Who has the same traits, or near ones: two of different INS who only resemble each other are two persons, often twins."""
    mine, traits = identity_of(patient), traits_of(patient)
    near = [p for p in neighbours(traits, Q(fictitious=False)) if p.pk != patient.pk]
    same = [(p, Why.SAME_TRAITS) for p in near if not conflicts(traits, traits_of(p))]
    exact = {p.pk for p, _why in same}
    return [
        *same,
        *(
            (p, Why.NEAR_TRAITS)
            for p in near
            if p.pk not in exact and alike(mine, identity_of(p)) and "ins" not in contradictions(patient, p)
        ),
    ]
