"""Which identity a merge retains, who may merge, what is refused; links, changed numbers, possible duplicates."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.audit import api as audit
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.patients import api
from dcc.patients.merging import api as merging
from dcc.patients.merging import rules
from dcc.patients.merging.finding import find_duplicates
from dcc.patients.models import DuplicateAlert, FormerIns, IdentityProof, Link, Merge, Patient, Qualification
from dcc.patients.tests.people import CORSE, MATRICULES, NESSI, NIR, TCHITCHI, header
from dcc.patients.tests.test_registration import create, here

RUN = ["provisoire", "recuperee", "validee", "qualifiee"]
WITH_INS = ("recuperee", "qualifiee")
NESSY = replace(NESSI, birth_name="NESSY")


def twice(user: User, traits: IdentityTraits = NESSI) -> tuple[UUID, UUID]:
    """The same person twice, typed « malgré tout »."""
    first = create(user, traits)
    return first, create(user, traits, despite=[first])


def become(patient_id: UUID, status: str, matricule: str = "") -> None:
    ins = (NIR, matricule or MATRICULES["NESSI"]) if status in WITH_INS else ("", "")
    Patient.objects.filter(pk=patient_id).update(status=status, ins_oid=ins[0], ins_matricule=ins[1])


def merge(user: User, kept: UUID, absorbed: UUID, *, right: str = "", reason: str = "Même personne") -> UUID:
    revisions = [Patient.everyone.get(pk=pk).revision for pk in (kept, absorbed)]
    return merging.merge_patients(
        actor=user,
        kept_id=kept,
        absorbed_id=absorbed,
        expected_revisions=(revisions[0], revisions[1]),
        reason=reason,
        right=right,
    )


@pytest.mark.parametrize("absorbed_status", RUN)
@pytest.mark.parametrize("kept_status", RUN)
def test_the_table_is_what_comes_out(alice: User, kept_status: str, absorbed_status: str) -> None:
    """All sixteen: the status and the INS of the identity that the table names, and the other INS in the history."""
    kept, absorbed = twice(alice)
    become(kept, kept_status)
    become(absorbed, absorbed_status, MATRICULES["CORSE"])
    both = kept_status in WITH_INS and absorbed_status in WITH_INS
    side = rules.TABLE[kept_status, absorbed_status]
    merge(alice, kept, absorbed, right=side if both else "")
    row = Patient.objects.get(pk=kept)
    retained, other = (kept_status, absorbed_status) if side == rules.KEPT else (absorbed_status, kept_status)
    matricules = {rules.KEPT: MATRICULES["NESSI"], rules.ABSORBED: MATRICULES["CORSE"]}
    assert (row.status, row.ins_matricule) == (retained, matricules[side] if retained in WITH_INS else "")
    former = [matricules[rules.ABSORBED if side == rules.KEPT else rules.KEPT]] if other in WITH_INS else []
    assert list(FormerIns.objects.filter(patient=kept).values_list("matricule", flat=True)) == former


@pytest.mark.parametrize("right", ["", "gardee", "absorbee", "autre"])
def test_a_choice_counts_only_where_the_identities_contradict_each_other(right: str) -> None:
    for (kept, absorbed), side in rules.TABLE.items():
        assert rules.reference(kept, absorbed, [], right) == side
        assert rules.reference(kept, absorbed, ["birth_date"], right) == (
            right if right in (rules.KEPT, rules.ABSORBED) else None
        )


def test_an_ins_that_the_retained_identity_took_since_is_looked_at_when_they_part(alice: User) -> None:
    kept, absorbed = twice(alice)
    become(kept, "recuperee", MATRICULES["CORSE"])
    become(absorbed, "recuperee")
    merge_id = merge(alice, kept, absorbed, right="gardee")
    become(kept, "recuperee")
    revision = Patient.objects.get(pk=kept).revision
    merging.unmerge_patients(actor=alice, merge_id=merge_id, expected_revision=revision, reason="Deux personnes")
    first, second = (Patient.objects.get(pk=pk) for pk in (kept, absorbed))
    assert (first.ins_matricule, second.ins_matricule) == (MATRICULES["NESSI"], "")
    pairs = DuplicateAlert.objects.filter(why=DuplicateAlert.Why.SAME_INS, state=DuplicateAlert.State.OPEN)
    assert [{pair.first_id, pair.second_id} for pair in pairs] == [{kept, absorbed}]


def test_a_merge_qualifies_nobody() -> None:
    assert {(kept, absorbed) for kept in RUN for absorbed in RUN} == set(rules.TABLE)
    for (kept, absorbed), side in rules.TABLE.items():
        retained = kept if side == rules.KEPT else absorbed
        assert retained == "qualifiee" or "qualifiee" not in (kept, absorbed)


@pytest.mark.parametrize(("right", "name", "former"), [("gardee", "NESSI", []), ("absorbee", "NESSY", [MATRICULES["NESSI"]])])
def test_contradicting_identities_need_somebody_who_says_which_is_right(
    alice: User, right: str, name: str, former: list[str]
) -> None:
    kept, absorbed = create(alice), create(alice, NESSY, despite=_all())
    become(kept, "qualifiee")
    with pytest.raises(merging.MergeConflict) as conflict:
        merge(alice, kept, absorbed)
    assert conflict.value.fields == ("birth_name",)
    shown = merging.preview_merge(actor=alice, kept_id=kept, absorbed_id=absorbed, right=right)
    assert (shown.contradictions, shown.reference, shown.loses_ins) == (["birth_name"], right, right == "absorbee")
    merge(alice, kept, absorbed, right=right)
    assert Patient.objects.get(pk=kept).birth_name == name
    assert list(FormerIns.objects.values_list("matricule", flat=True)) == former
    assert [line.patient_id for line in api.search(actor=alice, text=name).lines] == [kept]


def test_two_ins_of_one_person_contradict_each_other(alice: User) -> None:
    kept, absorbed = twice(alice)
    become(kept, "qualifiee")
    become(absorbed, "qualifiee", MATRICULES["CORSE"])
    with pytest.raises(merging.MergeConflict) as conflict:
        merge(alice, kept, absorbed)
    assert conflict.value.fields == ("ins",)


def test_what_is_refused(alice: User) -> None:
    kept, absorbed = twice(alice)
    with pytest.raises(merging.MergeRefused, match="pourquoi"):
        merge(alice, kept, absorbed, reason="  ")
    with pytest.raises(merging.MergeRefused, match="elle-même"):
        merge(alice, kept, kept)
    with pytest.raises(api.StaleIdentity):
        merging.merge_patients(actor=alice, kept_id=kept, absorbed_id=absorbed, expected_revisions=(9, 1), reason="x")
    api.set_attributes(
        actor=alice, patient_id=absorbed, expected_revision=Patient.objects.get(pk=absorbed).revision, fictitious=True
    )
    with pytest.raises(merging.MergeRefused, match="fictive"):
        merge(alice, kept, absorbed)
    assert merging.preview_merge(actor=alice, kept_id=kept, absorbed_id=absorbed).impossible
    assert not Merge.objects.exists()


def test_both_files_must_be_open_to_who_merges(alice: User, charlie: User, lea: User) -> None:
    mine, theirs = create(alice), create(charlie, CORSE)
    for kept, absorbed in ((mine, theirs), (theirs, mine)):
        with pytest.raises(api.UnknownPatient):
            merge(alice, kept, absorbed, right="gardee")
    other = create(alice, TCHITCHI)
    with pytest.raises(PermissionDenied):
        merge(lea, mine, other, right="gardee")


def test_nobody_parts_twice_nor_unknown(alice: User) -> None:
    kept, absorbed = twice(alice)
    merge_id = merge(alice, kept, absorbed)

    def part() -> None:
        revision = Patient.objects.get(pk=kept).revision
        merging.unmerge_patients(actor=alice, merge_id=merge_id, expected_revision=revision, reason="Deux sœurs")

    part()
    with pytest.raises(merging.MergeRefused, match="déjà"):
        part()
    with pytest.raises(LookupError):
        merging.unmerge_patients(actor=alice, merge_id=UUID(int=1), expected_revision=1, reason="x")
    assert {row.homonym for row in Patient.objects.all()} == {True}


# What flows say


def test_a_flow_merges_what_its_facility_follows_alone(alice: User) -> None:
    kept, absorbed = twice(alice)
    done = merging.merge_from_flow(facility_id=here(alice), kept_id=kept, absorbed_id=absorbed)
    assert done.merge_id == Merge.objects.get().pk
    again = merging.merge_from_flow(facility_id=here(alice), kept_id=kept, absorbed_id=absorbed)
    assert again == merging.FlowMerge(), "idempotent"
    assert [trace.actor_id for trace in audit.traces(patient_id=kept) if trace.action == "patient.merged"] == [None]


@pytest.mark.parametrize("case", ["followed elsewhere", "contradiction"])
def test_a_flow_asks_people_for_the_rest(alice: User, charlie: User, case: str) -> None:
    kept, absorbed = twice(alice) if case == "followed elsewhere" else (create(alice), create(alice, CORSE))
    if case == "followed elsewhere":
        api.adopt_patient(actor=charlie, facility_id=here(charlie), patient_id=absorbed, traits=NESSI)
    done = merging.merge_from_flow(facility_id=here(alice), kept_id=kept, absorbed_id=absorbed)
    assert done.merge_id is None
    assert done.alert_id is not None
    (pair,) = merging.duplicates(alice)
    assert (pair.alert_id, pair.why) == (done.alert_id, "flux")
    with pytest.raises(Refused):
        merging.merge_from_flow(facility_id=UUID(int=1), kept_id=kept, absorbed_id=absorbed)


def test_a_replayed_message_undoes_no_decision(alice: User) -> None:
    """Parted by somebody, or held for two persons: the flow asks, and merges no more."""
    kept, absorbed = twice(alice)

    def flow() -> merging.FlowMerge:
        return merging.merge_from_flow(facility_id=here(alice), kept_id=kept, absorbed_id=absorbed)

    merge_id = flow().merge_id
    assert merge_id is not None
    revision = Patient.objects.get(pk=kept).revision
    merging.unmerge_patients(actor=alice, merge_id=merge_id, expected_revision=revision, reason="Deux sœurs")
    again = flow()
    assert (again.merge_id, again.alert_id) == (None, DuplicateAlert.objects.get().pk)
    merging.answer_distinct(actor=alice, alert_id=DuplicateAlert.objects.get().pk, reason="Deux sœurs")
    assert flow() == merging.FlowMerge()
    assert Merge.objects.count() == 1


def test_links_are_read_with_what_was_merged_since(alice: User) -> None:
    first, second = twice(alice)
    third = create(alice, CORSE)
    merging.link_patients(first_id=second, second_id=third)
    merging.link_patients(first_id=third, second_id=second)
    assert Link.objects.count() == 1
    assert (merging.linked(third), merging.linked(second), merging.linked(first)) == ([second], [third], [])
    merge_id = merge(alice, first, second)
    assert (merging.linked(third), merging.linked(first)) == ([first], [third])
    merging.unmerge_patients(
        actor=alice, merge_id=merge_id, expected_revision=Patient.objects.get(pk=first).revision, reason="Deux sœurs"
    )
    assert merging.unlink_patients(first_id=second, second_id=third)
    assert not merging.unlink_patients(first_id=second, second_id=third)
    assert merging.linked(third) == []


def test_a_local_number_that_changes(facility: Facility, alice: User) -> None:
    former, new, taken = (InstanceId("1.2.3.4", number) for number in ("A1", "A2", "A3"))
    registered = api.register_from_header(actor=alice, facility_id=facility.pk, header=header(NESSI, identifiers=(former,)))
    api.register_from_header(actor=alice, facility_id=facility.pk, header=header(CORSE, identifiers=(taken,)))
    patient_id = registered.patient_id
    for _again in range(2):
        assert merging.change_identifier(former=former, new=new) == patient_id
    assert api.patient_snapshot(patient_id).identifiers == (new,)
    with pytest.raises(Refused, match="autre patient"):
        merging.change_identifier(former=new, new=taken)
    assert merging.change_identifier(former=InstanceId("1.2.3.4", "Z9"), new=InstanceId("1.2.3.4", "Z8")) is None


# Possible duplicates


def test_a_creation_in_spite_of_another_is_looked_at(alice: User, charlie: User) -> None:
    first, second = twice(alice)
    (pair,) = merging.duplicates(alice)
    assert {pair.first.patient_id, pair.second.patient_id} == {first, second}
    assert (pair.why, pair.differing) == ("creation", [])
    assert merging.duplicates(charlie) == []
    merge(alice, first, second)
    assert merging.duplicates(alice) == []
    assert DuplicateAlert.objects.get().state == "fusionnes"


def test_two_persons_are_not_asked_about_again(alice: User) -> None:
    first, second = (
        create(alice),
        create(alice, replace(NESSI, first_given_name="NATALIE", given_names="NATALIE"), despite=_all()),
    )
    (pair,) = merging.duplicates(alice)
    with pytest.raises(merging.MergeRefused):
        merging.answer_distinct(actor=alice, alert_id=pair.alert_id, reason=" ")
    merging.answer_distinct(actor=alice, alert_id=pair.alert_id, reason="Jumelles")
    with pytest.raises(LookupError):
        merging.answer_distinct(actor=alice, alert_id=pair.alert_id, reason="Jumelles")
    find_duplicates()
    assert merging.open_alert(first, second, merging.Why.CREATION) is None
    assert merging.duplicates(alice) == []
    merging.open_alert(first, second, merging.Why.SAME_INS)
    assert [line.why for line in merging.duplicates(alice)] == ["meme_ins"], "INSi says otherwise: ask again"


def test_same_traits_held_for_two_persons_are_homonyms(alice: User) -> None:
    twice(alice)
    Patient.objects.update(homonym=False)
    (pair,) = merging.duplicates(alice)
    merging.answer_distinct(actor=alice, alert_id=pair.alert_id, reason="Adresses et parents différents")
    assert {patient.homonym for patient in Patient.objects.all()} == {True}


NEAR = replace(NESSI, birth_date="1977-07-15")
CASES = {
    "same traits": (NESSI, "traits_identiques"),
    "one slip in the name": (NESSY, "traits_proches"),
    "one slip in the date": (NEAR, "traits_proches"),
    "somebody else": (CORSE, None),
}


@pytest.mark.parametrize("case", CASES)
def test_the_job_compares_each_identity_once(alice: User, case: str) -> None:
    traits, why = CASES[case]
    create(alice)
    create(alice, traits, despite=_all())
    DuplicateAlert.objects.all().delete()
    assert find_duplicates(limit=1) == 1
    assert find_duplicates() == 1
    assert find_duplicates() == 0
    assert [line.why for line in merging.duplicates(alice)] == ([why] if why else [])


def _all() -> list[UUID]:
    return list(Patient.objects.values_list("pk", flat=True))


# The qualification of both


def waiting(user: User, patient_id: UUID, waits: str) -> Qualification:
    return Qualification.objects.create(
        patient_id=patient_id,
        facility_id=here(user),
        actor_id=user.pk,
        source="saisie",
        match="identique",
        traits=asdict(NESSI),
        waits=waits,
        code="00",
    )


def test_a_process_that_waited_for_the_merge_goes_on(alice: User) -> None:
    """INSi gave « validée » the INS of another file; once merged, the process no longer waits for that answer."""
    kept, absorbed = twice(alice)
    become(kept, "validee")
    become(absorbed, "recuperee")
    process = waiting(alice, kept, "doublon")
    merging.open_alert(kept, absorbed, merging.Why.SAME_INS)
    merge_id = merge(alice, kept, absorbed)
    process.refresh_from_db()
    assert (process.closed_at, process.waits) != (None, "doublon")
    revision = Patient.objects.get(pk=kept).revision
    merging.unmerge_patients(actor=alice, merge_id=merge_id, expected_revision=revision, reason="Deux sœurs")
    process.refresh_from_db()
    assert (process.closed_at, process.waits, process.code) == (None, "doublon", "00")


def test_what_was_begun_since_goes_with_the_identity_it_was_about(alice: User) -> None:
    """The INS came from the absorbed identity, and a justificatif was seen since: both go back together."""
    kept, absorbed = twice(alice)
    become(absorbed, "recuperee")
    merge_id = merge(alice, kept, absorbed)
    IdentityProof.objects.create(patient_id=kept, kind="CNI", level="eleve", origin="saisie", at=timezone.now())
    Patient.objects.filter(pk=kept).update(status="qualifiee")
    revision = Patient.objects.get(pk=kept).revision
    merging.unmerge_patients(actor=alice, merge_id=merge_id, expected_revision=revision, reason="Deux sœurs")
    assert IdentityProof.objects.get().patient_id == absorbed
    assert {p.pk: p.status for p in Patient.objects.all()} == {kept: "provisoire", absorbed: "qualifiee"}


def test_the_proof_of_a_wrong_identity_proves_nothing_of_the_right_one(alice: User) -> None:
    kept, absorbed = create(alice), create(alice, NESSY, despite=_all())
    become(absorbed, "validee")
    proof = IdentityProof.objects.create(patient_id=absorbed, kind="CNI", level="eleve", origin="saisie", at=timezone.now())
    merge_id = merge(alice, kept, absorbed, right="gardee")
    proof.refresh_from_db()
    assert (proof.patient_id, proof.ended_at is None) == (kept, False)
    revision = Patient.objects.get(pk=kept).revision
    merging.unmerge_patients(actor=alice, merge_id=merge_id, expected_revision=revision, reason="Deux sœurs")
    proof.refresh_from_db()
    assert (proof.patient_id, proof.ended_at) == (absorbed, None)


def test_the_list_asks_as_much_for_one_pair_as_for_many(alice: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            merging.duplicates(alice)
        return len(queries)

    first, _second = twice(alice)
    few = asked()
    for _more in range(3):
        create(alice, despite=_all())
    assert len(merging.duplicates(alice)) == 10
    assert asked() == few
    become(first, "validee")
    third = create(alice, CORSE)
    merge(alice, third, first, right="gardee")
    assert {third} <= {pair.first.patient_id for pair in merging.duplicates(alice)} | {
        pair.second.patient_id for pair in merging.duplicates(alice)
    }, "who was absorbed stands for the kept one"
