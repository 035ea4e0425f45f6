"""The story of a PPS: from a validated FRCP to what the patient gets, brought up to date, its syntheses following the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator

from dcc.accounts.models import Facility, User
from dcc.accounts.tests.walk import enrolled
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.web.tests.told import tell_all
from forms_config import api as forms
from forms_config.favourites import api as bank
from forms_config.terminology import api as terminology
from tests.fixtures import make_patient
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.desk import SHOTS, Desk
from tests.journeys.test_frcp import check_cda
from tests.pdfa import pages_text, picture_pages, structure_errors

pytestmark = needs_browser
TREATMENTS, SUPPORT = "pps.traitements", "pps.soins"


@pytest.fixture
def alice(team: dict[str, User]) -> User:
    """Alice, with her authenticator."""
    return enrolled(team["alice"])


@pytest.fixture
def frcp_id(alice: User, team: dict[str, User]) -> UUID:
    """An FRCP that bob validated, which tells a surgery done and a chemotherapy proposed."""
    forms.ensure_default_forms("pps")
    facility = home_of(alice)
    patient_id = make_patient(alice, facility)
    document_id = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    tell_all(alice, team["bob"], document_id)
    return document_id


@pytest.fixture
def favourite(alice: User) -> str:
    """Alice's own: support care of every week."""
    schema = forms.published_form("pps_standard").schema
    concept = terminology.lookup("jdv-soin-onco-de-support-cisis", "ORG-175")
    assert concept is not None
    rows = [{f"{SUPPORT}.type": concept.value, f"{SUPPORT}.cures": 8, f"{SUPPORT}.intervalle": 7}]
    content = bank.Content("Activité physique", "pps", SUPPORT, rows)
    bank.save_favourite(actor=alice, content=content, schema=schema, place=bank.Place(bank.Scope.PERSONAL), confirmed=())
    return "Activité physique"


def home_of(user: User) -> Facility:
    """The establishment of a person of the story."""
    facility = user.memberships.get().facility
    assert facility is not None
    return facility


@contextmanager
def later(monkeypatch: pytest.MonkeyPatch, days: int) -> Iterator[None]:
    """The platform's clock, some days ahead."""
    real = timezone.now

    def ahead() -> datetime:
        return real() + timedelta(days=days)

    with monkeypatch.context() as patch:
        patch.setattr("django.utils.timezone.now", ahead)
        yield


