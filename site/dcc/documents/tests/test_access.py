"""Who reaches which documents: one by one, and in lists; both read the same table."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from dcc.accounts.models import Facility, User
from dcc.accounts.queries import keep_rights
from dcc.contracts.snapshots import IdentityTraits
from dcc.documents import access, api
from dcc.documents.models import Document
from dcc.patients import api as patients

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
