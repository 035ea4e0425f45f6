"""The page of the reprise: what a validated FRCP proposes to its PPS is seen, decided item by item, and remembered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.web.tests.browsing import form_data, texts_of, tree_of
from dcc.web.tests.told import tell_all
from tests.fixtures import Visit, fill_document, validate

pytestmark = pytest.mark.django_db


@pytest.fixture
def told_frcp_id(alice: User, bob: User, frcp_id: UUID) -> UUID:
    """A validated FRCP with treatments, propositions, an examination and wishes."""
    tell_all(alice, bob, frcp_id)
    return frcp_id


@pytest.fixture
def told_pps_id(alice: User, told_frcp_id: UUID, pps_form: object) -> UUID:
    """Its PPS, just started."""
    return documents.create_following(actor=alice, reference_id=told_frcp_id)


def url(document_id: UUID) -> str:
    """The page."""
    return reverse("web:adjudication", args=[document_id])


def items(content: bytes) -> dict[str, str]:
    """Items to decide: their names by what they propose."""
    found = tree_of(content).xpath("//fieldset[@data-item]")
    return {_proposed(f): f.get("data-item") for f in found}


def _proposed(item: Any) -> str:
    legend = " ".join(item.find("legend").text_content().split())
    values = [" ".join(e.text_content().split()) for e in item.xpath(".//div[@class='side'][1]//*[self::dd or @class='value']")]
    return f"{legend} : {' | '.join(values)}"


def item_of(content: bytes, words: str) -> str:
    """The one item that proposes something with these words."""
    (found,) = [item for said, item in items(content).items() if words in said]
    return found


def decide(client: Client, document_id: UUID, *, do: str = "save", query: str = "", **choices: str) -> Any:
    """Open the page, choose, send; choices are named by words of what is proposed."""
    page = client.get(url(document_id) + query)
    data = form_data(page.content, "reprise", do=do)
    return client.post(url(document_id), {**data, **{f"c:{item_of(page.content, w)}": c for w, c in choices.items()}})


def test_every_proposal_of_the_frcp_is_seen_and_nothing_clinical_is_chosen(visit: Visit, alice: User, told_pps_id: UUID) -> None:
    content = visit(alice).get(url(told_pps_id)).content
    seen = " ; ".join(items(content))
    for words in (
        "chimiothérapie | 01/12/2026 | 02/2027 | 4 cures EC",
        "hormonothérapie",
        "intervention chirurgicale | 03/09/2026",
        "Autre type de suivi | IRM mammaire | 12/2026",
        "soins palliatifs | 10/2026 | Équipe mobile",
        "Commentaire sur le patient : Vit seule",
        "Commentaire sur le patient : Souhaits du patient (11/2026) : Continuer à nager",
    ):
        assert words in seen
    assert "radiothérapie" not in seen, "un traitement non réalisé n'est pas proposé"
    assert "Alternative (intention 2)" in " ".join(texts_of(content, ".remark"))
    checked = tree_of(content).xpath("//input[@type='radio'][@checked]")
    assert checked
    assert not [box for box in checked if box.get("data-clinical") is not None]
    assert "administratif" in {text for box in checked for text in box.xpath("ancestor::fieldset//span[@class='badge']/text()")}


def test_kept_items_are_answers_with_their_origin_and_ignored_ones_are_remembered(
    visit: Visit, alice: User, told_frcp_id: UUID, told_pps_id: UUID
) -> None:
    client = visit(alice)
    before = len(items(client.get(url(told_pps_id)).content))
    response = decide(client, told_pps_id, chimiothérapie="keep", hormonothérapie="ignore")
    assert response.status_code == 302
    view = documents.open_document(alice, told_pps_id)
    (row,) = view.answers["pps.traitements"]
    assert row["values"]["pps.traitements.debut_prevu"] == "2026-12-01"
    mark = view.provenance[f"pps.traitements/{row['id']}/pps.traitements.type"]
    assert (mark["origin"], mark["author"], mark["mechanism"]) == ("reprise", "DR Bob BERNARD", "reprise.reference")
    assert mark["source"] == f"{told_frcp_id}@1"
    assert mark["path"].startswith("frcp.propositions/")
    page = client.get(url(told_pps_id)).content
    administrative = 3  # the family doctor and the network were chosen beforehand; one person may be both
    assert before - len(items(page)) >= 2
    assert before - len(items(page)) <= 2 + administrative
    assert not [said for said in items(page) if "hormonothérapie" in said or "chimiothérapie" in said]
    assert "hormonothérapie" in " ".join(texts_of(page, ".decided"))
    form = client.get(reverse("web:document", args=[told_pps_id])).content.decode()
    assert "repris de : FRCP du" in form


def test_a_value_may_be_changed_on_the_way(visit: Visit, alice: User, told_pps_id: UUID) -> None:
    client = visit(alice)
    content = client.get(url(told_pps_id)).content
    item = item_of(content, "Vit seule")
    data = form_data(content, "reprise", do="save")
    client.post(url(told_pps_id), {**data, f"c:{item}": "change", f"v:{item}": "Vit seule, aidée par sa sœur"})
    view = documents.open_document(alice, told_pps_id)
    assert view.answers["pps.patient.commentaire"] == "Vit seule, aidée par sa sœur"
    assert view.provenance["pps.patient.commentaire"]["origin"] == "modifie"
    decide(client, told_pps_id, **{"Continuer à nager": "add"})
    text = documents.open_document(alice, told_pps_id).answers["pps.patient.commentaire"]
    assert text == "Vit seule, aidée par sa sœur\nSouhaits du patient (11/2026) : Continuer à nager"


def test_keep_then_change_leads_to_the_row(visit: Visit, alice: User, told_pps_id: UUID) -> None:
    response = decide(visit(alice), told_pps_id, **{"IRM mammaire": "edit"})
    (row,) = documents.open_document(alice, told_pps_id).answers["pps.suivis"]
    assert response["Location"] == f"{reverse('web:document', args=[told_pps_id])}#f-pps.suivis/{row['id']}"


def test_all_of_a_section_but_what_asks_to_be_looked_at(visit: Visit, alice: User, told_pps_id: UUID) -> None:
    client = visit(alice)
    decide(client, told_pps_id, do="all:pps.programme")
    rows = documents.open_document(alice, told_pps_id).answers["pps.traitements"]
    kinds = {row["values"]["pps.traitements.type"]["code"] for row in rows}
    assert kinds == {"C15632", "387713003"}, "l'alternative a une remarque : elle se décide seule"
    assert "hormonothérapie" in " ; ".join(items(client.get(url(told_pps_id)).content))


def test_two_values_for_one_question_are_refused_and_nothing_is_lost(visit: Visit, alice: User, told_pps_id: UUID) -> None:
    response = decide(visit(alice), told_pps_id, chimiothérapie="keep", **{"Vit seule": "keep", "Continuer à nager": "keep"})
    assert response.status_code == 422
    assert "Deux valeurs sont gardées" in response.content.decode()
    assert len(documents.open_document(alice, told_pps_id).answers["pps.traitements"]) == 1
    item = item_of(response.content, "Continuer à nager")
    checked = tree_of(response.content).xpath(f"//input[@name='c:{item}'][@checked]/@value")
    assert checked == ["keep"], "le choix refusé reste coché"


def test_bad_posts_are_refused_in_french(visit: Visit, alice: User, told_pps_id: UUID) -> None:
    client = visit(alice)
    page = client.get(url(told_pps_id)).content
    vit_seule, phase = item_of(page, "Vit seule"), item_of(page, "Date de l'observation")
    given = form_data(page, "reprise")
    prints = {name: text for name, text in given.items() if name.startswith("f:")}
    for sent, words in (
        ({f"c:{vit_seule}": "swallow"}, "Ce choix n&#x27;existe pas"),
        ({f"c:{vit_seule}": "keep", f"f:{vit_seule}": "0" * 64}, "a changé depuis qu&#x27;elle est affichée"),
        ({f"c:{phase}": "change", f"v:{phase}": "hier"}, "date"),
        ({f"c:{phase}": "change", f"v:{phase}": " "}, "Écrire la valeur voulue"),
        ({"c:inconnu": "keep"}, "a changé depuis"),
    ):
        response = client.post(url(told_pps_id), {**prints, "base": "x", **sent})
        assert (response.status_code, words in response.content.decode()) == (422, True), words
    assert "pps.patient.commentaire" not in documents.open_document(alice, told_pps_id).answers


def test_what_somebody_changed_meanwhile_is_not_overwritten(visit: Visit, alice: User, bob: User, told_pps_id: UUID) -> None:
    client = visit(alice)
    page = client.get(url(told_pps_id)).content
    documents.save_answers(actor=bob, document_id=told_pps_id, changes=[Change("pps.patient.commentaire", "Écrit par Bob", 0)])
    data = {**form_data(page, "reprise", do="save"), f"c:{item_of(page, 'Vit seule')}": "keep"}
    response = client.post(url(told_pps_id), data)
    assert response.status_code == 422
    assert "a changé cette réponse entre-temps" in response.content.decode()
    assert documents.open_document(alice, told_pps_id).answers["pps.patient.commentaire"] == "Écrit par Bob"


def test_a_decision_can_be_looked_at_again(visit: Visit, alice: User, told_pps_id: UUID) -> None:
    client = visit(alice)
    decide(client, told_pps_id, hormonothérapie="ignore")
    page = client.get(url(told_pps_id)).content
    (link,) = tree_of(page).xpath("//details[@class='decided']//li[contains(., 'hormonothérapie')]//a/@href")
    query = link.partition("#")[0]
    assert [said for said in items(client.get(url(told_pps_id) + query).content) if "hormonothérapie" in said]
    decide(client, told_pps_id, query=query, hormonothérapie="keep")
    assert len(documents.open_document(alice, told_pps_id).answers["pps.traitements"]) == 1


def test_an_update_proposes_again_only_the_acts_that_were_taken_out(
    visit: Visit, alice: User, bob: User, told_pps_id: UUID
) -> None:
    client = visit(alice)
    decide(
        client, told_pps_id, chimiothérapie="keep", **{"IRM mammaire": "keep", "Vit seule": "keep", "hormonothérapie": "ignore"}
    )
    (row,) = documents.open_document(alice, told_pps_id).answers["pps.suivis"]
    done = Change(f"pps.suivis/{row['id']}/pps.suivis.debut", "2026-12-02", 99)
    documents.save_answers(actor=alice, document_id=told_pps_id, changes=[done])
    validate(alice, bob, told_pps_id)
    documents.amend_document(actor=alice, document_id=told_pps_id)
    page = client.get(url(told_pps_id))
    seen = " ; ".join(items(page.content))
    for words in ("chimiothérapie", "IRM mammaire", "Vit seule", "hormonothérapie"):
        assert words not in seen, "repris de la version précédente, ou déjà décidé"
    (row,) = documents.open_document(alice, told_pps_id).answers["pps.suivis"]
    documents.remove_row(actor=alice, document_id=told_pps_id, group_key="pps.suivis", row_id=row["id"], base=99)
    page = client.get(url(told_pps_id))
    assert item_of(page.content, "IRM mammaire")
    assert "PPS précédent" in page.content.decode()
    decide(client, told_pps_id, **{"IRM mammaire": "keep"})
    (row,) = documents.open_document(alice, told_pps_id).answers["pps.suivis"]
    mark = documents.open_document(alice, told_pps_id).provenance[f"pps.suivis/{row['id']}"]
    assert (mark["mechanism"], mark["source"]) == ("reprise.former", f"{told_pps_id}@1")


def test_the_pps_of_a_further_frcp_sees_both_the_frcp_and_the_former_pps(
    visit: Visit, alice: User, bob: User, facility: Facility, patient_id: UUID, told_pps_id: UUID
) -> None:
    client = visit(alice)
    decide(client, told_pps_id, chimiothérapie="keep", **{"Vit seule": "keep"})
    validate(alice, bob, told_pps_id)
    frcp_id = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    tell_all(alice, bob, frcp_id)
    pps_id = documents.create_following(actor=alice, reference_id=frcp_id)
    page = client.get(url(pps_id)).content
    told = " ".join(texts_of(page, ".adjudication"))
    assert "FRCP de référence" in told
    assert "PPS précédent" in told
    (from_both,) = tree_of(page).xpath("//fieldset[contains(., 'Vit seule')]//p[@class='from']")
    said = from_both.text_content()
    assert "FRCP du" in said
    assert "PPS du" in said
    assert not tree_of(page).xpath("//input[@type='radio'][@checked][@data-clinical]")


def test_a_document_that_is_completed_takes_nothing_over(visit: Visit, alice: User, told_pps_id: UUID) -> None:
    fill_document(alice, told_pps_id)
    revision = documents.open_document(alice, told_pps_id).revision
    documents.complete_document(actor=alice, document_id=told_pps_id, expected_revision=revision)
    response = visit(alice).get(url(told_pps_id))
    assert response["Location"] == reverse("web:document", args=[told_pps_id])
