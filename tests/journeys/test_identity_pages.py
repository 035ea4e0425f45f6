"""The pages of identity are read by axe, on a telephone and on a wide screen, with the path at each of its moments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.urls import reverse

from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled
from dcc.contracts.identity import FormerMatricule
from dcc.contracts.snapshots import IdentityTraits, InstanceId
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.patients.tests.covered import cover, insi_answers, verdict
from dcc.patients.tests.people import NIR, PAT_TROIS, header
from tests.fixtures import make_patient
from tests.journeys.conftest import Sit, needs_browser

pytestmark = needs_browser
OTHER = IdentityTraits("PAT-TROIX", "DOMINIQUE", "DOMINIQUE MARIE LOUISE", "F", "1979-03-28", "51215", "DOMPREMY")


def scene(alice: User, team: dict[str, User]) -> dict[str, str]:
    """A patient whom INSi knows a little otherwise, a possible duplicate, and an identity received that contradicts."""
    facility = alice.memberships.get().facility
    assert facility is not None
    patient_id = make_patient(alice, facility)
    twin_id = patients.create_patient(actor=alice, facility_id=facility.pk, traits=OTHER, despite=[patient_id])
    stopped = reverse("web:identity", args=[twin_id])
    facility.identifier_oid = "1.2.250.1.999.1"
    cover(facility, *team.values())
    revision = patients.add_local_identifier(
        actor=alice, patient_id=patient_id, expected_revision=1, facility_id=facility.pk, number="IPP-1"
    )
    said = replace(
        header(replace(PAT_TROIS, birth_name="PAT TROI"), oid=None), identifiers=(InstanceId("1.2.250.1.999.1", "IPP-1"),)
    )
    try:
        patients.register_from_header(actor=alice, facility_id=facility.pk, header=said, source="hl7")
    except patients.IdentityConflict as conflict:
        question = conflict.reconciliation_id
    found = verdict(replace(PAT_TROIS, first_given_name="DOMINIQUE", given_names="DOMINIQUE MARIE LOUISE", birth_place_name=""))
    found = replace(found, former=(FormerMatricule(InstanceId(NIR, "279035121518989"), "2001-01-01", "2019-02-28"),))
    where: dict[str, Any] = {"actor": alice, "facility_id": facility.pk, "patient_id": patient_id, "expected_revision": 2}
    assert revision is None
    with insi_answers(**{"PAT-TROIS": found}):
        patients.ask_insi(**where)
    (pair,) = merging.duplicates(alice)
    return {
        "confirmation": reverse("web:identity", args=[patient_id]),
        "traits": reverse("web:identity_traits", args=[patient_id]),
        "rapprochement": reverse("web:reconciliation", args=[question]),
        "a-traiter": reverse("web:identities"),
        "doublon": reverse("web:duplicate", args=[pair.alert_id]),
        "fusion": reverse("web:merge", args=[patient_id, twin_id]),
        "interroger": stopped,
    }


def test_the_pages_are_readable_by_all(team: dict[str, User], sit: Sit) -> None:
    alice = enrolled(team["alice"])
    pages = scene(alice, team)
    desk = sit(alice)
    desk.sign_in()
    for name, address in pages.items():
        desk.page.set_viewport_size({"width": 1280, "height": 900})
        desk.page.goto(address)
        desk.shot(f"identite-{name}", full_page=True)
        desk.page.set_viewport_size({"width": 360, "height": 740})
        desk.shot(f"identite-{name}-360", full_page=True, accessible=False)
        desk.check_reflow(name)
