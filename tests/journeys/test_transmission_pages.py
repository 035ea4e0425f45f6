"""The pages of transmissions are read by axe, on a wide screen, at 200 % and on a telephone."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse

from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange.tests.regions import THEIRS, complete, two_regions
from dcc.exchange.transmissions.tests.standing import one_of_each
from tests.fixtures import fill_document, make_patient
from tests.journeys.conftest import Sit, needs_browser

pytestmark = needs_browser


def scene(alice: User, patient_id: UUID) -> dict[str, str]:
    """A validated FRCP with a transmission in every state, and its pages."""
    facility = alice.memberships.get().facility
    assert facility is not None
    document_id = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    fill_document(alice, document_id)
    revision = documents.open_document(alice, document_id).revision
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
    rows = one_of_each(document_id)
    return {
        "choix": reverse("web:send", args=[document_id]),
        "adresse": reverse("web:transmission_act", args=[document_id, rows["Dr Paul NOIR"].pk, "adresse"]),
        "validation": reverse("web:validation", args=[document_id]),
        "opposition": reverse("web:opposition", args=[patient_id]),
        "suivi": reverse("web:transmissions", args=[document_id]),
        "politique": reverse("web:who_receives"),
        "document": reverse("web:document", args=[document_id]),
        "patient": reverse("web:patient", args=[patient_id]),
    }


def abroad(alice: User, patient_id: UUID) -> dict[str, str]:
    """An FRCP that may be entrusted, and one that is."""
    facility = alice.memberships.get().facility
    assert facility is not None
    two_regions()
    ready, gone = (
        documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
        for _number in range(2)
    )
    complete(alice, ready)
    revision = complete(alice, gone)
    reason = "Avis demandé au centre de référence"
    exchange.send_to_rcp(
        actor=alice, document_id=gone, expected_revision=revision, rcp=THEIRS, attested=True, continuity_reason=reason
    )
    return {
        "confier": reverse("web:entrust", args=[ready]),
        "confiee": reverse("web:document", args=[gone]),
        "confiee-suivi": reverse("web:transmissions", args=[gone]),
        "reprendre": reverse("web:take_back", args=[gone]),
    }


def test_the_pages_are_readable_by_all(team: dict[str, User], sit: Sit) -> None:
    alice = enrolled(team["alice"])
    facility = alice.memberships.get().facility
    assert facility is not None
    patient_id = make_patient(alice, facility)
    pages = {**scene(alice, patient_id), **abroad(alice, patient_id)}
    desk = sit(alice)
    desk.sign_in()
    for name, address in pages.items():
        desk.page.set_viewport_size({"width": 1280, "height": 900})
        desk.page.goto(address)
        desk.shot(f"envois-{name}", full_page=True)
        desk.page.set_viewport_size({"width": 360, "height": 740})
        desk.shot(f"envois-{name}-360", full_page=True, accessible=False)
        desk.check_reflow(name)
    desk.page.set_viewport_size({"width": 1280, "height": 900})
    desk.page.goto(pages["choix"])
    desk.page.get_by_label("Nom", exact=True).fill("Dr Nora VIDAL")
    desk.page.get_by_label("Adresse MSSanté").fill("nora.vidal@essai.mssante.fr")
    desk.page.get_by_role("button", name="Voir ce qui partira").click()
    desk.page.get_by_role("heading", name="Ce qui va partir").wait_for()
    desk.shot("envois-confirmation", full_page=True)
