"""Syntheses, remarks and calendar of a PPS on screen: they follow the clock and what is saved, and are kept nowhere."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.models import User
from dcc.contracts.care.tests.rows import CHEMOTHERAPY, CONSULTATION, DIET, LABELS, SURGERY
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.web.facts import events_of
from dcc.web.tests.browsing import texts_of, tree_of
from forms_config.terminology import api as terminology
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
ADDRESSES = ("calendar", "care_panel", "calendar_file")
LISTS = {
    "pps.traitements": "jdv-type-traitement-pps-cisis",
    "pps.suivis": "jdv-type-de-suivi-cisis",
    "pps.soins": "jdv-soin-onco-de-support-cisis",
}


def add_act(actor: User, document_id: UUID, group: str, code: str, **columns: Any) -> str:
    """Add an act to a document; answers the id of its row."""
    row_id = documents.add_row(actor=actor, document_id=document_id, group_key=group).added_rows[group]
    concept = terminology.lookup(LISTS[group], code)
    assert concept
    base = documents.draft(actor, document_id).revision
    given = {"type": concept.value, **columns}
    changes = [Change(f"{group}/{row_id}/{group}.{name}", value, base) for name, value in given.items()]
    assert not documents.save_answers(actor=actor, document_id=document_id, changes=changes).refused
    return row_id


@pytest.fixture
def treated_id(alice: User, pps_id: UUID) -> UUID:
    """A PPS with a surgery, a chemotherapy of three sittings and support care."""
    add_act(alice, pps_id, "pps.traitements", SURGERY, debut="2026-03-09", commentaire="suites simples")
    add_act(alice, pps_id, "pps.traitements", CHEMOTHERAPY, debut_prevu="2026-04-06", cures=3, intervalle=21)
    add_act(alice, pps_id, "pps.suivis", CONSULTATION, debut_prevu="2026-06")
    add_act(alice, pps_id, "pps.soins", DIET, debut="2026-03-10", fin="2026-03-20", notable=False)
    return pps_id


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what time it is for the pages of care."""

    def set_to(moment: str) -> None:
        now = datetime.fromisoformat(moment)
        monkeypatch.setattr("dcc.web.views.care.timezone", SimpleNamespace(now=lambda: now))

    return set_to


def url(name: str, document_id: UUID) -> str:
    """An address of a document."""
    return reverse(f"web:{name}", args=[document_id])


def test_who_sees_the_care_of_a_document(visit: Visit, people: dict[str, User], treated_id: UUID) -> None:
    seen = {"alice": 200, "bob": 200, "charlie": 404, "sonia": 200, "lea": 200, "edith": 404, "adrien": 404}
    for who, status in seen.items():
        browser = visit(people[who])
        assert {name: browser.get(url(name, treated_id)).status_code for name in ADDRESSES} == dict.fromkeys(ADDRESSES, status)
        assert browser.post(url("calendar", treated_id)).status_code == 405


@pytest.mark.parametrize(
    ("moment", "rows", "others"),
    [
        ("2026-03-09T22:30:00+00:00", [], 0),  # still the 9th in Paris
        ("2026-03-09T23:30:00+00:00", ["Intervention chirurgicale"], 0),  # the 10th
        ("2026-03-21T12:00:00+00:00", ["Intervention chirurgicale"], 1),
    ],
)
def test_the_syntheses_follow_the_clock(
    moment: str, rows: list[str], others: int, visit: Visit, alice: User, treated_id: UUID, clock: Any
) -> None:
    """The same answers at three moments: three syntheses, and nothing is saved (R-065, R-068)."""
    before = documents.draft(alice, treated_id)
    clock(moment)
    page = visit(alice).get(url("care_panel", treated_id)).content
    assert [row.text_content() for row in tree_of(page).xpath("//tbody//th")] == rows
    assert page.decode().count("Autres\u00a0: Prise en charge diététique et nutritionnelle, 20/03/2026.") == others
    after = documents.draft(alice, treated_id)
    assert (after.revision, after.answers) == (before.revision, before.answers)


def test_the_page_of_a_document_has_the_panel(visit: Visit, alice: User, treated_id: UUID, frcp_id: UUID, clock: Any) -> None:
    clock("2026-03-10T12:00:00+00:00")
    page = visit(alice).get(url("document", treated_id)).content.decode()
    panel = tree_of(page).get_element_by_id("soins")
    assert panel.get("data-care") == url("care_panel", treated_id)
    assert "1 soin réalisé" in panel.text_content()
    assert "Synthèses calculées à la date d'aujourd'hui, le 10/03/2026." in panel.text_content()
    other = visit(alice).get(url("document", frcp_id)).content.decode()
    assert 'id="soins"' not in other
    assert "calendrier/" not in other


def test_remarks_lead_to_the_field_while_editing(visit: Visit, alice: User, pps_id: UUID, clock: Any) -> None:
    clock("2026-03-10T12:00:00+00:00")
    browser = visit(alice)
    assert not texts_of(browser.get(url("care_panel", pps_id)).content, ".notice")
    row_id = add_act(alice, pps_id, "pps.traitements", CHEMOTHERAPY, debut="2026-03-01", fin="2026-02-01")
    page = browser.get(url("care_panel", pps_id)).content
    (link,) = [a for a in tree_of(page).iter("a") if "avant le début" in a.text_content()]
    assert link.get("href") == f"#f-pps.traitements/{row_id}/pps.traitements.fin"
    assert link.get("href").removeprefix("#") in browser.get(url("document", pps_id)).content.decode()


