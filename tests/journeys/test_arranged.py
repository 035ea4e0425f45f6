"""A form that an editor arranged, tried in a browser: conditions, choices, calculated values, what is missing, the outputs."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import resources
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Locator, Route, expect

from dcc.accounts.models import User
from dcc.accounts.tests.walk import code_of, enrolled, forgive
from forms_config import api as forms
from forms_config.models import FormDefinition
from forms_config.schema.calculations import BIRTH_DATE, Calculation
from forms_config.schema.choices import Choice
from forms_config.schema.conditions import condition_from_json
from forms_config.schema.model import Question, Section, schema_to_json
from tests.fixtures import make_user
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.desk import Desk

pytestmark = needs_browser
VECTORS = json.loads((resources.files("forms_config.schema") / "vectors" / "conditions.json").read_text(encoding="utf-8"))
RUN = """async vectors => {
  const { holds } = await import("/static/js/form/conditions.js");
  return vectors.map(({ condition, scopes }) => holds(condition, ...scopes));
}"""


def when(question: str, operator: str, value: Any = None) -> Any:
    return condition_from_json({"question": question, "operator": operator, **({} if value is None else {"value": value})})


BREAST = (Choice("C50.4", "Sein, supéro-externe"), Choice("C50.2", "Sein, supéro-interne"), Choice("C50.9"))
PLACES = (Choice("amb", "Ambulatoire"), Choice("hc", "Hospitalisation complète"))
QUESTIONS = (
    Question("region.siege", "Siège proposé", "coded", values="jdv-tumeur-cisis", choices=BREAST, open=True, width="half"),
    Question("region.lieu", "Lieu de la prise en charge", "coded", choices=PLACES, width="half"),
    Question("region.nuits", "Nuits prévues", "integer", unit="nuits", condition=when("region.lieu", "equals", "hc")),
    Question("region.jour", "Jour de l'admission", "date", width="third", placeholder="Premier jour"),
    Question("region.age", "Âge à l'admission", "integer", unit="ans", width="third",
             calculation=Calculation("age", (BIRTH_DATE, "region.jour"))),
    Question("region.geriatrie", "Avis gériatrique", "text", required="validate", condition=when("region.age", "greater", 40)),
    Question("region.bilan", "Bilan joint", "file"),
    Question("region.cures", "Cures", "group", multiple=True, columns=(
        Question("region.cures.du", "Du", "date"),
        Question("region.cures.au", "Au", "date"),
        Question("region.cures.duree", "Durée", "integer", unit="jours",
                 calculation=Calculation("delai", ("region.cures.du", "region.cures.au"))),
    )),
)  # fmt: skip


@pytest.fixture
def edith(transactional_db: None, configuration: None) -> User:
    """Édith, with her authenticator."""
    return enrolled(make_user("edith", "editeur", None, family="EYMARD", given="Édith"))


@pytest.fixture
def definition(edith: User) -> FormDefinition:
    """Her draft: the standard form with a section of the region's own, first."""
    standard = forms.published_form("frcp_standard").schema
    whole = schema_to_json(replace(standard, sections=(Section("region", "Région", QUESTIONS), *standard.sections)))
    draft = {name: part for name, part in whole.items() if name != "value_sets"}
    return forms.save_draft(actor=edith, key="frcp_standard", document_type="frcp", title="FRCP du sein", draft=draft)


def enter(desk: Desk) -> None:
    """Sign in as an editor, whose first page is the admin's."""
    forgive(desk.user)
    desk.give_password()
    desk.page.get_by_label("Code à 6 chiffres").fill(code_of(desk.user))
    desk.follow(desk.page.get_by_role("button", name="Se connecter"))


