"""Merging two files, then parting them: every row of every table is as it was, whatever room it is in."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from dcc.accounts.api import Facility, User
from dcc.audit import api as audit
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.patients.models import FormerIns, LocalIdentifier, Masking, Merge, Patient
from dcc.patients.tests.people import CORSE, MATRICULES, NIR
from tests.fixtures import make_facility, make_user, validate
from tests.merging.files import rows_of
from tests.merging.worlds import ADDRESS, IPP, Pair, begin, glass_of, make_pair, merge, part, revision_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(alice: User, bob: User, charlie: User, configuration: None, pps_form: object) -> Pair:
    pair = make_pair(alice, bob, charlie)
    begin(alice, pair.kept)
    glass_of(pair, make_user("elsa", "medecin", make_facility("Clinique du Nord", "590000011"), family="LOIN", given="Elsa"))
    return pair


def test_merged_then_parted_both_files_are_what_they_were(bob: User, pair: Pair) -> None:
    before = rows_of([pair.kept, pair.absorbed])
    assert {table for table, rows in before.items() if rows} >= {
        *("patients.patient", "patients.contact", "patients.following", "patients.careteammember", "patients.masking"),
        *("patients.qualification", "patients.proposal", "patients.identityproof", "patients.insofhistory"),
        *("patients.localidentifier", "patients.brokenglass", "patients.nameword", "patients.duplicatealert"),
        *("documents.document", "documents.documentversion", "documents.answerchange", "documents.statuschange"),
    }
    merge_id = merge(bob, pair)
    merged = rows_of([pair.kept, pair.absorbed])
    assert merged != before
    part(bob, pair, merge_id)
    assert rows_of([pair.kept, pair.absorbed]) == before


def test_what_a_merge_makes(bob: User, pair: Pair) -> None:
    merge_id = merge(bob, pair)
    kept = Patient.objects.get(pk=pair.kept)
    assert (kept.status, kept.ins_matricule, kept.birth_place_code) == ("qualifiee", MATRICULES["NESSI"], "63220")
    assert (kept.used_name, kept.address) == ("CORSE", ADDRESS), "its own first, what it lacks from the other"
    assert (kept.masked, kept.homonym) == (True, False)
    assert not Patient.objects.filter(pk=pair.absorbed).exists()
    assert set(Document.objects.filter(patient=pair.kept).values_list("pk", flat=True)) == {pair.kept_frcp, pair.frcp, pair.pps}
    assert LocalIdentifier.objects.get(extension=IPP.extension).patient_id == pair.kept
    assert [person.given for person in patients.patient_snapshot(pair.kept).related] == ["Jeanne", "Paul", "Anne"]
    assert patients.open_patient(actor=bob, patient_id=pair.absorbed).snapshot.patient_id == pair.kept, "old links"
    assert [line.patient_id for line in patients.search(actor=bob, text="nessi").lines] == [pair.kept]
    for patient_id in (pair.kept, pair.absorbed):
        assert "patient.merged" in {trace.action for trace in audit.traces(patient_id=patient_id)}
        assert patients.history(actor=bob, patient_id=pair.kept)[0].reason == "fusion"
    (done,) = merging.merges_of(pair.kept)
    assert (done.merge_id, done.reason, done.last) == (merge_id, "Même carte d'identité", True)


def test_an_absorbed_identity_is_nobody(alice: User, bob: User, pair: Pair) -> None:
    merge(bob, pair)
    with pytest.raises(patients.StaleIdentity):
        patients.update_identity(actor=bob, patient_id=pair.absorbed, expected_revision=revision_of(pair.absorbed), traits=CORSE)
    facility_id = bob.memberships.get().facility_id
    assert facility_id is not None
    started = documents.create_document(actor=bob, patient_id=pair.absorbed, facility_id=facility_id, document_type="frcp")
    assert documents.patient_of(started) == pair.kept, "a page left open writes in the file that is kept"


@pytest.mark.parametrize("where", ["kept", "absorbed"])
def test_work_done_between(alice: User, bob: User, pair: Pair, where: str, facility: Facility) -> None:
    """What came since stays with the kept file, except what belongs to what goes back: the PPS of an FRCP, a new version."""
    second = documents.create_document(actor=alice, patient_id=pair.absorbed, facility_id=facility.pk, document_type="frcp")
    patients.unmask_patient(actor=bob, patient_id=pair.absorbed)
    validate(alice, bob, second)
    merge_id = merge(bob, pair)
    follower = documents.create_following(actor=alice, reference_id=second)
    fresh = documents.create_document(actor=alice, patient_id=getattr(pair, where), facility_id=facility.pk, document_type="frcp")
    patients.update_contact_details(
        actor=alice, patient_id=pair.kept, expected_revision=revision_of(pair.kept), address=None, telecoms=[], contacts=[]
    )
    part(bob, pair, merge_id)
    assert {pk: documents.patient_of(pk) for pk in (second, follower, fresh)} == {
        second: pair.absorbed,
        follower: pair.absorbed,
        fresh: pair.kept,
    }
    absorbed, kept = (patients.patient_snapshot(pk) for pk in (pair.absorbed, pair.kept))
    assert [person.given for person in absorbed.related] == ["Paul", "Anne"], "written again: the list was emptied meanwhile"
    assert (kept.related, kept.address, absorbed.address) == ((), None, ADDRESS), "what was changed since stays changed"


def test_masked_meanwhile_both_stay_masked(alice: User, bob: User, pair: Pair) -> None:
    patients.unmask_patient(actor=bob, patient_id=pair.absorbed)
    merge_id = merge(bob, pair)
    patients.mask_patient(actor=alice, patient_id=pair.kept, words="Connue de l'équipe")
    part(alice, pair, merge_id)
    assert {pk: patients.is_masked(pk) for pk in (pair.kept, pair.absorbed)} == {pair.kept: True, pair.absorbed: True}
    assert Masking.objects.filter(patient=pair.absorbed, until=None).get().by == alice


def test_an_identity_that_evolved_goes_with_the_side_it_came_from(bob: User, pair: Pair) -> None:
    """The INS came from the absorbed identity; it was lost by a doubt; the kept one never had it."""
    merge_id = merge(bob, pair)
    patients.set_attributes(
        actor=bob, patient_id=pair.kept, expected_revision=revision_of(pair.kept), doubtful=True, give_up_ins=True
    )
    part(bob, pair, merge_id)
    kept, absorbed = (Patient.objects.get(pk=pk) for pk in (pair.kept, pair.absorbed))
    assert (kept.status, kept.doubtful, absorbed.status, absorbed.doubtful) == ("provisoire", False, "provisoire", True)


def test_an_ins_that_somebody_else_got_meanwhile_is_not_taken_away(alice: User, bob: User, pair: Pair) -> None:
    Patient.objects.filter(pk=pair.kept).update(status="qualifiee", ins_oid=NIR, ins_matricule=MATRICULES["CORSE"])
    merge_id = merge(bob, pair, right="absorbee")
    assert FormerIns.objects.get(patient=pair.kept).matricule == MATRICULES["CORSE"]
    facility_id = alice.memberships.get().facility_id
    assert facility_id is not None
    other = patients.create_patient(actor=alice, facility_id=facility_id, traits=CORSE)
    Patient.objects.filter(pk=other).update(status="qualifiee", ins_oid=NIR, ins_matricule=MATRICULES["CORSE"])
    part(bob, pair, merge_id)
    kept = Patient.objects.get(pk=pair.kept)
    assert (kept.status, kept.ins_matricule) == ("provisoire", "")
    assert {line.why for line in merging.duplicates(bob)} >= {"meme_ins"}


def test_the_database_moves_a_document_in_a_merge_only(bob: User, pair: Pair) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=pair.frcp).update(patient=pair.kept)
    merge(bob, pair)
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=pair.kept_frcp).update(patient=pair.absorbed)
    with pytest.raises(DatabaseError), transaction.atomic():
        Merge.objects.update(reason="autre")
    with pytest.raises(DatabaseError), transaction.atomic():
        Merge.objects.all().delete()


def test_chains_are_undone_last_first(alice: User, bob: User, pair: Pair, facility: Facility) -> None:
    third = patients.create_patient(actor=alice, facility_id=facility.pk, traits=CORSE)
    before = rows_of([pair.kept, pair.absorbed, third])
    first = merge(bob, pair)
    into_third = Pair(third, pair.kept, pair.kept_frcp, pair.frcp, pair.pps)
    patients.join_team(actor=alice, patient_id=third, user_id=bob.pk)
    before_team = rows_of([third])["patients.careteammember"]
    second = merge(bob, into_third, right="gardee")
    assert patients.patient_snapshot(pair.absorbed).patient_id == third
    with pytest.raises(merging.MergeRefused, match="elle-même"):
        part(bob, pair, first)
    part(bob, into_third, second)
    part(bob, pair, first)
    after = rows_of([pair.kept, pair.absorbed, third])
    after["patients.careteammember"] = [row for row in after["patients.careteammember"] if row not in before_team]
    assert after == before
    assert not Merge.objects.filter(undone_at=None).exists()


def test_two_merges_into_one_are_undone_last_first(alice: User, bob: User, pair: Pair, facility: Facility) -> None:
    third = patients.create_patient(actor=alice, facility_id=facility.pk, traits=CORSE)
    first = merge(bob, pair)
    other = Pair(pair.kept, third, pair.kept_frcp, pair.frcp, pair.pps)
    patients.join_team(actor=alice, patient_id=third, user_id=bob.pk)
    second = merge(bob, other, right="gardee")
    with pytest.raises(merging.MergeRefused, match="Une autre fusion"):
        part(bob, pair, first)
    part(bob, other, second)
    part(bob, pair, first)
    assert Patient.objects.filter(pk__in=[pair.kept, pair.absorbed, third]).count() == 3
