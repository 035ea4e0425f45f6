"""The main story: sign in, open a patient, fill a whole FRCP, a colleague completes it, it is validated, its files are there."""

from __future__ import annotations

import pytest

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.exchange import api as exchange
from tests.fixtures import kit_dir
from tests.journeys.conftest import CHROMIUM, Sit
from tests.journeys.desk import Desk
from tests.journeys.typing_in import fill_everything

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium n'est pas installé (.ci/test-packages.txt)"),
]


def create_patient(desk: Desk) -> None:
    """From the search to the file."""
    page = desk.page
    page.get_by_role("link", name="Patients", exact=True).click()
    page.wait_for_url("**/patients/")
    page.get_by_label("Nom, prénom, date de naissance").fill("pat-trois dominique")
    page.get_by_role("link", name="Créer ce patient").click()
    page.get_by_label("Premier prénom").fill("Dominique")
    page.get_by_label("Féminin").check()
    page.get_by_label("Date de naissance").fill("28/03/1979")
    desk.shot("patient-creation")
    page.get_by_role("button", name="Créer le patient").click()
    page.get_by_role("heading", name="Dossier du patient").wait_for()


def start_document(desk: Desk) -> str:
    """From the file to an empty FRCP; answers its address."""
    desk.page.get_by_role("link", name="Nouvelle fiche RCP").click()
    desk.page.get_by_label("RCP à préciser plus tard").check()
    desk.shot("fiche-creation")
    desk.page.get_by_role("button", name="Commencer la fiche").click()
    desk.page.locator("#saisie").wait_for()
    return desk.page.url


def test_from_signing_in_to_the_files(team: dict[str, User], sit: Sit) -> None:
    alice = sit(team["alice"])
    alice.sign_in()
    alice.shot("accueil-vide")
    create_patient(alice)
    address = start_document(alice)
    alice.shot("fiche-vide")
    assert fill_everything(alice.page) > 100
    alice.saved()
    alice.page.evaluate("window.scrollTo(0, 0)")
    alice.shot("fiche-remplie")
    alice.shot("fiche-remplie-entiere", full_page=True, accessible=False)
    assert "Rien ne manque" in alice.page.locator("#index [data-summary]").inner_text()

    bob = sit(team["bob"])
    bob.sign_in()
    bob.shot("accueil")
    bob.page.get_by_role("link", name="PAT-TROIS DOMINIQUE").click()
    meet_in_one_field(alice, bob)
    bob.page.get_by_role("button", name="Terminer ma saisie").click()
    bob.page.get_by_text("Saisie terminée").wait_for()
    bob.shot("fiche-completee")

    bob.page.get_by_role("link", name="Valider").click()
    bob.shot("validation")
    bob.page.get_by_label("Je valide le contenu").check()
    bob.page.get_by_role("button", name="Valider la fiche").click()
    bob.page.get_by_text("Fiche validée").wait_for()
    drain()
    bob.page.reload()
    bob.page.get_by_role("cell", name="CDA R2 N3").first.wait_for()
    bob.shot("fichiers")
    for name in ("CDA R2 N3", "CDA R2 N1", "PDF/A-1"):
        with bob.page.expect_download() as waiting:
            bob.page.get_by_role("link", name=f"Télécharger {name}").click()
        assert waiting.value.path().stat().st_size > 1000, name
    check_outcome(team["bob"], address)
    bob.page.get_by_role("link", name="PAT-TROIS DOMINIQUE").click()
    bob.shot("patient")


def meet_in_one_field(alice: Desk, bob: Desk) -> None:
    """Both write the same answer: the second sees both values, and chooses."""
    path = "frcp.synthese.question"
    bob.page.locator("#presence:not([hidden])").wait_for()
    alice.field(path).locator("textarea").fill("La question d'Alice")
    alice.field(path).locator("textarea").press("Tab")
    alice.saved()
    bob.field(path).locator("textarea").fill("La question de Bob")
    bob.field(path).locator("textarea").press("Tab")
    conflict = bob.field(path).locator(".conflict")
    conflict.wait_for()
    assert "La question d'Alice" in conflict.inner_text()
    conflict.scroll_into_view_if_needed()
    bob.shot("conflit")
    conflict.get_by_role("button", name="Garder la mienne").click()
    conflict.wait_for(state="detached")
    bob.saved()
    assert bob.field(path).locator("textarea").input_value() == "La question de Bob"


def check_outcome(actor: User, address: str) -> None:
    """The document is validated and its files are conformant, as far as the official kit is there to say so."""
    from uuid import UUID

    document_id = UUID(address.rstrip("/").rpartition("/")[2])
    view = documents.open_document(actor, document_id)
    assert view.answers["frcp.synthese.question"] == "La question de Bob"
    (rendition,) = exchange.renditions_of(actor, document_id)
    verdicts = {a.format: a.conformance for a in rendition.artifacts}
    expected = "conforme" if (kit_dir() / "schematrons").is_dir() else "non_controle"
    assert set(verdicts) == {"cda-n3", "cda-n1", "pdf-a1"}
    assert verdicts["cda-n3"] == expected, [a.findings for a in rendition.artifacts]
    assert verdicts["cda-n1"] == expected, [a.findings for a in rendition.artifacts]
