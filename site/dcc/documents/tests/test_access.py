"""Who reaches which documents: one by one, and in lists; both read the same table."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from dcc.accounts.api import Action, Policy, Relation
from dcc.accounts.models import Facility, User
from dcc.accounts.policies import LETTERS, POLICY, read_table
from dcc.accounts.queries import keep_rights
from dcc.contracts.snapshots import IdentityTraits
from dcc.documents import access, api
from dcc.documents.checks import check_regional_scopes
from dcc.documents.models import Document
from dcc.documents.tests.worlds import draw
from dcc.patients import access as patient_access
from dcc.patients import api as patients
from dcc.patients.models import Patient
from forms_config.api import PublishedForm

pytestmark = pytest.mark.django_db


def seen(actor: User) -> set[UUID]:
    """What the lists of a person show."""
    return {line.document_id for line in api.worklist(actor)}


def opened(actor: User) -> set[UUID]:
    """What the person may open, asked one by one."""
    everything = Document.objects.select_related("facility")
    return {document.pk for document in everything if access.standing(actor, document).may("document.open")}


def test_who_wrote_sees_it_in_the_list_wherever_it_is(alice: User, bob: User, frcp_id: UUID, other_facility: Facility) -> None:
    Document.objects.filter(pk=frcp_id).update(facility=other_facility)
    assert seen(alice) == opened(alice) == {frcp_id}
    assert seen(bob) == opened(bob) == set()


def test_a_session_of_one_patient_shows_and_opens_that_one(
    alice: User, facility: Facility, frcp_id: UUID, patient_id: UUID
) -> None:
    """R-109: whatever else the person may do in a session of her own."""
    traits = IdentityTraits("AUTRE", "ANNE", "ANNE", "F", "1980-02-01", "51215", "DOMPREMY")
    other = patients.create_patient(actor=alice, facility_id=facility.pk, traits=traits)
    of_other = api.create_document(actor=alice, patient_id=other, facility_id=facility.pk, document_type="frcp")
    assert seen(alice) == opened(alice) == {frcp_id, of_other}
    bound = User.objects.get(pk=alice.pk)
    keep_rights(bound, only_patient=patient_id)
    assert seen(bound) == opened(bound) == {frcp_id}
    assert patients.open_patient(actor=bound, patient_id=patient_id).revision == 1
    with pytest.raises(api.DocumentNotFound):
        api.open_document(bound, of_other)
    with pytest.raises(PermissionDenied):
        patients.open_patient(actor=bound, patient_id=other)
    assert patients.search(actor=bound, text="autre").lines == ()
    with pytest.raises(api.ActionForbidden):
        api.create_document(actor=bound, patient_id=other, facility_id=facility.pk, document_type="frcp")
    here = api.create_document(actor=bound, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    assert seen(bound) == {frcp_id, here}


ELSE = read_table("""
                             medecin  assistant  lecteur  editeur  administrateur  responsable
patient.search               TF       F          -        -        -               -
patient.open                 TFG      F          T        -        -               -
document.open                ATF      AF         T        -        -               -
document.open * valide       ATRFG    AR         TR       -        -               -
document.open autre          AT       F          -        -        -               -
document.open autre complete R        -          G        -        -               -
document.edit                F        AT         -        -        -               -
""")
"""Another table, cut every way, to try the filter and not only the platform's cells."""


def differences(seed: int, form: PublishedForm) -> list[str]:
    """Where a list and the answer one by one disagree, for everybody of a world; each relation must have decided somewhere."""
    world, found = draw(seed, form), []
    for person in world.people:
        everything = [(d, access.standing(person, d)) for d in access.documents()]
        for action in (Action.OPEN_DOCUMENT, Action.EDIT_DOCUMENT, Action.DOWNLOAD_ARTIFACT):
            one_by_one = {document.pk for document, standing in everything if standing.may(action)}
            listed = set(Document.objects.filter(pk__in=access.within(person, action)).values_list("pk", flat=True))
            found += [f"{seed} {person} {action}"] if one_by_one != listed else []
            DECIDED.update(tie for _d, standing in everything if (tie := standing.tie(action)))
        for action in (Action.SEARCH_PATIENTS, Action.OPEN_PATIENT):
            may = {p.pk for p in world.patients if patient_access.may(person, action, p)}
            within = set(Patient.objects.filter(patient_access.within(person, action)).values_list("pk", flat=True))
            found += [f"{seed} {person} {action}"] if may != within else []
    return found


DECIDED: set[Relation] = set()


@pytest.mark.parametrize("policy", [POLICY, ELSE], ids=["ours", "another"])
def test_lists_show_what_one_may_open_and_nothing_else(
    policy: Policy, frcp_form: PublishedForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dcc.accounts.queries.policy_in_force", lambda: policy)
    DECIDED.clear()
    assert differences(1, frcp_form) == []
    assert set(LETTERS.values()) == DECIDED, "every relation decided somewhere in this world"


@pytest.mark.prove
@pytest.mark.parametrize("policy", [POLICY, ELSE], ids=["ours", "another"])
def test_lists_and_answers_agree_in_many_worlds(
    policy: Policy, frcp_form: PublishedForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dcc.accounts.queries.policy_in_force", lambda: policy)
    found = []
    for seed in range(60):
        with suppress(_Undone), transaction.atomic():
            found += differences(seed, frcp_form)
            raise _Undone
    assert found == []


class _Undone(Exception):
    """Takes a world away before the next one."""


def test_a_regional_line_of_no_document_stops_the_start(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "droits.txt"
    file.write_text("document.open pps medecin=ATRFG\ndocument.download frpc medecin=-\ndocument.download * fini medecin=-")
    settings.DCC_POLICY_FILE = str(file)
    assert [error.msg.rpartition("« ")[2] for error in check_regional_scopes()] == ["frpc »", "fini »"]