def test_from_an_frcp_to_the_second_version(
    alice: User, frcp_id: UUID, favourite: str, sit: Sit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sit(alice)
    desk.sign_in()
    desk.shot("pps-liste")
    document_id = create(desk, frcp_id)
    choose(desk)
    insert_favourite(desk, document_id, favourite)
    complete(desk)
    finish(desk)
    call_command("worker", "--once", "--seconds", "600")
    first = check_outputs(alice, document_id, tmp_path, version=1)
    assert "Activité physique" in first
    read_both_views(desk, document_id)

    update(desk, document_id)
    today, next_week = synthesis(desk, document_id), ""
    with later(monkeypatch, 8):
        other = sit(alice)
        other.sign_in()
        next_week = synthesis(other, document_id)
        other.shot("pps-syntheses-plus-tard", full_page=True)
        assert "Prise en charge diététique" not in today
        assert "Prise en charge diététique" in next_week
        assert exchange.renditions_of(alice, document_id)[0].version == 1, "une version non validée ne produit rien"
        finish(other)
        call_command("worker", "--once", "--seconds", "600")
        second = check_outputs(alice, document_id, tmp_path, version=2)
    assert "Prise en charge diététique" in done_part(second)
    assert "Prise en charge diététique" not in done_part(first)


def create(desk: Desk, frcp_id: UUID) -> UUID:
    """From the FRCP's page."""
    desk.page.goto(reverse("web:document", args=[frcp_id]))
    desk.shot("pps-a-creer")
    desk.page.get_by_role("button", name=re.compile("^Créer le")).click()
    desk.page.get_by_text("Ce que d’autres documents proposent").wait_for()
    desk.page.wait_for_load_state()  # what it proposes is counted
    return UUID(desk.page.url.rstrip("/").split("/")[-2])


def choose(desk: Desk) -> None:
    """Nothing clinical is chosen beforehand; everything is kept but the alternative treatment."""
    page = desk.page
    desk.shot("pps-reprise", full_page=True, accessible=False)
    clinical = page.locator("[data-item]:not(:has-text('administratif'))")
    assert clinical.count() > 5
    assert clinical.locator("input[type=radio]:checked").count() == 0
    for number in range(page.locator("[data-item]").count()):
        item = page.locator("[data-item]").nth(number)
        key = "i" if "Alternative" in item.inner_text() else "g"
        item.locator(f"input[type=radio][data-key={key}]").check()
    page.get_by_role("button", name="Enregistrer mes décisions").last.click()
    page.get_by_text("Deux valeurs sont gardées pour cette question").first.wait_for()
    desk.shot("pps-reprise-a-revoir", full_page=True)
    page.get_by_label("Ajouter à la suite").check()
    page.get_by_role("button", name="Enregistrer mes décisions").last.click()
    page.get_by_text("Tout est décidé").wait_for()
    desk.shot("pps-reprise-decidee")
    page.get_by_role("link", name="Aller au document").first.click()
    page.locator("#saisie").wait_for()


def insert_favourite(desk: Desk, document_id: UUID, name: str) -> None:
    """Found by its first letters, inserted, dated in the row."""
    desk.page.wait_for_load_state()  # the script of the page reads what is typed
    desk.page.locator(f'[data-favourites="{SUPPORT}"] input').click()
    desk.page.keyboard.type(name[:8])
    desk.page.locator(".favourites [role=option]", has_text=name).first.click()
    desk.page.get_by_text(f"« {name} » inséré").wait_for()
    desk.saved()
    desk.shot("pps-favori")


def type_in(field: Locator, text: str) -> None:
    """Type in the one text field of a question."""
    field.locator("input:not([type=radio]):not([type=checkbox]):not([type=hidden]), textarea").first.fill(text)
    field.locator("input:not([type=radio]):not([type=checkbox]):not([type=hidden]), textarea").first.press("Tab")


def complete(desk: Desk) -> None:
    """What no FRCP can tell: when the diagnosis was announced, that the PPS is not handed over yet."""
    type_in(desk.field("pps.statut.annonce"), f"{timezone.localdate():%d/%m/%Y}")
    desk.field("pps.statut.remise").get_by_text("Inconnu", exact=True).click()
    desk.saved()
    desk.page.evaluate("window.scrollTo(0, 0)")
    desk.shot("pps-rempli", full_page=True, accessible=False)


def finish(desk: Desk) -> None:
    """Complete and validate; what is missing, if anything, is shown by the page."""
    page = desk.page
    page.get_by_role("button", name="Terminer ma saisie").click()
    page.get_by_role("link", name="Valider").click()
    page.get_by_text("Toutes les réponses obligatoires sont renseignées").wait_for()
    page.get_by_label("Je valide le contenu").check()
    page.get_by_role("button", name=re.compile("^Valider")).click()
    page.get_by_text("ses fichiers sont en préparation").wait_for()


def check_outputs(actor: User, document_id: UUID, folder: Path, *, version: int) -> str:
    """CDA and PDF as official tools judge them, the PDF within the CDA byte for byte; answers the PDF's text."""
    rendition = exchange.renditions_of(actor, document_id)[0]
    assert (rendition.version, rendition.state) == (version, "prete"), rendition
    n3, pdf = (exchange.download(actor, document_id, output).content for output in ("cda-n3", "pdf-a1"))
    check_cda(n3, schematrons=5)
    from dcc.web.clinical import read_document

    copy = read_document(n3).copy
    assert copy is not None
    assert copy.content == pdf
    path = folder / f"pps-{version}.pdf"
    path.write_bytes(pdf)
    assert structure_errors(path) == ""
    picture_pages(path, SHOTS / f"pps-v{version}-page")
    return " ".join("\n".join(pages_text(path)).split())


def done_part(text: str) -> str:
    """The part of the PDF that tells what support care is done."""
    title = r"Synthèse des soins oncologiques de support et accompagnements \(réalisés\)"
    found = re.search(f"{title}(.*?)Soins oncologiques de support", text)
    assert found, text
    return found[1]


def read_both_views(desk: Desk, document_id: UUID) -> None:
    """The PDF and the structured content (R-203)."""
    desk.page.goto(reverse("web:reading", args=[document_id]))
    desk.page.get_by_role("heading", name="PROGRAMME THÉRAPEUTIQUE ET DE SUIVI").wait_for()
    desk.shot("pps-lecture", full_page=True)
    assert desk.page.locator("details.entries").count() > 3


def update(desk: Desk, document_id: UUID) -> None:
    """A second version: support care confirmed for today, and why the document is brought up to date."""
    page = desk.page
    page.goto(reverse("web:document", args=[document_id]))
    page.get_by_role("button", name=re.compile("^Actualiser")).click()
    page.get_by_text("Mise à jour en cours").wait_for()
    page.wait_for_load_state()  # its rows are counted, its script reads what is typed
    today = f"{timezone.localdate():%d/%m/%Y}"
    add_row(desk, SUPPORT, "Prise en charge diététique et nutritionnelle", {"debut": today, "fin": today})
    pick(desk.field("pps.statut.motif"), "Réajustement des soins de support et accompagnements")
    complete(desk)
    desk.shot("pps-actualise", full_page=True)


def add_row(desk: Desk, group: str, kind: str, dates: dict[str, str]) -> None:
    """A row of acts, by its type and its dates."""
    area = desk.page.locator(f'.group[data-group="{group}"]')
    before = area.locator(".row").count()
    area.get_by_role("button", name=re.compile("^Ajouter")).first.click()
    desk.until(lambda: area.locator(".row").count() == before + 1, "une ligne de plus")
    row = desk.row(group, before)
    field = row.locator(f'.field[data-path$="{group}.type"]')
    pick(field, kind)
    for name, day in dates.items():
        type_in(row.locator(f'.field[data-path$="{group}.{name}"]'), day)
    desk.saved()


def pick(field: Locator, words: str) -> None:
    """Choose a code by its label, in a list of whatever kind."""
    if field.locator("select").count():
        field.locator("select").first.select_option(label=words)
        return
    choice: Any = field.get_by_text(words, exact=True)
    if choice.count():
        choice.first.click()
        return
    field.locator("input").first.fill(words[:20])
    field.get_by_role("option").first.click()


def synthesis(desk: Desk, document_id: UUID) -> str:
    """What the page tells as done."""
    desk.page.goto(reverse("web:document", args=[document_id]))
    panel = desk.page.locator("section, details", has=desk.page.get_by_text("Synthèses et calendrier")).first
    return "\n".join(panel.locator("table").all_text_contents())
