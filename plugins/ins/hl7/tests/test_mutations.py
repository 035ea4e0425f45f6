"""Damaged messages: none crashes anything, none does what cannot be read in it, each refused one is kept."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from dcc.accounts.models import Facility
from dcc.patients.characters import birth_name, given_names
from dcc.patients.models import Patient, Revision
from dcc.patients.pictures import STRICT
from plugins.ins.hl7.tests.flows import make_sender, take
from plugins.ins.hl7.tests.mutations import damaged, person, seen, whole
from plugins.ins.models import FlowMessage
from tests.proofs.recorder import Proof

SEED = 20_260_520
RANKS = {"provisoire": 0, "recuperee": 1, "validee": 2, "qualifiee": 3}


def wrong(patient: Patient, content: bytes, last: int) -> list[str]:
    """What a patient made by a message has that cannot be read in it; of one known before, whether a strict trait changed."""
    first = patient.revisions.get(number=1)
    if first.pk <= last:
        return [name for name in STRICT if first.picture[name] != getattr(patient, name)]
    eye = seen(content)
    read = {(_tried(birth_name, name), _tried(given_names, one), _tried(given_names, all_)) for name, one, all_ in eye.names}
    found = []
    if (patient.birth_name, patient.first_given_name, patient.given_names) not in read:
        found.append("nom")
    date = patient.birth_date.replace("-", "")
    if not any(text and date.startswith(text[: len(text) // 2 * 2][:8]) for text in eye.dates if len(text) in (4, 6, 8)):
        found.append("date")
    if patient.sex not in {"M": "M", "F": "F"}.keys() & eye.sexes and not (patient.sex == "I" and eye.sexes & set("UAONuaon")):
        found.append("sexe")
    if not set(patient.identifiers.values_list("extension", flat=True)) <= eye.numbers:
        found.append("numéro")
    if patient.ins_matricule and patient.ins_matricule not in eye.matricules:
        found.append("INS")
    if patient.status == "qualifiee" and not eye.codes & {"VALI", "QUAL"}:
        found.append("statut")
    return found


def _tried(read: object, text: str) -> str:
    try:
        return read(text)  # type: ignore[no-any-return,operator]  # one of the two readers of names
    except ValueError:
        return ""


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.prove)])
def test_damaged_messages(facility: Facility, count: int, proof: Proof) -> None:
    make_sender(facility)
    hand = random.Random(SEED)  # noqa: S311  (a fixed seed)
    kinds: Counter[str] = Counter()
    states: Counter[str] = Counter()
    faults: list[tuple[int, object]] = []
    for rank in range(count):
        one = person(hand, rank)
        if rank % 6 == 0:
            take(whole(one, hand, f"S{rank}"))
        kind, content = damaged(hand, whole(one, hand, f"M{rank}"))
        kinds[kind] += 1
        last = _last_revision()
        before = Patient.objects.count()
        row = FlowMessage.objects.get(pk=take(content).message_id)
        states[row.state] += 1
        touched = Patient.objects.filter(revisions__pk__gt=last).distinct()
        if row.state == "panne" or (row.state != "fait" and touched) or Patient.objects.count() - before > 1:
            faults.append((rank, row.state))
        if row.state == "refuse" and bytes(row.content or b"") != content:
            faults.append((rank, "not kept"))
        faults += [(rank, found) for patient in touched if (found := wrong(patient, content, last))]
    assert faults == []
    assert min(states["fait"], states["refuse"]) > count // 10
    figures = {"messages abîmés": count, **{f"abîmés : {k}": n for k, n in sorted(kinds.items())}}
    figures |= {f"état « {state} »": n for state, n in sorted(states.items())}
    proof.record(
        issue=6,
        title="HL7 v2 : messages abîmés",
        figures={**figures, "pannes": 0, "effets qui ne se lisent pas dans le message": 0, "refusés non gardés": 0},
    )


def _last_revision() -> int:
    last = Revision.objects.order_by("-pk").values_list("pk", flat=True).first()
    return int(last or 0)
