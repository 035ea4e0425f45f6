"""The story of an FRCP and its PPS in the DMP: who connects, what the patient sees and when, what a colleague deposited since.

Pro Santé Connect, the region's proxy and the DMP are stand-ins outside the platform (issue 8, « Shown by » 6).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urljoin
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import etree
from playwright.sync_api import Locator
from pytest_django import Settings

from dcc.accounts.models import User
from dcc.audit.models import Entry
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.events.models import Delivery
from dcc.patients import api as patients
from forms_config.api import ensure_default_forms
from plugins.dmp.deposits.tests.conftest import INS
from plugins.sandbox.dmp.pages import serve_pages
from tests.dmp.fixtures import RunningDmp
from tests.dmp.sessions import reached
from tests.fixtures import fill_document, make_patient
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.desk import ANY, Desk
from tests.journeys.keyboard import tab_to
from tests.psc.conftest import Psc, _server, psc  # noqa: F401  (fixtures)

pytestmark = [*needs_browser, pytest.mark.kit]
BOB = "810000000002"
FRCP, PPS = "34794-8", "18776-5"
THEIRS = "1.2.250.1.213.1.4.999.77"
"""The OID under which a colleague of elsewhere deposits."""


@pytest.fixture
def dmp(running_dmp: RunningDmp, settings: Settings) -> Iterator[RunningDmp]:
    """The platform is set to the stand-in, whose patient lets nobody consult yet."""
    running_dmp.service.store.authorise(running_dmp.service.patient(INS.extension or "").cx, "*", "NON_EXISTE")
    with reached(settings, running_dmp):
        yield running_dmp


@pytest.fixture
def health_space(dmp: RunningDmp) -> Iterator[str]:
    """The address of what the patient, and professionals, see."""
    server = serve_pages(dmp.service, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def connected(sit: Sit, psc: Psc, user: User) -> Desk:  # noqa: F811  (the fixture's value)
    """A window in which somebody signed in by Pro Santé Connect."""
    client = Client()
    psc.sign_in(client, BOB)
    desk = sit(user)
    desk.page.goto("/")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": urljoin(desk.page.url, "/")}
    desk.context.add_cookies([cookie])  # type: ignore[list-item]  # Playwright's typed dictionary
    return desk


def completed_frcp(bob: User) -> UUID:
    """An FRCP that Bob filled, of a patient whose identity is qualified."""
    facility = bob.memberships.get().facility
    assert facility is not None
    patient_id = make_patient(bob, facility)
    patients.play_qualified(actor=bob, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    made = documents.create_document(actor=bob, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    return complete(bob, made)


def complete(author: User, document_id: UUID) -> UUID:
    """Fill a document and complete it."""
    fill_document(author, document_id)
    documents.complete_document(
        actor=author, document_id=document_id, expected_revision=documents.open_document(author, document_id).revision
    )
    return document_id


def validate_on_page(desk: Desk, document_id: UUID) -> None:
    """The medical act, in the browser."""
    desk.page.goto(reverse("web:validation", args=[document_id]))
    desk.page.get_by_label("Je valide le contenu").check()
    desk.shot("dmp-validation")
    desk.page.get_by_role("button", name="Valider", exact=True).click()
    desk.page.get_by_text("Document validé").wait_for()


def press(desk: Desk, wanted: Locator, key: str = "Enter") -> None:
    """Reach something with Tab alone, and press it."""
    tab_to(desk.page, wanted)
    desk.check_seen(wanted, "DMP")
    desk.page.keyboard.press(key)


def open_access(desk: Desk) -> None:
    """From the line that waits; two digits, confirmed on the telephone. By keyboard."""
    press(desk, desk.page.get_by_role("link", name="Ouvrir mon accès au DMP"))
    desk.page.get_by_text("1 document attend votre connexion").wait_for()
    desk.shot("dmp-acces-ferme")
    desk.check_accessibility("dmp-acces-ferme", ANY)
    press(desk, desk.page.get_by_role("button", name="Ouvrir l’accès"))
    desk.page.get_by_role("heading", name="Accès ouvert").wait_for()
    desk.shot("dmp-acces-ouvert")
    desk.check_accessibility("dmp-acces-ouvert", ANY)


def let_consult(desk: Desk, dmp: RunningDmp, frcp: UUID) -> None:
    """The patient authorises, comes back on it, authorises again: by keyboard, on the page of his DMP."""
    patient, page = dmp.service.patient(INS.extension or ""), desk.page
    declared = page.get_by_role("checkbox", name="J'ai expliqué au patient")
    page.goto(reverse("dmp:patient", args=[documents.patient_of(frcp)]))
    for state, words in (("VALIDE", "Autorisation ajoutée"), ("NON_EXISTE", "Autorisation retirée"), ("VALIDE", "ajoutée")):
        if state == "VALIDE":
            press(desk, declared, "Space")
            press(desk, page.get_by_role("button", name="Le patient m’autorise à consulter son DMP"))
        else:
            press(desk, page.get_by_role("button", name="Retirer mon autorisation"))
        page.get_by_role("status").filter(has_text=words).wait_for()
        assert dmp.service.authorisation(patient, BOB) == state
        desk.check_accessibility(f"dmp-patient-{state}", ANY)
    desk.shot("dmp-patient", full_page=True)


def share_again(desk: Desk) -> None:
    """« Partager de nouveau » on the page of sendings, by keyboard."""
    desk.page.get_by_text("la FRCP y est encore invisible au patient").wait_for()
    desk.shot("dmp-partager-de-nouveau", full_page=True)
    desk.check_accessibility("dmp-partager-de-nouveau", ANY)
    press(desk, desk.page.get_by_role("button", name="Partager de nouveau dans le DMP"))
    desk.page.get_by_role("status").filter(has_text="Partage demandé").wait_for()


def views(dmp: RunningDmp) -> tuple[set[str], set[str]]:
    """Types of what the patient sees, and of what Bob sees."""
    patient = INS.extension or ""
    return (
        {each.type_code for each in dmp.service.patient_sees(patient)},
        {each.type_code for each in dmp.service.professional_sees(patient, BOB)},
    )


def deposit_elsewhere(dmp: RunningDmp, at: datetime) -> None:
    """A colleague of another region deposits a PPS of her own, of that time: ours under other references."""
    patient = INS.extension or ""
    ours = next(each for each in dmp.service.patient_sees(patient) if each.type_code == PPS)
    content = dmp.service.store.content(ours.unique_id)
    assert content is not None
    root = etree.fromstring(content)
    root.find("{*}id").set("root", f"{THEIRS}.1")  # type: ignore[union-attr]  # every CDA has one
    root.find("{*}setId").set("root", f"{THEIRS}.2")  # type: ignore[union-attr]
    root.find("{*}effectiveTime").set("value", f"{at:%Y%m%d%H%M%S}+0000")  # type: ignore[union-attr]
    for time in root.iterfind(".//{*}legalAuthenticator/{*}time"):
        time.set("value", f"{at:%Y%m%d%H%M%S}+0000")
    dmp.service.put(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), patient=patient)


def sendings(desk: Desk, document_id: UUID, name: str) -> str:
    """What the page of sendings says of the DMP."""
    desk.page.goto(reverse("web:transmissions", args=[document_id]))
    desk.shot(f"dmp-envois-{name}", full_page=True)
    return desk.page.inner_text("main")


def test_what_the_patient_sees_and_when(
    team: dict[str, User],
    sit: Sit,
    psc: Psc,  # noqa: F811  (the fixture)
    dmp: RunningDmp,
    health_space: str,
) -> None:
    bob = team["bob"]
    ensure_default_forms("pps")
    frcp = completed_frcp(bob)
    desk = connected(sit, psc, bob)
    validate_on_page(desk, frcp)
    drain()
    assert "connexion" in sendings(desk, frcp, "en-attente")
    open_access(desk)
    drain()
    assert "invisible au patient" in sendings(desk, frcp, "invisible")
    assert views(dmp) == (set(), {FRCP})
    let_consult(desk, dmp, frcp)
    desk.page.goto(health_space)
    desk.shot("dmp-mon-espace-avant", accessible=False)

    pps = complete(bob, documents.create_following(actor=bob, reference_id=frcp))
    dmp.feel(kind="faute", only="UpdateDocumentSet", times=1)
    validate_on_page(desk, pps)
    drain()
    assert views(dmp) == ({PPS}, {FRCP, PPS}), "the DMP refused once to show the FRCP"
    sendings(desk, pps, "pps")
    share_again(desk)
    drain()
    assert views(dmp) == ({FRCP, PPS}, {FRCP, PPS}), "the patient sees both"
    assert "visible par le patient" in sendings(desk, frcp, "visible")
    shown = [each for each in dmp.service.patient_sees(INS.extension or "") if each.type_code == FRCP]
    assert [each.version for each in shown] == [2], "its metadata were changed where it is"
    assert Entry.objects.filter(action="dmp.revealed").count() == 1
    assert not Delivery.objects.filter(state="crashed").exists()
    desk.page.goto(health_space)
    desk.shot("dmp-mon-espace-apres", accessible=False)

    deposit_elsewhere(dmp, timezone.now() + timedelta(days=1))
    documents.amend_document(actor=bob, document_id=pps)
    desk.page.goto(reverse("web:document", args=[pps]))
    desk.page.get_by_text("Recherche dans le DMP").wait_for()
    drain()
    desk.page.get_by_text("1 PPS plus récent que le vôtre dans le DMP").wait_for()
    desk.shot("dmp-plus-recent")
    desk.page.get_by_role("link", name="Voir la reprise").click()
    desk.page.get_by_text("DMP").first.wait_for()
    desk.shot("dmp-reprise", full_page=True)
