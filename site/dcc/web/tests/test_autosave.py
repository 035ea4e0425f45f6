"""What an open page exchanges: each value on its own, orders on rows, signs of life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.web import habits
from dcc.web.models import CodeHabit
from dcc.web.tests.browsing import parsed, texts_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
TOPOGRAPHY = "frcp.tumeurs.topographie"


class Page:
    """An open page: its client, its editor's name, the revision it was opened at."""

    def __init__(self, client: Client, document_id: UUID, editor: str, base: int = 0) -> None:
        self.client, self.document_id, self.editor, self.base = client, document_id, editor, base

    def post(self, name: str, body: dict[str, Any]) -> Any:
        url = reverse(f"web:{name}", args=[self.document_id])
        response = self.client.post(url, {"editor": self.editor, **body}, content_type="application/json")
        assert response.status_code == 200, response.content
        return response.json()

    def save(self, path: str, *, base: int | None = None, render: bool = False, **raw: list[str]) -> Any:
        """Save one field; ``main`` is its main text."""
        texts = {("" if part == "main" else part.replace("__", ".")): texts for part, texts in raw.items()}
        change = {"path": path, "base": self.base if base is None else base, "raw": texts, "render": render}
        return self.post("autosave", {"changes": [change]})

    def order(self, order: str, target: str, base: int | None = None) -> Any:
        """Add, remove or move a row."""
        return self.post("rows", {"order": order, "target": target, "base": self.base if base is None else base})

    def live(self, base: int | None = None) -> Any:
        """Give a sign of life."""
        return self.post("presence", {"base": self.base if base is None else base})


@pytest.fixture
def hers(visit: Visit, alice: User, frcp_id: UUID) -> Page:
    """Alice's page."""
    return Page(visit(alice), frcp_id, "page-of-alice", documents.open_document(alice, frcp_id).revision)


@pytest.fixture
def his(visit: Visit, bob: User, frcp_id: UUID) -> Page:
    """Bob's page."""
    return Page(visit(bob), frcp_id, "page-of-bob", documents.open_document(bob, frcp_id).revision)


def answers(actor: User, document_id: UUID) -> Any:
    """What the document holds."""
    return documents.open_document(actor, document_id).answers


def test_a_value_is_saved_quietly(hers: Page, alice: User, frcp_id: UUID) -> None:
    answer = hers.save("frcp.rcp.denomination", main=["RCP Sein"])
    assert answer == {
        "revision": hers.base + 1,
        "saved": ["frcp.rcp.denomination"],
        "refused": {},
        "conflicts": [],
        "fields": {},
    }
    assert answers(alice, frcp_id)["frcp.rcp.denomination"] == "RCP Sein"


def test_saving_is_not_opening(hers: Page, alice: User, frcp_id: UUID) -> None:
    from dcc.audit.models import Entry

    before = Entry.objects.filter(action="document.opened").count()
    hers.save("frcp.rcp.denomination", main=["RCP Sein"])
    hers.live()
    assert Entry.objects.filter(action="document.opened").count() == before


def test_a_date_comes_back_as_it_is_kept(hers: Page) -> None:
    answer = hers.save("frcp.decouverte.date", main=["mars 2026"])
    field = parsed(answer["fields"]["frcp.decouverte.date"])
    assert field.xpath(".//input[@name='frcp.decouverte.date']/@value") == ["03/2026"]


def test_a_wrong_value_is_refused_alone(hers: Page, alice: User, frcp_id: UUID) -> None:
    changes = [
        {"path": "frcp.decouverte.date", "base": hers.base, "raw": {"": ["31/02/2026"]}},
        {"path": "frcp.rcp.rrc_nom", "base": hers.base, "raw": {"": ["ONCOPL"]}},
        {"path": "frcp.inconnue", "base": hers.base, "raw": {"": ["x"]}},
        {"path": "frcp.cro.repris_le", "base": hers.base, "raw": {"": ["2020"]}},
    ]
    answer = hers.post("autosave", {"changes": changes})
    assert answer["saved"] == ["frcp.rcp.rrc_nom"]
    assert answer["refused"]["frcp.decouverte.date"] == "Cette date n'existe pas"
    assert set(answer["refused"]) == {"frcp.decouverte.date", "frcp.inconnue", "frcp.cro.repris_le"}
    assert answers(alice, frcp_id)["frcp.rcp.rrc_nom"] == "ONCOPL"


