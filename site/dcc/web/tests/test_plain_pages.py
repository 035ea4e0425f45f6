"""The whole story without scripts: what a plain form sends is saved, refused, shown again, and leads to a validated document."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.documents import api as documents
from dcc.web.tests.browsing import form_data, texts_of, tree_of
from dcc.web.tests.conftest import page_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


def post(client: Client, document_id: UUID, data: dict[str, Any]) -> Any:
    """Send the page."""
    return client.post(reverse("web:document", args=[document_id]), data)


def answers(actor: User, document_id: UUID) -> Any:
    """What the document holds."""
    return documents.open_document(actor, document_id).answers


def revision(actor: User, document_id: UUID) -> int:
    """How many changes the document has seen."""
    return documents.open_document(actor, document_id).revision


def test_a_page_sent_without_a_change_changes_nothing(visit: Visit, alice: User, frcp_id: UUID) -> None:
    client, before = visit(alice), revision(alice, frcp_id)
    assert post(client, frcp_id, page_of(client, frcp_id)).status_code == 302
    assert revision(alice, frcp_id) == before


def test_each_datatype_is_saved_as_it_is_typed(visit: Visit, alice: User, frcp_id: UUID) -> None:
    client = visit(alice)
    typed = {
        "frcp.rcp.denomination": "  RCP   Sein ",
        "frcp.rcp.date": "3/11/2026 14h30",
        "frcp.motif.rcp_recours": "false",
        "frcp.motif.nature": "ORG-117|1.2.250.1.213.1.1.4.322",
        "frcp.synthese.question": "Ligne 1\r\nLigne 2",
        "frcp.decouverte.date": "03/2026",
        "frcp.phase.date:null": "UNK",
        "frcp.grossesses.nombre": "2",
        "frcp.motif.organes:0.search": "sein",
        "frcp.participants.demandeur:family": "Muller",
        "frcp.participants.demandeur:telecoms": "02 41 00 00 09",
        "frcp.participants.medecin_traitant:null": "NA",
    }
    response = post(client, frcp_id, page_of(client, frcp_id, **typed))
    assert response.status_code == 302
    found = answers(alice, frcp_id)
    assert found["frcp.rcp.denomination"] == "RCP Sein"
    assert found["frcp.rcp.date"] == "2026-11-03T14:30+01:00"
    assert found["frcp.motif.rcp_recours"] is False
    assert found["frcp.motif.nature"]["label"] == "RCP Appareil - Organes"
    assert found["frcp.synthese.question"] == "Ligne 1\nLigne 2"
    assert found["frcp.decouverte.date"] == "2026-03"
    assert found["frcp.phase.date"] == {"null": "UNK"}
    assert found["frcp.grossesses.nombre"] == 2
    assert [v["label"] for v in found["frcp.motif.organes"]] == ["sein"]
    assert found["frcp.participants.demandeur"]["telecoms"] == [{"value": "tel:0241000009"}]
    assert found["frcp.participants.medecin_traitant"] == {"null": "NA"}
    assert texts_of(client.get(response["Location"]).content, ".notice") == ["11 réponses enregistrées"]


def test_what_does_not_fit_is_refused_at_its_field_and_the_rest_is_saved(visit: Visit, alice: User, frcp_id: UUID) -> None:
    client = visit(alice)
    typed = {
        "frcp.decouverte.date": "31/02/2026",
        "frcp.grossesses.nombre": "deux",
        "frcp.rcp.denomination": "RCP Sein",
        "frcp.motif.appareil": "ZZZ|1.2.3",
    }
    response = post(client, frcp_id, page_of(client, frcp_id, **typed))
    assert response.status_code == 422
    tree = tree_of(response.content.decode())
    assert tree.get_element_by_id("f-frcp.decouverte.date").xpath(".//input")[0].get("value") == "31/02/2026"
    assert tree.get_element_by_id("f-frcp.grossesses.nombre").xpath(".//input")[0].get("value") == "deux"
    assert sorted(texts_of(response.content, ".problem")) == [
        "Cette date n'existe pas",
        "Un nombre entier est attendu",
        "« ZZZ » ne fait pas partie de la liste",
    ]
    summary = [a.get("href") for a in tree.get_element_by_id("resume").iter("a")]
    assert sorted(summary) == ["#f-frcp.decouverte.date", "#f-frcp.grossesses.nombre", "#f-frcp.motif.appareil"]
    assert answers(alice, frcp_id) == {"frcp.rcp.denomination": "RCP Sein"} | {
        k: v for k, v in answers(alice, frcp_id).items() if k != "frcp.rcp.denomination"
    }
    assert "frcp.decouverte.date" not in answers(alice, frcp_id)
    again = form_data(
        response.content,
        "saisie",
        **{"frcp.decouverte.date": "28/02/2026", "frcp.grossesses.nombre": "", "frcp.motif.appareil": ""},
    )
    assert post(client, frcp_id, again).status_code == 302
    assert answers(alice, frcp_id)["frcp.decouverte.date"] == "2026-02-28"


class TestTwoPeople:
    """Two people have the same page open: only what each changed is saved, and nothing is overwritten silently."""

    def test_different_questions_do_not_meet(self, visit: Visit, alice: User, bob: User, frcp_id: UUID) -> None:
        hers, his = visit(alice), visit(bob)
        page_a, page_b = page_of(hers, frcp_id), page_of(his, frcp_id)
        assert post(hers, frcp_id, {**page_a, "frcp.rcp.denomination": "RCP d'Alice"}).status_code == 302
        assert post(his, frcp_id, {**page_b, "frcp.rcp.rrc_nom": "ONCOPL"}).status_code == 302
        found = answers(alice, frcp_id)
        assert (found["frcp.rcp.denomination"], found["frcp.rcp.rrc_nom"]) == ("RCP d'Alice", "ONCOPL")

    @pytest.fixture
    def conflict(self, visit: Visit, alice: User, bob: User, frcp_id: UUID) -> tuple[Client, Any]:
        """Bob's page, after alice saved the same question first."""
        hers, his = visit(alice), visit(bob)
        page_a, page_b = page_of(hers, frcp_id), page_of(his, frcp_id)
        post(hers, frcp_id, {**page_a, "frcp.synthese.question": "La question d'Alice"})
        return his, post(his, frcp_id, {**page_b, "frcp.synthese.question": "La question de Bob", "frcp.rcp.rrc_nom": "ONCOPL"})

    def test_the_same_question_is_shown_with_both_values(self, conflict: tuple[Client, Any], alice: User, frcp_id: UUID) -> None:
        _his, response = conflict
        assert response.status_code == 422
        (block,) = texts_of(response.content, ".conflict")
        assert "Modifié aussi par DR Alice MARTIN" in block
        assert "La question de Bob" in block
        assert "La question d'Alice" in block
        found = answers(alice, frcp_id)
        assert (found["frcp.synthese.question"], found["frcp.rcp.rrc_nom"]) == ("La question d'Alice", "ONCOPL")

    def test_one_keeps_his_own(self, conflict: tuple[Client, Any], bob: User, frcp_id: UUID) -> None:
        his, response = conflict
        again = form_data(response.content, "saisie", do="mine:frcp.synthese.question")
        assert post(his, frcp_id, again).status_code == 302
        assert answers(bob, frcp_id)["frcp.synthese.question"] == "La question de Bob"

    def test_or_takes_the_other(self, conflict: tuple[Client, Any], bob: User, frcp_id: UUID) -> None:
        his, response = conflict
        again = form_data(response.content, "saisie", do="theirs:frcp.synthese.question")
        assert post(his, frcp_id, again).status_code == 302
        assert answers(bob, frcp_id)["frcp.synthese.question"] == "La question d'Alice"