def check_no_code_of_earlier_words(desk: Desk, site: Locator) -> None:
    """Typed faster than the list answers: no key takes a code of the list that answered the words before."""
    page, held = desk.page, list[Route]()
    first = page.get_by_role("listbox").get_by_role("option", selected=True)
    site.fill("sein")
    first.wait_for()
    page.route("**/codes/**", lambda route: held.append(route))  # noqa: PLW0108  (Playwright marks the handler it is given)
    site.press_sequentially(" supero")
    expect(first).to_have_count(0)
    site.press("Enter")
    desk.until(lambda: held, "la recherche est partie")
    expect(site).to_have_value("sein supero")
    page.route("**/codes/**", lambda route: route.continue_())
    for each in held:  # slowly typed words are asked for more than once; the page waits for the last only
        each.continue_()
    first.filter(has_text="supéro").wait_for()


def test_an_editor_tries_the_draft(edith: User, definition: FormDefinition, sit: Sit) -> None:
    desk = sit(edith)
    enter(desk)
    page = desk.page
    page.goto(reverse("web:trial", args=[definition.pk]))
    page.get_by_text("ESSAI", exact=True).wait_for()

    found = page.evaluate(RUN, VECTORS["vectors"])
    wrong = [v["name"] for v, holds in zip(VECTORS["vectors"], found, strict=True) if holds is not v["expected"]]
    assert wrong == [], "JavaScript shows what Python decides"

    site = desk.field("region.siege").get_by_role("combobox")
    check_no_code_of_earlier_words(desk, site)
    site.fill("supero ext")
    page.get_by_role("listbox").get_by_role("option", selected=True).filter(has_text="Sein, supéro-externe").wait_for()
    site.press("Enter")
    expect(site).to_have_value("Sein, supéro-externe")
    nights = desk.field("region.nuits")
    expect(nights).to_be_hidden()
    desk.field("region.lieu").get_by_label("Hospitalisation complète").check()
    expect(nights).to_be_visible()
    nights.get_by_role("textbox").fill("3")
    desk.field("region.jour").get_by_role("textbox").fill("28/03/2026")
    page.keyboard.press("Tab")
    expect(desk.field("region.age").locator("output")).to_have_text("47\u00a0ans")
    expect(desk.field("region.geriatrie")).to_be_visible()
    page.get_by_role("button", name="Ajouter Cures").click()
    desk.row("region.cures").get_by_label("Du", exact=True).fill("01/04/2026")
    desk.row("region.cures").get_by_label("Au", exact=True).fill("22/04/2026")
    page.keyboard.press("Tab")
    expect(desk.row("region.cures").locator("output")).to_have_text("21\u00a0jours")
    report = desk.field("region.bilan")
    pdf = FilePayload(name="bilan d'extension.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4")
    report.locator("input[type=file]").set_input_files(pdf)
    expect(report.get_by_role("link")).to_contain_text("bilan d'extension.pdf")
    report.get_by_role("button", name="Retirer").click()
    expect(report.get_by_role("link")).to_be_hidden()
    desk.saved()
    report.locator("input[type=file]").set_input_files(pdf)
    expect(report.get_by_role("link")).to_be_visible()
    desk.saved()
    desk.shot("essai-fiche")

    desk.field("region.lieu").get_by_label("Ambulatoire").check()
    expect(nights).to_be_hidden()
    desk.saved()
    page.get_by_role("link", name="Ce qui manque").click()
    expect(page.get_by_role("link", name="Avis gériatrique")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Nuits prévues")).to_be_visible()
    desk.shot("essai-manque")
    desk.follow(page.get_by_role("link", name="Documents produits"))
    desk.shot("essai-documents")
    page.goto(f"{page.url}cda-n3/")
    expect(page.locator(".trial-mark")).to_be_visible()
    expect(page.get_by_text("Nuits prévues")).to_have_count(0)
    expect(page.get_by_text("Ambulatoire")).to_be_visible()
    expect(page.get_by_text("bilan d'extension.pdf")).to_be_visible()
    expect(page.get_by_text("47\u00a0ans")).to_be_visible()
    desk.shot("essai-texte", full_page=True)
