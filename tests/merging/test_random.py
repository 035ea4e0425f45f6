"""Any group of files, merged in any order and parted in the reverse one: every row is as it was. By chance, with fixed seeds."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.snapshots import RelatedPerson
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.patients.index import reindex
from dcc.patients.merging import api as merging
from dcc.patients.models import BrokenGlass, FormerIns, LocalIdentifier, Patient
from dcc.patients.tests.people import CORSE, ECETINSI, MATRICULES, NESSI, NIR, TCHITCHI
from tests.fixtures import make_facility, make_user
from tests.merging.files import rows_of
from tests.merging.worlds import begin
from tests.proofs.recorder import Proof

pytestmark = pytest.mark.django_db
PEOPLE = (NESSI, replace(NESSI, birth_place_code=""), CORSE, TCHITCHI, ECETINSI)
STATUSES = ("provisoire", "recuperee", "validee", "qualifiee")
FULL, REDUCED = 120, 4


@dataclass(frozen=True)
class Stage:
    """Where groups are made: who acts, where, and what chance says."""

    alice: User
    bob: User
    places: tuple[Facility, ...]
    chance: random.Random

    def may_be(self) -> bool:
        return self.chance.random() < 0.5


@pytest.fixture
def stage(alice: User, bob: User, facility: Facility, other_facility: Facility, configuration: None) -> Stage:
    third = make_facility("Clinique du Nord", "590000011")
    make_user("elsa", "medecin", third, family="LOIN", given="Elsa")
    return Stage(alice, bob, (facility, other_facility, third), random.Random(6))  # noqa: S311  (a fixed seed, not a secret)


def one_more(stage: Stage, number: int) -> UUID:
    """A patient with whatever chance gives him of what rooms may hold."""
    alice, place, chance = stage.alice, stage.places[0], stage.chance
    everybody = list(Patient.objects.values_list("pk", flat=True))
    contacts = [RelatedPerson("confiance", "NESSI", f"Contact{rank}") for rank in range(chance.randrange(3))]
    used = chance.choice(["", "Corse"])
    patient_id = patients.create_patient(
        actor=alice, facility_id=place.pk, traits=chance.choice(PEOPLE), used_name=used, contacts=contacts, despite=everybody
    )
    row = Patient.objects.get(pk=patient_id)
    for other in stage.places[1:]:
        if stage.may_be():
            row.followings.create(facility=other)
    reindex(row)
    for n in range(chance.randrange(3)):
        LocalIdentifier.objects.create(patient=row, root="1.2.3.4", extension=f"N{number}-{n}")
    if stage.may_be():
        FormerIns.objects.create(patient=row, oid=NIR, matricule=MATRICULES["CORSE"], ended_at=timezone.now(), reason="doute")
    _ties(stage, row)
    _status(stage, row, number)
    return patient_id


def _ties(stage: Stage, row: Patient) -> None:
    alice, bob = stage.alice, stage.bob
    for _document in range(stage.chance.randrange(2)):
        documents.create_document(actor=alice, patient_id=row.pk, facility_id=stage.places[0].pk, document_type="frcp")
    patients.join_team(actor=alice, patient_id=row.pk, user_id=bob.pk)
    if stage.may_be():
        patients.join_team(actor=alice, patient_id=row.pk, user_id=alice.pk)
        patients.leave_team(actor=bob, patient_id=row.pk, user_id=alice.pk)
    if stage.may_be():
        now = timezone.now()
        BrokenGlass.objects.create(patient=row, user=alice, reason="avis", words="Avis", at=now, until=now.replace(year=2099))
    if stage.may_be():
        patients.mask_patient(actor=bob, patient_id=row.pk, words="Proche")


def _status(stage: Stage, row: Patient, number: int) -> None:
    status = stage.chance.choice(STATUSES)
    ins = (NIR, f"2770763{number:08d}") if status in ("recuperee", "qualifiee") else ("", "")
    Patient.objects.filter(pk=row.pk).update(status=status, ins_oid=ins[0], ins_matricule=ins[1])
    if status != "qualifiee":
        begin(stage.alice, row.pk)
    if status in ("validee", "qualifiee"):
        row.proofs.create(kind="CNI", level="eleve", origin="saisie", at=timezone.now())


def merge_any(stage: Stage, ids: list[UUID]) -> list[tuple[UUID, UUID]]:
    """Merge two at random until chance stops or one is left; returns who was kept by which merge, in order."""
    done, standing = list[tuple[UUID, UUID]](), list(ids)
    while len(standing) > 1 and (not done or stage.chance.random() < 0.8):
        kept, absorbed = stage.chance.sample(standing, 2)
        shown = merging.preview_merge(actor=stage.bob, kept_id=kept, absorbed_id=absorbed)
        merge_id = merging.merge_patients(
            actor=stage.bob,
            kept_id=kept,
            absorbed_id=absorbed,
            expected_revisions=shown.revisions,
            reason="Même personne",
            right=stage.chance.choice(["gardee", "absorbee"]),
        )
        standing.remove(absorbed)
        done.append((kept, merge_id))
    return done


def play(stage: Stage, groups: int) -> tuple[int, int, int]:
    """Groups made, merged and parted; returns how many merges, the longest chain, and rows that differ."""
    merges, longest, differing = 0, 0, 0
    for group in range(groups):
        ids = [one_more(stage, group * 10 + n) for n in range(stage.chance.randrange(2, 5))]
        before = rows_of(ids)
        done = merge_any(stage, ids)
        for kept, merge_id in reversed(done):
            revision = Patient.objects.get(pk=kept).revision
            merging.unmerge_patients(actor=stage.bob, merge_id=merge_id, expected_revision=revision, reason="Deux personnes")
        after = rows_of(ids)
        differing += sum(before.get(table) != after.get(table) for table in {*before, *after})
        merges, longest = merges + len(done), max(longest, len(done))
    return merges, longest, differing


def test_any_group_of_files(stage: Stage) -> None:
    merges, _longest, differing = play(stage, REDUCED)
    assert (merges > REDUCED, differing) == (True, 0)


@pytest.mark.prove
def test_any_group_of_files_in_full(stage: Stage, proof: Proof) -> None:
    merges, longest, differing = play(stage, FULL)
    assert differing == 0
    proof.record(
        issue=6,
        title="Fusionner puis défusionner rend chaque ligne de chaque table",
        figures={
            "groupes de deux à quatre dossiers": FULL,
            "fusions faites puis défaites": merges,
            "plus longue suite de fusions dans un groupe": longest,
            "tables qui diffèrent ensuite": differing,
        },
    )
