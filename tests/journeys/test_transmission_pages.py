"""The pages of transmissions are read by axe, on a wide screen, at 200 % and on a telephone."""

from __future__ import annotations

from django.urls import reverse

from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled
from dcc.documents import api as documents
from dcc.exchange.transmissions.tests.standing import one_of_each
from tests.fixtures import fill_document, make_patient
from tests.journeys.conftest import Sit, needs_browser

pytestmark = needs_browser


def scene(alice: User) -> dict[str, str]:
    """A validated FRCP with a transmission in every state, and its pages."""
    facility = alice.memberships.get().facility
    assert facility is not None
    patient_id = make_patient(alice, facility)
    document_id = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    fill_document(alice, document_id)
    revision = documents.open_document(alice, document_id).revision
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
    one_of_each(document_id)
    return {
        "suivi": reverse("web:transmissions", args=[document_id]),
        "politique": reverse("web:who_receives"),
        "document": reverse("web:document", args=[document_id]),
        "patient": reverse("web:patient", args=[patient_id]),
    }


def test_the_pages_are_readable_by_all(team: dict[str, User], sit: Sit) -> None:
    alice = enrolled(team["alice"])
    pages = scene(alice)
    desk = sit(alice)
    desk.sign_in()
    for name, address in pages.items():
        desk.page.set_viewport_size({"width": 1280, "height": 900})
        desk.page.goto(address)
        desk.shot(f"envois-{name}", full_page=True)
        desk.page.set_viewport_size({"width": 360, "height": 740})
        desk.shot(f"envois-{name}-360", full_page=True, accessible=False)
        desk.check_reflow(name)