def test_a_chosen_person_comes_back_with_all_sub_fields(hers: Page) -> None:
    found = hers.client.get(reverse("web:people"), {"q": "bern", "genre": "professional"}).json()["options"]
    assert found == [], "bob does not exist yet"
    answer = hers.save(
        "frcp.participants.demandeur",
        render=True,
        family=["MULLER"],
        given=["Charles"],
        suffix=["DR"],
        organisation__name=["Clinique"],
    )
    field = parsed(answer["fields"]["frcp.participants.demandeur"])
    assert field.xpath(".//input[@role='combobox']/@value")[0] == "DR Charles MULLER (Clinique)"
    assert field.xpath(".//input[@name='frcp.participants.demandeur:family']/@value") == ["MULLER"]


def test_a_value_of_the_directory_becomes_a_changed_one(
    visit: Visit, alice: User, facility: Any, patient_id: UUID, configuration: None
) -> None:
    document_id = documents.create_document(
        actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp", answers={"frcp.rcp.rrc_nom": "ONCOPL"}
    )
    answer = Page(visit(alice), document_id, "p").save("frcp.rcp.rrc_nom", main=["ONCOBRETAGNE"])
    assert [
        e.strip() for e in parsed(answer["fields"]["frcp.rcp.rrc_nom"]).xpath(".//span[@class='badge info']//text()") if e.strip()
    ] == ["modifié"]


class TestConflicts:
    """Two pages, one question."""

    def test_the_second_sees_both_values(self, hers: Page, his: Page, alice: User, frcp_id: UUID) -> None:
        hers.save("frcp.decouverte.date", main=["2025"])
        answer = his.save("frcp.decouverte.date", main=["03/2026"])
        assert answer["saved"] == []
        (conflict,) = answer["conflicts"]
        text = " ".join(parsed(conflict["html"]).text_content().split())
        assert "Modifié aussi par DR Alice MARTIN" in text
        assert "03/2026" in text
        assert parsed(conflict["theirs"]).xpath(".//input[@name='frcp.decouverte.date']/@value") == ["2025"]
        assert answers(alice, frcp_id)["frcp.decouverte.date"] == "2025"

    def test_who_decides_knowingly_is_obeyed(self, hers: Page, his: Page, alice: User, frcp_id: UUID) -> None:
        hers.save("frcp.decouverte.date", main=["2025"])
        revision = his.save("frcp.decouverte.date", main=["03/2026"])["revision"]
        assert his.save("frcp.decouverte.date", base=revision, main=["03/2026"])["saved"] == ["frcp.decouverte.date"]
        assert answers(alice, frcp_id)["frcp.decouverte.date"] == "2026-03"

    def test_one_s_own_page_never_conflicts_with_itself(self, hers: Page) -> None:
        for text in ("2024", "2025", "2026"):
            assert hers.save("frcp.decouverte.date", main=[text])["saved"]

    def test_a_second_page_of_the_same_person_is_another_editor(
        self, hers: Page, visit: Visit, alice: User, frcp_id: UUID
    ) -> None:
        second = Page(visit(alice), frcp_id, "second-page", hers.base)
        hers.save("frcp.decouverte.date", main=["2024"])
        assert second.save("frcp.decouverte.date", main=["2025"])["conflicts"]


class TestRows:
    """Orders on rows answer the group as it is now."""

    def test_a_row_comes_with_the_defaults_of_its_columns(self, hers: Page) -> None:
        answer = hers.order("add", "frcp.tumeurs")
        group = parsed(answer["html"])
        (row,) = group.xpath("//div[@data-row]")
        assert answer["focus"] == f"frcp.tumeurs/{row.get('data-row')}"
        checked = row.xpath(".//input[@type='radio'][@checked][contains(@name, 'tumeurs.statut')]/@value")
        assert checked == ["active|2.16.840.1.113883.5.14"]

    def test_moved_and_removed(self, hers: Page, alice: User, frcp_id: UUID) -> None:
        first, second = (hers.order("add", "frcp.antecedents")["focus"].partition("/")[2] for _ in range(2))
        hers.order("up", f"frcp.antecedents/{second}")
        assert [r["id"] for r in answers(alice, frcp_id)["frcp.antecedents"]] == [second, first]
        answer = hers.order("remove", f"frcp.antecedents/{first}")
        assert answer["problem"] == ""
        assert [r["id"] for r in answers(alice, frcp_id)["frcp.antecedents"]] == [second]

    def test_a_row_that_somebody_works_on_is_not_taken_away(self, hers: Page, his: Page, alice: User, frcp_id: UUID) -> None:
        row = hers.order("add", "frcp.antecedents")["focus"]
        base = documents.open_document(alice, frcp_id).revision
        hers.save(f"{row}/frcp.antecedents.libelle", main=["Diabète"])
        answer = his.order("remove", row, base=base)
        assert "vient d'être modifiée par DR Alice MARTIN" in answer["problem"]
        assert answers(alice, frcp_id)["frcp.antecedents"]

    def test_a_value_of_a_row_that_was_removed_is_refused(self, hers: Page, his: Page) -> None:
        row = hers.order("add", "frcp.antecedents")["focus"]
        his.order("remove", row, base=10_000)
        answer = hers.save(f"{row}/frcp.antecedents.libelle", main=["Diabète"])
        assert answer["refused"] == {f"{row}/frcp.antecedents.libelle": "Cette ligne a été supprimée"}

    @pytest.mark.parametrize(("order", "target"), [("add", "frcp.inconnue"), ("add", "frcp.motif.nature")])
    def test_no_such_group(self, order: str, target: str, hers: Page) -> None:
        assert hers.order(order, target)["problem"] == "Aucune ligne ne peut être ajoutée ici"


