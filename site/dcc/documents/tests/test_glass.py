"""« Bris de glace », the care team, masked patients: what each opens, to whom, for how long, and what is left of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dcc.accounts.models import Facility, User
from dcc.audit import api as audit
from dcc.contracts.snapshots import IdentityTraits
from dcc.documents import api as documents
from dcc.documents.models import DocumentVersion
from dcc.events.models import Event
from dcc.patients import api
from dcc.patients.models import BrokenGlass
from rcp_directory import api as directory
from rcp_directory.api import Named
from rcp_directory.models import RcpMember

pytestmark = pytest.mark.django_db

TRAITS = IdentityTraits("PAT-TROIS", "DOMINIQUE", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215", "DOMPREMY")
WHY: dict[str, Any] = {"reason": "avis", "words": "Avis demandé par téléphone"}


def opens(actor: User, patient_id: UUID) -> bool:
    """Whether somebody opens the file of a patient."""
    try:
        api.open_patient(actor=actor, patient_id=patient_id)
    except PermissionDenied:
        return False
    return True


def finds(actor: User) -> bool:
    """Whether a search finds the patient."""
    return bool(api.search(actor=actor, text="pat-trois").lines)


def actions(patient_id: UUID) -> list[str]:
    """What the journal says of a patient, oldest first."""
    return [trace.action for trace in reversed(audit.traces(patient_id=patient_id))]


def test_a_stranger_reads_for_some_hours_and_never_writes(charlie: User, frcp_id: UUID, patient_id: UUID, settings: Any) -> None:
    assert not opens(charlie, patient_id)
    assert api.break_glass(actor=charlie, traits=TRAITS, **WHY) == patient_id
    file = api.open_patient(actor=charlie, patient_id=patient_id)
    assert file.glass_until is not None
    assert abs(file.glass_until - timezone.now() - timedelta(hours=settings.DCC_GLASS_HOURS)) < timedelta(minutes=1)
    view = documents.open_document(charlie, frcp_id)
    assert (view.tie, view.editable, dict(view.actions)) == ("glass", False, {})
    with pytest.raises(documents.ActionForbidden):
        documents.add_row(actor=charlie, document_id=frcp_id, group_key="frcp.tumeurs")
    assert not finds(charlie), "a search does not list what a reason opened"
    assert [trace.facts["tie"] for trace in audit.traces(actor_id=charlie.pk) if "opened" in trace.action] == ["glass", "glass"]
    BrokenGlass.objects.update(at=timezone.now() - timedelta(hours=5), until=timezone.now() - timedelta(hours=1))
    assert not opens(charlie, patient_id)
    with pytest.raises(documents.DocumentNotFound):
        documents.open_document(charlie, frcp_id)


def test_the_alert_names_no_word_nor_trait(charlie: User, patient_id: UUID) -> None:
    api.break_glass(actor=charlie, traits=TRAITS, **WHY)
    (trace,) = [t for t in audit.traces(patient_id=patient_id) if t.action == "glass.broken"]
    assert set(trace.facts) == {"reason", "masked", "until"}
    event = Event.objects.get(name="patient.glass_broken")
    assert set(event.payload) == {"glass_id", "patient_id", "at", "actor_id", "masked"}
    (seen,) = api.glasses_of(patient_id)
    assert (seen.user_id, seen.words) == (charlie.pk, "Avis demandé par téléphone")


def test_who_has_a_tie_breaks_nothing(alice: User, bob: User, patient_id: UUID) -> None:
    assert api.break_glass(actor=bob, traits=TRAITS, **WHY) == patient_id
    assert not BrokenGlass.objects.exists()


@pytest.mark.parametrize("who", ["sonia", "lea", "edith", "adrien", "rachel"])
def test_only_a_physician_may(who: str, request: pytest.FixtureRequest, patient_id: UUID) -> None:
    with pytest.raises(PermissionDenied):
        api.break_glass(actor=request.getfixturevalue(who), traits=TRAITS, **WHY)


@pytest.mark.parametrize(
    "changed",
    [
        {"birth_name": "PAT"},
        {"first_given_name": "DOMI"},
        {"sex": "M"},
        {"birth_date": "1979-03-29"},
        {"birth_place_code": "51216"},
    ],
)
def test_one_wrong_trait_finds_nobody_and_leaves_a_trace(charlie: User, patient_id: UUID, changed: dict[str, Any]) -> None:
    from dataclasses import replace

    with pytest.raises(api.NobodyExactly):
        api.break_glass(actor=charlie, traits=replace(TRAITS, given_names="", **changed), **WHY)
    assert [trace.action for trace in audit.traces(actor_id=charlie.pk)] == ["glass.refused"]
    assert not opens(charlie, patient_id)


def test_what_is_missing_is_said_at_once(charlie: User, patient_id: UUID) -> None:
    with pytest.raises(api.IdentityErrors) as refused:
        api.break_glass(actor=charlie, traits=IdentityTraits("", "", "", "F", "", "", ""), reason="", words=" ")
    assert {"birth_name", "birth_date", "reason", "words"} <= set(refused.value.fields)
    with pytest.raises(api.IdentityErrors) as refused:
        api.break_glass(actor=charlie, matricule="12", **WHY)
    assert set(refused.value.fields) == {"matricule"}


def test_the_review(charlie: User, rachel: User, adrien: User, patient_id: UUID, settings: Any) -> None:
    api.break_glass(actor=charlie, traits=TRAITS, **WHY)
    (waiting,) = api.to_review(rachel)
    assert (waiting.who, waiting.places, waiting.overdue, waiting.verdict) == (
        "DR Charlie CHAUVIN",
        "Clinique d'Ailleurs",
        False,
        "",
    )
    with pytest.raises(PermissionDenied):
        api.to_review(adrien)
    with pytest.raises(PermissionDenied):
        api.review_glass(actor=adrien, glass_id=waiting.glass_id, verdict="justifie", words="x")
    with pytest.raises(api.IdentityErrors) as refused:
        api.review_glass(actor=rachel, glass_id=waiting.glass_id, verdict="", words="")
    assert set(refused.value.fields) == {"verdict", "words"}
    settings.DCC_GLASS_REVIEW_DAYS = -1
    assert api.to_review(rachel)[0].overdue
    api.review_glass(actor=rachel, glass_id=waiting.glass_id, verdict="non_justifie", words="Pas de lien de soin")
    assert not opens(charlie, patient_id), "what was not justified ends at once"
    assert api.to_review(rachel) == []
    assert [g.review_words for g in api.to_review(rachel, reviewed=True)] == ["Pas de lien de soin"]
    with pytest.raises(LookupError):
        api.review_glass(actor=rachel, glass_id=waiting.glass_id, verdict="justifie", words="x")


def test_nobody_reviews_an_own_access(charlie: User, patient_id: UUID) -> None:
    from dcc.accounts.models import Membership

    Membership.objects.create(user=charlie, role="responsable")
    api.break_glass(actor=charlie, traits=TRAITS, **WHY)
    with pytest.raises(PermissionDenied):
        api.review_glass(actor=charlie, glass_id=api.to_review(charlie)[0].glass_id, verdict="justifie", words="x")


def test_the_care_team_reaches_beyond_the_establishment(alice: User, charlie: User, patient_id: UUID, frcp_id: UUID) -> None:
    api.join_team(actor=alice, patient_id=patient_id, user_id=charlie.pk)
    api.join_team(actor=alice, patient_id=patient_id, user_id=charlie.pk)
    assert finds(charlie)
    assert documents.open_document(charlie, frcp_id).editable
    assert [line.document_id for line in documents.worklist(charlie)] == [frcp_id]
    assert [member.name for member in api.care_team(patient_id)] == ["DR Charlie CHAUVIN"]
    api.leave_team(actor=alice, patient_id=patient_id, user_id=charlie.pk)
    assert not finds(charlie)
    assert not opens(charlie, patient_id)
    assert actions(patient_id).count("patient.team_joined") == actions(patient_id).count("patient.team_left") == 1


def test_who_may_name_whom(alice: User, lea: User, charlie: User, edith: User, patient_id: UUID) -> None:
    with pytest.raises(PermissionDenied):
        api.join_team(actor=lea, patient_id=patient_id, user_id=charlie.pk)
    with pytest.raises(api.UnknownPatient):
        api.join_team(actor=charlie, patient_id=patient_id, user_id=charlie.pk)
    with pytest.raises(api.IdentityErrors):
        api.join_team(actor=alice, patient_id=patient_id, user_id=edith.pk)


def test_a_masked_patient_is_his_teams_alone(
    alice: User, bob: User, sonia: User, charlie: User, facility: Facility, patient_id: UUID, frcp_id: UUID
) -> None:
    """Alice wrote the document, bob masks and joins the team, sonia only works there, charlie works elsewhere."""
    api.mask_patient(actor=bob, patient_id=patient_id, words="Personnalité publique")
    assert [member.user_id for member in api.care_team(patient_id)] == [bob.pk]
    assert [finds(person) for person in (alice, bob, sonia)] == [False, True, False]
    assert [opens(person, patient_id) for person in (alice, bob, sonia)] == [False, True, False]
    assert [bool(documents.worklist(person)) for person in (alice, bob, sonia)] == [True, True, False]
    assert documents.open_document(alice, frcp_id).editable, "an author keeps her document"
    with pytest.raises(documents.DocumentNotFound):
        documents.open_document(sonia, frcp_id)
    with pytest.raises(api.UnknownPatient):
        api.unmask_patient(actor=alice, patient_id=patient_id)
    with pytest.raises(api.IdentityErrors):
        api.leave_team(actor=bob, patient_id=patient_id, user_id=bob.pk)
    api.break_glass(actor=charlie, traits=TRAITS, **WHY)
    assert api.glasses_of(patient_id)[0].was_masked
    assert opens(charlie, patient_id)
    api.unmask_patient(actor=bob, patient_id=patient_id)
    assert finds(sonia)
    assert {"patient.masked", "patient.unmasked"} <= set(actions(patient_id))


def test_creating_somebody_like_a_masked_patient_shows_nothing_and_adopts_nothing(
    alice: User, bob: User, sonia: User, facility: Facility, patient_id: UUID
) -> None:
    from dataclasses import replace

    api.mask_patient(actor=bob, patient_id=patient_id, words="Personnalité publique")
    near = replace(TRAITS, birth_name="PAT-TROIX")
    assert api.candidates(actor=sonia, facility_id=facility.pk, traits=near) == []
    assert [c.patient_id for c in api.candidates(actor=bob, facility_id=facility.pk, traits=near)] == [patient_id]
    (exact,) = api.candidates(actor=sonia, facility_id=facility.pk, traits=TRAITS)
    assert not exact.followed_here
    with pytest.raises(PermissionDenied, match="masqué"):
        api.adopt_patient(actor=sonia, facility_id=facility.pk, patient_id=patient_id, traits=TRAITS)


def test_masking_wants_a_reason_and_a_physician(bob: User, sonia: User, patient_id: UUID) -> None:
    with pytest.raises(api.IdentityErrors):
        api.mask_patient(actor=bob, patient_id=patient_id, words=" ")
    with pytest.raises(PermissionDenied):
        api.mask_patient(actor=sonia, patient_id=patient_id, words="x")


def test_a_seat_in_an_rcp_reads_what_is_addressed_to_it_and_is_traced(alice: User, charlie: User, frcp_id: UUID) -> None:
    """Once completed, not before; and no longer than the seat."""
    rcp_id = directory.record_rcp(
        national_id="RCP1", denomination="Sein", network=Named("R", "R", "R"), centre=Named("C", "C", "C")
    )
    assert charlie.practitioner_id is not None
    directory.record_member(rcp_id=rcp_id, practitioner_id=charlie.practitioner_id)
    DocumentVersion.objects.filter(document=frcp_id).update(rcp="RCP1")
    assert documents.worklist(charlie) == []
    DocumentVersion.objects.filter(document=frcp_id).update(status="complete")
    assert [line.document_id for line in documents.worklist(charlie)] == [frcp_id]
    view = documents.open_document(charlie, frcp_id)
    assert (view.tie, view.editable) == ("rcp", False)
    RcpMember.objects.all().delete()
    assert documents.worklist(charlie) == []
    assert [trace.action for trace in audit.traces(subject=f"rcp:{rcp_id}")] == ["rcp.member_unseated", "rcp.member_seated"]


def test_the_rcp_of_an_frcp_follows_its_answers(alice: User, facility: Facility, patient_id: UUID, configuration: None) -> None:
    answers = {"frcp.rcp.identifiant": "RCP7"}
    known = documents.create_document(
        actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp", answers=answers
    )
    assert DocumentVersion.objects.get(document=known).rcp == "RCP7"
    revision = documents.open_document(alice, known).revision
    documents.save_answers(actor=alice, document_id=known, changes=[documents.Change("frcp.rcp.identifiant", "RCP8", revision)])
    assert DocumentVersion.objects.get(document=known).rcp == "RCP8"


def test_what_is_received_for_a_masked_patient_waits_for_his_team(
    alice: User, bob: User, sonia: User, facility: Facility, patient_id: UUID, configuration: None
) -> None:
    api.mask_patient(actor=bob, patient_id=patient_id, words="Collègue")
    ask: dict[str, Any] = {"patient_id": patient_id, "facility_id": facility.pk, "document_type": "frcp"}
    with pytest.raises(documents.ActionForbidden, match="masqué"):
        documents.create_document(actor=sonia, **ask)
    started = documents.create_document(actor=bob, **ask)
    assert [line.document_id for line in documents.worklist(bob)] == [started]


def test_a_reading_by_glass_starts_no_document(
    charlie: User, other_facility: Facility, patient_id: UUID, configuration: None
) -> None:
    api.break_glass(actor=charlie, traits=TRAITS, **WHY)
    with pytest.raises(documents.ActionForbidden, match="pas suivi"):
        documents.create_document(actor=charlie, patient_id=patient_id, facility_id=other_facility.pk, document_type="frcp")
