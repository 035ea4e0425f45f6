"""Old links lead to the identity that was kept, and the journal of a patient has what was done under the absorbed one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility, User
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.patients.tests.people import CORSE, NESSI
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(alice: User, facility: Facility) -> tuple[UUID, UUID]:
    kept, absorbed = (
        patients.create_patient(actor=alice, facility_id=facility.pk, traits=traits, despite=[]) for traits in (NESSI, CORSE)
    )
    merging.merge_patients(
        actor=alice, kept_id=kept, absorbed_id=absorbed, expected_revisions=(1, 1), reason="Même personne", right="gardee"
    )
    return kept, absorbed


@pytest.mark.parametrize("name", ["web:patient", "web:team", "web:frcp_create"])
def test_an_old_link_leads_to_the_kept_identity(alice: User, visit: Visit, pair: tuple[UUID, UUID], name: str) -> None:
    kept, absorbed = pair
    answer = visit(alice).get(reverse(name, args=[absorbed]), {"de": "liste"})
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse(name, args=[kept])}?de=liste")


def test_a_stranger_learns_nothing_by_it(charlie: User, visit: Visit, pair: tuple[UUID, UUID]) -> None:
    client = visit(charlie)
    answers = [client.get(reverse("web:patient", args=[patient_id])).status_code for patient_id in (*pair, UUID(int=7))]
    assert answers == [404, 404, 404]


def test_what_is_posted_from_a_page_left_open_reaches_the_kept_file(
    alice: User, bob: User, visit: Visit, pair: tuple[UUID, UUID]
) -> None:
    kept, absorbed = pair
    answer = visit(alice).post(reverse("web:team", args=[absorbed]), {"act": "join", "member": str(bob.pk)})
    assert answer.status_code in (200, 302)
    assert [member.user_id for member in patients.care_team(kept)] == [bob.pk]


def test_the_journal_of_a_patient_has_both(alice: User, rachel: User, visit: Visit, pair: tuple[UUID, UUID]) -> None:
    kept, absorbed = pair
    now = timezone.now()
    rows = accounts.accesses_of(
        actor=rachel,
        patient_id=kept,
        also=merging.absorbed_by(kept),
        since=now - timedelta(days=1),
        until=now + timedelta(days=1),
    )
    assert {row.trace.patient_id for row in rows if row.trace.action == "patient.created"} == {kept, absorbed}
    page = visit(rachel).get(reverse("web:journal_accesses", args=[absorbed]))
    assert page["Location"] == reverse("web:journal_accesses", args=[kept])
    page = visit(rachel).get(reverse("web:journal"), {"patient": str(kept)})
    assert page.content.decode().count("Création d&#x27;un patient") == 2