class TestPresence:
    """Who else is there, and what changed meanwhile."""

    def test_people_see_each_other(self, hers: Page, his: Page) -> None:
        assert hers.live()["others"] == []
        assert his.live()["others"] == ["DR Alice MARTIN"]
        assert hers.live()["others"] == ["DR Bob BERNARD"]

    def test_news_of_others_come_as_fields_and_groups(self, hers: Page, his: Page) -> None:
        hers.save("frcp.decouverte.date", main=["2025"])
        row = hers.order("add", "frcp.antecedents")["focus"]
        hers.save(f"{row}/frcp.antecedents.libelle", main=["Diabète"])
        news = his.live()
        assert news["by"] == "DR Alice MARTIN"
        assert list(news["fields"]) == ["frcp.decouverte.date"]
        assert list(news["groups"]) == ["frcp.antecedents"]
        assert "Diabète" in news["groups"]["frcp.antecedents"]
        assert his.live(base=news["revision"])["fields"] == {}

    def test_one_s_own_changes_are_no_news(self, hers: Page) -> None:
        hers.save("frcp.decouverte.date", main=["2025"])
        assert hers.live()["fields"] == {}


class TestHabits:
    """Codes somebody used or pinned come first."""

    def test_saved_codes_are_proposed_first(self, hers: Page, alice: User, bob: User) -> None:
        row = hers.order("add", "frcp.tumeurs")["focus"]
        hers.save(f"{row}/{TOPOGRAPHY}", search=["C64"])
        assert habits.preferred(alice, "jdv-tumeur-cisis") == {"C64": "recent"}
        assert habits.preferred(bob, "jdv-tumeur-cisis") == {}
        url = reverse("web:codes")
        options = hers.client.get(url, {"liste": "jdv-tumeur-cisis", "q": ""}).json()["options"]
        assert (options[0]["code"], options[0]["mark"]) == ("C64", "recent")
        assert options[1]["mark"] == ""

    def test_a_pinned_code_comes_before_recent_ones(self, hers: Page, alice: User) -> None:
        row = hers.order("add", "frcp.tumeurs")["focus"]
        hers.save(f"{row}/{TOPOGRAPHY}", main=["C64|2.16.840.1.113883.6.3"], search=[""])
        hers.save(f"{row}/{TOPOGRAPHY}", search=["C64"])
        url = reverse("web:favourite")
        assert hers.client.post(url, {"liste": "jdv-tumeur-cisis", "code": "C50.4"}).json() == {"pinned": True}
        assert list(habits.preferred(alice, "jdv-tumeur-cisis").items()) == [("C50.4", "favori"), ("C64", "recent")]
        assert hers.client.post(url, {"liste": "jdv-tumeur-cisis", "code": "C50.4"}).json() == {"pinned": False}
        assert hers.client.post(url, {"liste": "jdv-tumeur-cisis", "code": "ZZZ"}).status_code == 404
        assert CodeHabit.objects.count() == 2

    def test_a_refused_code_is_no_habit(self, hers: Page, alice: User) -> None:
        row = hers.order("add", "frcp.tumeurs")["focus"]
        hers.save(f"{row}/{TOPOGRAPHY}", main=["ZZZ|1.2.3"], search=["ZZZ"])
        assert not CodeHabit.objects.filter(code="ZZZ").exists()


def test_the_page_of_a_filled_document_needs_few_queries(
    visit: Visit, alice: User, frcp_id: UUID, django_assert_max_num_queries: Any
) -> None:
    client, url = visit(alice), reverse("web:document", args=[frcp_id])
    client.get(url)
    with django_assert_max_num_queries(26):
        page = client.get(url)
    assert texts_of(page.content, "h1")
