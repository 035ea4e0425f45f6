"""The right patient: typed, asked of INSi, proved and qualified; without the clause, then with it; contradicted by a flow."""

from __future__ import annotations

import pytest
from django.conf import settings

from dcc.accounts.api import Facility
from dcc.accounts.models import User
from dcc.accounts.tests.walk import enrolled
from dcc.events import api as events
from dcc.patients import api as patients
from dcc.patients.models import Patient
from dcc.patients.qualification.models import IdentityProof
from dcc.patients.tests.covered import commit, sign
from dcc.patients.tests.people import ECETINSI
from dcc.trust import api as trust
from plugins.ins.hl7.receiving import receive
from plugins.ins.models import FlowSender
from tests.insi.conftest import Insi
from tests.insi.conftest import _served as _served
from tests.insi.conftest import insi as insi
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.desk import LATER, Desk

pytestmark = needs_browser
OID = "1.2.250.1.999.49"
SLIPPED = "2009-07-04"
"""The birth date that somebody typed; INSi and the flow say the 14th."""
FLOW = "\r".join(
    [
        "MSH|^~\\&|GAM|CH|DCC|REGION|20261128100000||ADT^A31|M-1|P|2.5^FRA^2.11|||||FRA|UNICODE UTF-8|FR"
        "||2.11^IHE_FRANCE-2.11-PAM",
        "EVN||20261128100000||||20261128100000",
        f"PID|1||H-7^^^CH&{OID}&ISO^PI~109076322083489^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS||ECETINSI^PIERRE-ALAIN"
        "^PIERRE-ALAIN MURIEL FLORIANT^^^^L||20090714|M|||^^^^^^BDL^^63220|||||||||||||||||||||VALI|20261128100000",
        "PV1|1|N",
        "ZFD|||N|N|INSI|20261128||",
        "",
    ]
)


@pytest.fixture
def facility(team: dict[str, User]) -> Facility:
    """The establishment of the team, which signed its convention."""
    found = team["bob"].memberships.get().facility
    assert found is not None
    found.identifier_oid = OID
    sign(found)
    return found


def banner(desk: Desk) -> str:
    return desk.page.locator(".identity").first.inner_text().lower()


def type_patient(desk: Desk) -> None:
    page = desk.page
    page.goto("/patients/nouveau/")
    page.locator("#i-birth_name").fill("D’Artagnan de l’Hérault")
    page.locator("#i-first_given_name").fill("Pierre-Alain")
    page.get_by_label("Masculin").check()
    page.get_by_label("Date de naissance").fill("17/06/2001")
    page.get_by_role("button", name="Créer le patient").click()
    page.get_by_role("heading", name="Dossier du patient").wait_for()


def confirm(desk: Desk, name: str) -> None:
    """Compare what INSi says with what is known, and take it."""
    desk.page.get_by_text("Premier prénom de naissance, tiré de la liste").wait_for()
    desk.shot(name, full_page=True)
    desk.page.get_by_role("button", name="Reprendre ces traits").click()
    desk.page.get_by_role("button", name="Reprendre ces traits").wait_for(state="detached")


def test_typed_then_qualified_once_the_clause_is_there(team: dict[str, User], facility: Facility, sit: Sit, insi: Insi) -> None:
    desk = sit(enrolled(team["alice"]))
    desk.sign_in()
    type_patient(desk)
    assert "provisoire" in banner(desk)
    patient = Patient.objects.get()
    page, path = desk.page, f"/patients/{patient.pk}/identite/"
    page.goto(path)
    desk.shot("ins-1-provisoire", full_page=True)

    page.evaluate(LATER, settings.DCC_SESSION_IDLE.total_seconds())  # the page asks first whether the session is open
    page.get_by_role("button", name="Interroger INSi").click()
    confirm(desk, "ins-2-reponse-insi")
    patient.refresh_from_db()
    assert (patient.status, patient.ins_matricule) == ("recuperee", "101066322075460")
    assert patient.given_names == "PIERRE-ALAIN GUNTHER"
    page.get_by_role("heading", name="Clause de confiance absente").wait_for()
    page.wait_for_load_state()
    assert page.get_by_role("button", name="Enregistrer le justificatif").count() == 0
    desk.shot("ins-3-recuperee-sans-clause", full_page=True)
    assert len(insi.service.received) == 1

    trust.publish_default_terms()
    page.goto(path)
    page.get_by_label("J’ai lu ces conditions").check()
    desk.follow(page.get_by_role("button", name="Accepter"))
    events.drain()
    page.reload()
    assert page.get_by_role("heading", name="Clause de confiance absente").count() == 0
    desk.shot("ins-4-clause-presente", full_page=True)

    kinds = page.get_by_label("Justificatif présenté")
    assert kinds.input_value() == ""
    assert "tiers de confiance" not in kinds.inner_text().lower()
    kinds.select_option("CN")
    desk.follow(page.get_by_role("button", name="Enregistrer le justificatif"))
    page.get_by_label("Je connais ce patient").check()
    desk.follow(page.get_by_role("button", name="Enregistrer le justificatif"))
    page.get_by_text("Identité qualifiée").first.wait_for()
    desk.shot("ins-5-qualifiee", full_page=True)
    patient.refresh_from_db()
    assert patient.status == "qualifiee"
    assert "qualifiée" in banner(desk)
    assert list(IdentityProof.objects.values_list("kind", "knows_patient", "actor_id")) == [("CN", True, team["alice"].pk)]
    desk.close()


def test_a_flow_that_contradicts_is_reconciled(team: dict[str, User], facility: Facility, sit: Sit, insi: Insi) -> None:
    alice = enrolled(team["alice"])
    commit(alice, team["bob"])
    typed = patients.create_patient(
        actor=alice,
        facility_id=facility.pk,
        traits=ECETINSI.__class__("ECETINSI", "PIERRE-ALAIN", "PIERRE-ALAIN", "M", SLIPPED, ""),
    )
    patients.add_local_identifier(actor=alice, patient_id=typed, expected_revision=1, facility_id=facility.pk, number="H-7")
    FlowSender.objects.create(application="GAM", facility_code="CH", facility=facility, authorities="CH")
    reply = receive(FLOW.encode(), channel="file")
    assert reply.answers
    patient = Patient.objects.get(pk=typed)
    assert (patient.status, patient.birth_date) == ("provisoire", SLIPPED), "nothing changes before somebody answers"

    desk = sit(alice)
    desk.sign_in()
    page = desk.page
    page.goto("/identites/")
    desk.shot("ins-6-a-traiter", full_page=True)
    page.get_by_role("link", name="ECETINSI PIERRE-ALAIN").click()
    page.get_by_role("heading", name="Rapprocher deux identités").wait_for()
    desk.shot("ins-7-rapprochement", full_page=True)
    page.get_by_label("C’est la même personne").check()
    page.get_by_label("Ce qui fonde votre réponse").fill("Acte de naissance relu : né le 14")
    page.get_by_role("button", name="Enregistrer ma réponse").click()
    page.get_by_text("Réponse enregistrée").wait_for()
    events.drain()

    page.goto(f"/patients/{typed}/identite/")
    confirm(desk, "ins-8-conservee-reponse-insi")
    patient.refresh_from_db()
    assert (patient.status, patient.birth_date) == ("qualifiee", "2009-07-14")
    assert list(IdentityProof.objects.values_list("kind", "origin")) == [("TC", "hl7")]
    desk.shot("ins-9-qualifiee-par-le-flux", full_page=True)
    desk.close()
