"""The editor's story: a form for another RCP, made without code, tried, approved by somebody else, met by a physician."""

from __future__ import annotations

import json
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from dcc.accounts.models import Facility, User
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from forms_config.api import published_form
from forms_config.models import FormDefinition
from tests.fixtures import fill_document, make_patient
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.desk import Desk
from tests.journeys.workshop import Workshop, drag, order, seated

pytestmark = needs_browser
STATUS, REASON = "frcp.motif.statut_cas", "frcp.motif.commentaire_motif"


def documents_before(alice: User, patient_id: UUID) -> tuple[UUID, UUID, bytes]:
    """A running document and a validated one, on the standard form, and the bytes of the validated one's CDA."""
    facility = Facility.objects.get(finess="490000031")
    made = [
        documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
        for _ in range(2)
    ]
    running, valid = made
    fill_document(alice, valid)
    documents.complete_document(actor=alice, document_id=valid, expected_revision=documents.open_document(alice, valid).revision)
    documents.validate_document(actor=alice, document_id=valid, expected_revision=documents.open_document(alice, valid).revision)
    return running, valid, rendered(valid)


AS_OF = timezone.now().replace(microsecond=0)


def rendered(document_id: UUID) -> bytes:
    """The CDA of a document as it is made again now."""
    return exchange.render_unsaved(documents.current_picture(document_id, as_of=AS_OF)[1], "cda-n1", as_of=AS_OF).content


def test_a_form_for_another_rcp(people: dict[str, User], sit: Sit) -> None:
    alice = people["alice"]
    patient_id = make_patient(alice, Facility.objects.get(finess="490000031"))
    running, valid, before = documents_before(alice, patient_id)
    form_of_running = documents.open_document(alice, running).schema

    edith = seated(sit, people["edith"])
    made = duplicate(edith)
    arrange(Workshop(edith))
    try_it(edith)
    Workshop(edith).open(made)
    submit(edith)

    emile = seated(sit, people["emile"])
    approve(emile, made)
    assert published_form(made.key).number == 1

    physician = seated(sit, alice)
    meet(physician, alice, patient_id, made)

    assert documents.open_document(alice, running).schema == form_of_running
    assert rendered(valid) == before
    assert not [fault for desk in (edith, emile, physician) for fault in desk.faults]


def duplicate(desk: Desk) -> FormDefinition:
    """« Dupliquer pour une autre RCP », from the workshop of the standard form."""
    standard = FormDefinition.objects.get(key="frcp_standard")
    Workshop(desk).open(standard)
    desk.shot("atelier")
    desk.page.get_by_role("link", name="Dupliquer pour une autre RCP").click()
    desk.page.get_by_label("Titre").fill("FRCP du sein")
    desk.page.get_by_label("Organe ou spécialité").fill("Sein")
    desk.page.get_by_label("Chercher une RCP").fill("senologie")
    desk.page.get_by_label("Sénologie").check()
    desk.shot("atelier-dupliquer")
    desk.page.get_by_role("button", name="Dupliquer").click()
    desk.page.get_by_role("heading", name="FRCP du sein").wait_for()
    desk.page.wait_for_load_state()  # the script of that page hears the gestures
    return FormDefinition.objects.get(title="FRCP du sein")


def arrange(shop: Workshop) -> None:
    """Move a section, relabel, keep some values of a list, add a condition and a regional question; undo once; save."""
    page = shop.page
    shop.at("up:section:frcp.decouverte").click()
    shop.said("Rubrique déplacée")
    shop.select(REASON)
    shop.at("label").fill("Pourquoi cette RCP")
    shop.at("label").press("Enter")
    shop.said("Question modifiée")
    page.get_by_label("Ajouter une condition sur").select_option(label="Nature de la discussion")
    shop.at("value:ORG-117").check()
    shop.at("condition.add").click()
    shop.said("Condition ajoutée")
    assert "Posée si Nature de la discussion" in page.locator(".workshop__sentence").inner_text()
    shop.desk.shot("atelier-condition")
    restrict(shop)
    ask_more(shop)
    wanted = drag(shop)
    shop.saved()
    saved = FormDefinition.objects.get(title="FRCP du sein").get_latest_revision_as_object().draft
    assert order(saved, "frcp.motif") == wanted


def restrict(shop: Workshop) -> None:
    """Of the organs, only two are kept, one with the region's words."""
    shop.select("frcp.motif.organes")
    shop.page.get_by_text("Ne garder que certaines valeurs").click()
    boxes = shop.page.locator('[data-arg="codes"][data-many]')
    kept = [boxes.nth(n).get_attribute("value") for n in range(2)]
    for n in range(2):
        boxes.nth(n).check()
    shop.at("choices.add").click()
    shop.said("Choix ajouté")
    shop.at(f"word:{kept[0]}").fill("Le nôtre")
    shop.at(f"word:{kept[0]}").press("Enter")
    shop.said("Libellé régional modifié")
    shop.desk.shot("atelier-liste")