def test_the_calendar_says_months_sittings_and_states(visit: Visit, alice: User, treated_id: UUID, clock: Any) -> None:
    clock("2026-04-07T12:00:00+00:00")
    cancelled = terminology.lookup("pps-statut-acte", "cancelled")
    assert cancelled
    add_act(alice, treated_id, "pps.traitements", SURGERY, statut=cancelled.value)
    page = visit(alice).get(url("calendar", treated_id)).content
    assert [h.text_content() for h in tree_of(page).xpath("//section[starts-with(@class, 'month')]/h3")] == [
        "mars 2026", "avril 2026", "mai 2026", "juin 2026",
    ]  # fmt: skip
    assert texts_of(page, ".at") == ["le 09/03/2026", "du 10/03/2026 au 20/03/2026", "les 6 et 27", "le 18/05/2026", "en 06/2026"]
    assert texts_of(page, ".which") == ["1 et 2 sur 3", "3 sur 3"]
    assert texts_of(page, ".signs") == ["réalisé", "réalisé", "à confirmer à venir", "à venir", "à venir"]
    (table,) = tree_of(page).xpath("//section[@aria-labelledby='h-soins']//tbody")
    assert [[" ".join(cell.text_content().split()) for cell in row] for row in table] == [
        ["Intervention chirurgicale", "le 09/03/2026", "", "", "", "réalisé"],
        ["Chimiothérapie", "", "à partir du 06/04/2026", "3 fois, tous les 21 jours", "", "à confirmer"],
        ["Intervention chirurgicale", "", "", "", "", "annulé"],
        ["Consultation", "", "en 06/2026", "", "", "à venir"],
        ["Prise en charge diététique et nutritionnelle", "du 10/03/2026 au 20/03/2026", "", "", "", "réalisé"],
    ]


def test_a_document_without_acts_has_an_empty_calendar(visit: Visit, alice: User, pps_id: UUID) -> None:
    page = visit(alice).get(url("calendar", pps_id)).content.decode()
    assert "Aucun soin n’a de date pour l’instant." in page
    assert page.count("Rien n&#x27;est encore réalisé.") == 2


def test_the_file_for_the_patient_names_nobody(visit: Visit, alice: User, treated_id: UUID, clock: Any) -> None:
    clock("2026-04-01T12:00:00+00:00")
    browser = visit(alice)
    neutral = browser.get(url("calendar_file", treated_id))
    assert neutral["Content-Type"] == "text/calendar; charset=utf-8"
    assert neutral["Content-Disposition"] == 'attachment; filename="calendrier.ics"'
    assert neutral["Cache-Control"] == "private, no-store"
    text = neutral.content.decode()
    assert text.count("BEGIN:VEVENT") == 3
    assert "himio" not in text
    care = browser.get(url("calendar_file", treated_id), {"titres": "soins"}).content.decode()
    assert care.count("SUMMARY:Chimiothérapie") == 3
    for trait in ("PAT-TROIS", "DOMINIQUE", "279035121518989", "1979", str(treated_id)):
        assert trait not in text + care


def test_the_labels_of_tests_are_those_of_the_lists(pps_form: object) -> None:
    """What the pure tests call an act is what the platform calls it."""
    for group, code in (
        ("pps.traitements", SURGERY),
        ("pps.traitements", CHEMOTHERAPY),
        ("pps.suivis", CONSULTATION),
        ("pps.soins", DIET),
    ):
        concept = terminology.lookup(LISTS[group], code)
        assert concept
        assert concept.value["label"] == LABELS[code]
    assert timezone.get_default_timezone_name() == "Europe/Paris"


def test_remarks_stand_before_the_validation_and_forbid_nothing(visit: Visit, alice: User, pps_id: UUID, clock: Any) -> None:
    clock("2026-03-10T12:00:00+00:00")
    row_id = add_act(alice, pps_id, "pps.traitements", SURGERY, debut_prevu="2026-03-01")
    page = visit(alice).get(url("validation", pps_id)).content
    (link,) = [a for a in tree_of(page).iter("a") if "à confirmer" in a.text_content()]
    assert link.get("href") == f"{url('document', pps_id)}#f-pps.traitements/{row_id}/pps.traitements.debut"
    assert not [finding for finding in documents.validation_findings(alice, pps_id) if "confirmer" in finding.message]


def test_the_acts_that_began_are_on_the_picture_of_the_file(visit: Visit, alice: User, treated_id: UUID) -> None:
    answers = documents.draft(alice, treated_id).answers
    assert [(e.lane, e.label, e.start.isoformat(), e.end and e.end.isoformat()) for e in events_of(answers)] == [
        ("traitements", "Intervention chirurgicale", "2026-03-09", None),
        ("soins", "Prise en charge diététique et nutritionnelle", "2026-03-10", "2026-03-20"),
    ]