class TestRows:
    """Rows are added, moved and removed by buttons of the same form, which saves what was typed first."""

    def rows(self, actor: User, document_id: UUID) -> list[Any]:
        return list(answers(actor, document_id).get("frcp.antecedents") or [])

    def add(self, client: Client, document_id: UUID, text: str) -> None:
        data = page_of(client, document_id, do="add:frcp.antecedents")
        location = post(client, document_id, data)["Location"]
        row = location.partition("#f-")[2]
        assert row.startswith("frcp.antecedents/")
        post(client, document_id, page_of(client, document_id, **{f"{row}/frcp.antecedents.libelle": text}))

    def test_three_rows(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        client = visit(alice)
        for text in ("un", "deux", "trois"):
            self.add(client, frcp_id, text)
        a, b, c = self.rows(alice, frcp_id)
        post(client, frcp_id, page_of(client, frcp_id, do=f"up:frcp.antecedents/{c['id']}"))
        assert [r["id"] for r in self.rows(alice, frcp_id)] == [a["id"], c["id"], b["id"]]
        post(client, frcp_id, page_of(client, frcp_id, do=f"down:frcp.antecedents/{a['id']}"))
        assert [r["id"] for r in self.rows(alice, frcp_id)] == [c["id"], a["id"], b["id"]]
        typed = {f"frcp.antecedents/{b['id']}/frcp.antecedents.date": "2020"}
        post(client, frcp_id, page_of(client, frcp_id, do=f"remove:frcp.antecedents/{a['id']}", **typed))
        left = [r["values"] for r in self.rows(alice, frcp_id)]
        assert left == [
            {"frcp.antecedents.libelle": "trois"},
            {"frcp.antecedents.libelle": "deux", "frcp.antecedents.date": "2020"},
        ]

    def test_a_button_for_no_such_group_says_so(self, visit: Visit, alice: User, frcp_id: UUID) -> None:
        client = visit(alice)
        response = client.post(
            reverse("web:document", args=[frcp_id]), page_of(client, frcp_id, do="add:frcp.synthese.question"), follow=True
        )
        assert "Aucune ligne ne peut être ajoutée ici" in response.content.decode()


def filled(client: Client, document_id: UUID) -> None:
    """Answer, as a person would, what the page marks as missing, until nothing is."""
    for _round in range(6):
        page = client.get(reverse("web:document", args=[document_id])).content
        tree = tree_of(page.decode())
        marked = [
            e for e in tree.xpath("//*[@data-missing]") if not e.xpath("ancestor-or-self::*[contains(@class, 'concealed')]")
        ]
        if not marked:
            return
        groups = [e.get("data-group") for e in marked if e.get("data-group")]
        data = form_data(page, "saisie", do=f"add:{groups[0]}" if groups else "save")
        for field in marked:
            data |= typed_in(field)
        response = post(client, document_id, data)
        assert response.status_code == 302, texts_of(response.content, ".problem")
    raise AssertionError("something is still missing")


def typed_in(field: Any) -> dict[str, str]:
    """What a person types in a field that is missing."""
    path, kind = field.get("data-path"), field.get("data-type")
    if path is None:
        return {}
    plain = {
        "string": "Sein",
        "text": "Nodule",
        "boolean": "false",
        "integer": "1",
        "date": "05/10/2026",
        "datetime": "02/11/2026 14:00",
    }
    if kind in plain:
        return {path: plain[kind]}
    if kind == "professional":
        return {f"{path}:family": "MULLER", f"{path}:given": "Charles"}
    if kind == "organisation":
        return {f"{path}:name": "Centre hospitalier"}
    choices = [c.get("value") for c in field.xpath(".//option[@value!=''] | .//input[@type='radio'][@value!='']")]
    if choices:
        return {path: choices[0]}
    search = next(c.get("name") for c in field.xpath(".//input[@role='combobox']"))
    words = {"jdv-tumeur-cisis": "C50.4", "jdv-morphologie-cisis": "8500/3", "jdv-rcp-organe-cisis": "sein"}
    listed = field.xpath(".//div[@data-list]")[0].get("data-list")
    return {search: words.get(listed, {"tnm-t": "T2", "tnm-n": "N1", "tnm-m": "M0"}.get(listed, "SA01"))}


def test_from_a_blank_screen_to_a_validated_document(
    visit: Visit, alice: User, bob: User, facility: Facility, configuration: None
) -> None:
    hers, his = visit(alice), visit(bob)
    created = hers.post(
        reverse("web:patient_create"),
        {"birth_name": "Pat-Quatre", "first_given_name": "Rita", "sex": "F", "birth_date": "12/05/1960"},
    )
    patient = created["Location"]
    assert "PAT-QUATRE" in hers.get(patient).content.decode()
    document_url = hers.post(f"{patient}fiche-rcp/", {"rcp": ""})["Location"]
    document_id = UUID(document_url.strip("/").rpartition("/")[2])
    filled(hers, document_id)
    completed = post(hers, document_id, page_of(hers, document_id, do="complete"))
    assert completed["Location"] == document_url
    assert documents.open_document(alice, document_id).line.status == "complete"

    page = his.get(reverse("web:validation", args=[document_id])).content
    assert "Toutes les réponses obligatoires sont renseignées" in page.decode()
    data = {"revision": tree_of(page.decode()).xpath("//input[@name='revision']/@value")[0]}
    unconfirmed = his.post(reverse("web:validation", args=[document_id]), data, follow=True)
    assert "Cochez la case" in unconfirmed.content.decode()
    done = his.post(reverse("web:validation", args=[document_id]), {**data, "confirmed": "on"}, follow=True)
    assert "Document validé" in done.content.decode()
    view = documents.open_document(bob, document_id)
    assert (view.line.status, view.validated_by) == ("valide", "DR Bob BERNARD")
    reading = his.get(document_url).content.decode()
    assert "<form" not in reading.partition("<main")[2], "what is validated is read, not typed"
    assert "par DR Bob BERNARD" in reading


def test_a_document_that_was_validated_meanwhile_refuses_and_says_so(
    visit: Visit, alice: User, complete_id: UUID, bob: User
) -> None:
    client = visit(alice)
    documents.reopen_document(actor=alice, document_id=complete_id)
    page = page_of(client, complete_id, **{"frcp.rcp.denomination": "Trop tard"})
    documents.complete_document(actor=alice, document_id=complete_id, expected_revision=revision(alice, complete_id))
    documents.validate_document(actor=bob, document_id=complete_id, expected_revision=revision(alice, complete_id))
    response = client.post(reverse("web:document", args=[complete_id]), page, follow=True)
    assert texts_of(response.content, ".notice") == ["« Enregistrer » n'est pas possible sur un document « Validé »"]
    assert answers(alice, complete_id)["frcp.rcp.denomination"] != "Trop tard"


def test_completing_an_unfinished_document_leads_to_what_is_missing(visit: Visit, alice: User, frcp_id: UUID) -> None:
    client = visit(alice)
    page = client.get(reverse("web:validation", args=[frcp_id])).content.decode()
    tree = tree_of(page)
    links = tree.xpath("//main//section[@aria-labelledby='h-manque']//a/@href")
    assert f"{reverse('web:document', args=[frcp_id])}#f-frcp.rcp.denomination" in links
    assert "La saisie doit d" in page


def test_answers_kept_aside_are_listed_before_validation(visit: Visit, alice: User, complete_id: UUID) -> None:
    documents.reopen_document(actor=alice, document_id=complete_id)
    client = visit(alice)
    organ = {"frcp.motif.organes:9.search": "sein"}
    nature = documents.open_document(alice, complete_id).answers["frcp.motif.nature"]["code"]
    other = "ORG-132" if nature == "ORG-117" else "ORG-117"
    post(client, complete_id, page_of(client, complete_id, **organ))
    post(client, complete_id, page_of(client, complete_id, **{"frcp.motif.nature": f"{other}|1.2.250.1.213.1.1.4.322"}))
    page = client.get(reverse("web:validation", args=[complete_id])).content.decode()
    assert "Réponses gardées mais non transmises" in page
    assert "Organe(s)" in page.partition("Réponses gardées")[2]


def test_cancelling_asks_first(visit: Visit, alice: User, frcp_id: UUID) -> None:
    client, url = visit(alice), reverse("web:step", args=[frcp_id, "cancel"])
    asked = client.post(url, {"revision": "0"}).content.decode()
    assert "il ne sera jamais transmis" in asked
    assert documents.open_document(alice, frcp_id).line.status == "en_cours"
    client.post(url, {"revision": "0", "confirmed": "on"})
    assert documents.open_document(alice, frcp_id).line.status == "annule"
