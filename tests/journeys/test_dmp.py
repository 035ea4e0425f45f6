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
from pytest_django import Settings

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.patients import api as patients
from forms_config.api import ensure_default_forms
from plugins.dmp.deposits.tests.conftest import INS
from plugins.sandbox.dmp.pages import serve_pages
from tests.dmp.fixtures import RunningDmp
from tests.dmp.sessions import reached
from tests.fixtures import fill_document, make_patient
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.desk import Desk
from tests.psc.conftest import Psc, _server, psc  # noqa: F401  (fixtures)

pytestmark = [*needs_browser, pytest.mark.kit]
BOB = "810000000002"
THEIRS = "1.2.250.1.213.1.4.999.77"
"""The OID under which a colleague of elsewhere deposits."""


@pytest.fixture
def dmp(running_dmp: RunningDmp, settings: Settings) -> Iterator[RunningDmp]:
    """The platform is set to the stand-in, whose patient lets professionals consult."""
    running_dmp.service.store.authorise(running_dmp.service.patient(INS.extension or "").cx, "*", "VALIDE")
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


def open_access(desk: Desk) -> None:
    """Two digits, confirmed on the telephone."""
    desk.page.goto(reverse("dmp:access"))
    desk.page.get_by_text("1 document attend votre connexion").wait_for()
    desk.shot("dmp-acces-ferme")
    desk.page.get_by_role("button", name="Ouvrir l’accès").click()
    desk.page.get_by_role("heading", name="Accès ouvert").wait_for()
    desk.shot("dmp-acces-ouvert")


def deposit_elsewhere(dmp: RunningDmp, at: datetime) -> None:
    """A colleague of another region deposits a PPS of her own, of that time: ours under other references."""
    patient = INS.extension or ""
    ours = next(each for each in dmp.service.patient_sees(patient) if each.type_code == "18776-5")
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
    assert not dmp.service.patient_sees(INS.extension or "")
    desk.page.goto(health_space)
    desk.shot("dmp-mon-espace-avant", accessible=False)

    pps = complete(bob, documents.create_following(actor=bob, reference_id=frcp))
    validate_on_page(desk, pps)
    drain()
    assert "visible par le patient" in sendings(desk, frcp, "visible")
    sendings(desk, pps, "pps")
    seen = {each.type_code for each in dmp.service.patient_sees(INS.extension or "")}
    assert seen == {"34794-8", "18776-5"}, "the patient sees both"
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