def ask_more(shop: Workshop) -> None:
    """A question of the region with its own choices, found through the picker; one gesture undone and done again."""
    shop.at("pick:frcp.motif").click()
    shop.desk.until(lambda: shop.focused() == "picker", "the picker takes the focus")
    shop.at("picker.search").fill("lateralite")
    shop.desk.shot("atelier-catalogue")
    shop.at("regional.label").fill("Mutation familiale connue")
    shop.at("regional.kind").select_option("choice")
    shop.at("regional.add").click()
    shop.said("Question régionale ajoutée")
    shop.desk.until(lambda: shop.focused() == "label", "the label takes the focus")
    assert (
        "« Mutation familiale connue » : une question codée a un jeu de valeurs"
        in shop.page.locator(".workshop__remarks").inner_text()
    )
    shop.at("choices.labels").fill("BRCA1\nBRCA2\nAucune")
    shop.at("choices.add").click()
    shop.said("Choix ajouté")
    with_choices = shop.draft()
    shop.page.locator("[data-undo]").click()
    shop.said("Geste annulé")
    assert shop.draft() != with_choices
    shop.page.locator("[data-redo]").click()
    shop.said("Geste rétabli")
    assert shop.draft() == with_choices
    assert shop.page.locator(".workshop__remarks li").count() == 0
    shop.desk.shot("atelier-question-regionale")


def try_it(desk: Desk) -> None:
    """« Essayer » shows the draft as a physician would see it."""
    desk.page.get_by_role("link", name="Essayer").click()
    desk.page.locator("#saisie").wait_for()
    desk.page.wait_for_load_state()
    page = desk.page.locator("body").inner_text()
    assert "Mutation familiale connue" in page
    assert "essai" in page.lower()
    desk.shot("atelier-essai")


def more_actions(desk: Desk) -> None:
    """Open what the button at the foot of the page hides."""
    desk.page.locator("footer [data-w-dropdown-target=toggle]").last.click()


def submit(desk: Desk) -> None:
    """Nobody is offered to publish; the draft goes to somebody else."""
    more_actions(desk)
    desk.shot("atelier-soumettre")
    assert desk.page.locator("[name=action-publish]").count() == 0
    Workshop(desk).send(desk.page.locator("[name=action-submit]"))


def approve(desk: Desk, made: FormDefinition) -> None:
    """Another editor reads the draft and approves."""
    Workshop(desk).open(made)
    more_actions(desk)
    desk.shot("atelier-relecture")
    Workshop(desk).send(desk.page.locator("[data-workflow-action-name=approve]").first)


def meet(desk: Desk, alice: User, patient_id: UUID, made: FormDefinition) -> None:
    """A new FRCP of that RCP is written on the new form."""
    desk.page.goto(reverse("web:frcp_create", args=[patient_id]))
    desk.page.get_by_label("RCP, 3C, ville ou organe").fill("senologie")
    desk.page.get_by_role("button", name="Chercher").click()
    desk.page.get_by_label("Sénologie").check()
    desk.page.get_by_role("button", name="Commencer la fiche").click()
    desk.page.locator("#saisie").wait_for()
    desk.page.wait_for_load_state()
    document_id = UUID(desk.page.url.rstrip("/").rpartition("/")[2])
    assert documents.open_document(alice, document_id).schema.key == made.key
    assert "Mutation familiale connue" in desk.page.locator("#saisie").inner_text()
    desk.shot("atelier-fiche")


def test_by_the_keyboard_alone(people: dict[str, User], sit: Sit) -> None:
    """Walk, move, word, undo: the focus stays on what was used, gesture after gesture."""
    desk = seated(sit, people["edith"], width=1100, height=800)
    shop = Workshop(desk)
    shop.open(FormDefinition.objects.get(key="frcp_standard"))
    press = desk.page.keyboard.press
    start = [section["key"] for section in shop.draft()["sections"]]
    reach(desk, shop, f"section:{start[0]}")
    press("ArrowDown")
    first = shop.focused()
    assert first.startswith("question:")
    press("ArrowUp")
    press("Alt+ArrowDown")
    shop.said("Rubrique déplacée")
    assert shop.focused() == f"section:{start[0]}"
    assert [section["key"] for section in shop.draft()["sections"]][:2] == [start[1], start[0]]
    press("Tab")
    assert shop.focused() == f"up:section:{start[0]}"
    press("Enter")
    desk.until(lambda: shop.draft()["sections"][0]["key"] == start[0], "moved back")
    assert shop.focused() == f"up:section:{start[0]}"
    press("Control+z")
    shop.said("Geste annulé")
    assert shop.draft()["sections"][0]["key"] == start[1]
    shop.at(f"question:{STATUS}").focus()
    press("Enter")
    desk.until(lambda: shop.at(f"question:{STATUS}").get_attribute("aria-current"), "selected")
    assert shop.focused() == f"question:{STATUS}"
    reach(desk, shop, "label")
    press("Control+a")
    desk.page.keyboard.type("Statut")
    press("Tab")
    shop.said("Question modifiée")
    assert shop.focused() == "help", "the focus went on while the page was shown again"
    desk.page.keyboard.type("Une aide")
    press("Tab")
    desk.until(lambda: "Une aide" in json.dumps(shop.draft(), ensure_ascii=False), "help kept")
    reach(desk, shop, "question.remove")
    press("Enter")
    shop.said("Question retirée")
    assert "donnée obligatoire absente" in desk.page.locator(".workshop__remarks").inner_text()
    assert shop.focused(), "the focus is somewhere in the workshop"
    desk.shot("atelier-remarque")
    assert not desk.faults


def reach(desk: Desk, shop: Workshop, name: str) -> None:
    """Press Tab until the keyboard is on something."""
    for _ in range(600):
        if shop.focused() == name:
            return
        desk.page.keyboard.press("Tab")
    raise AssertionError(f"{name} : hors d'atteinte du clavier")
