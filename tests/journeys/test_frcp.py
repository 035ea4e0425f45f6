"""The main story: sign in, open a patient, fill a whole FRCP, a colleague completes it, it is validated, its files are there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management import call_command

from dcc.accounts.models import User
from dcc.documents import api as documents
from forms_config import api as forms
from forms_config.schema.samples import sample_answers
from forms_config.terminology import api as terminology
from tests.fixtures import kit_dir
from tests.journeys.conftest import Sit, needs_browser
from tests.journeys.desk import Desk
from tests.journeys.keyboard import Typist
from tests.pdfa import CLASS_PATH, pages_text, preflight, structure_errors

pytestmark = needs_browser
QUESTION, RECOURSE = "frcp.synthese.question", "frcp.motif.rcp_recours"
LEFT_OUT = frozenset({RECOURSE})


def sample() -> dict[str, Any]:
    """A whole document of the standard form."""

    def options(name: str) -> list[Mapping[str, str]]:
        return [concept.value for concept in terminology.concepts(name)] if terminology.exists(name) else []

    return sample_answers(forms.published_form("frcp_standard").schema, "maximal", options)


def create_patient(desk: Desk) -> None:
    """From the search to the file."""
    page = desk.page
    page.get_by_role("link", name="Patients", exact=True).click()
    page.wait_for_url("**/patients/")
    page.get_by_label("Nom, prénom, date de naissance").fill("pat-trois dominique")
    desk.shot("patients-recherche")
    page.get_by_role("link", name="Créer ce patient").click()
    page.get_by_label("Premier prénom").fill("Dominique")
    page.get_by_label("Féminin").check()
    page.get_by_label("Date de naissance").fill("28/03/1979")
    desk.shot("patient-creation")
    page.get_by_role("button", name="Créer le patient").click()
    page.get_by_role("heading", name="Dossier du patient").wait_for()
    assert "provisoire" in page.locator(".identity").inner_text().lower()


def start_document(desk: Desk) -> UUID:
    """From the file to an empty FRCP."""
    desk.page.get_by_role("link", name="Nouvelle fiche RCP").click()
    desk.page.get_by_label("RCP à préciser plus tard").check()
    desk.shot("fiche-creation")
    desk.page.get_by_role("button", name="Commencer la fiche").click()
    desk.page.locator("#saisie").wait_for()
    desk.page.wait_for_load_state()  # the script of that page reads the keys
    return UUID(desk.page.url.rstrip("/").rpartition("/")[2])


def test_from_signing_in_to_the_files(team: dict[str, User], sit: Sit, tmp_path: Path) -> None:
    alice = sit(team["alice"])
    alice.enrol()
    alice.shot("accueil-vide")
    create_patient(alice)
    document_id = start_document(alice)
    alice.shot("fiche-vide")
    typed = fill_by_keyboard(alice)
    check_answers(team["alice"], document_id, typed)
    alice.page.evaluate("window.scrollTo(0, 0)")
    alice.shot("fiche-remplie")
    alice.shot("fiche-remplie-entiere", full_page=True, accessible=False)
    assert "1 réponse manque" in alice.page.locator("#index [data-summary]").inner_text()

    bob = sit(team["bob"])
    bob.sign_in()
    bob.shot("accueil")
    bob.page.get_by_role("link", name="PAT-TROIS DOMINIQUE").click()
    meet_in_one_field(alice, bob)
    bob.page.get_by_role("button", name="Terminer ma saisie").click()
    bob.page.get_by_text("Saisie terminée").wait_for()
    bob.page.get_by_role("link", name="Valider").click()
    supply_what_is_missing(bob)
    validate(bob)
    call_command("worker", "--once", "--seconds", "600")
    bob.page.reload()
    check_files(bob, tmp_path)
    bob.follow(bob.page.get_by_role("link", name="Historique"))
    bob.shot("historique")
    bob.follow(bob.page.get_by_role("link", name="PAT-TROIS DOMINIQUE"))
    bob.shot("patient")
    assert documents.open_document(team["bob"], document_id).answers[QUESTION] == "La question de Bob"


def fill_by_keyboard(desk: Desk) -> Typist:
    """Answer everything that is asked, but for what is left to the colleague; without the mouse."""
    typist = Typist(desk.page, sample(), LEFT_OUT)
    met = -1
    while met < len(typist.done):  # an answer may show questions further up
        met = len(typist.done)
        typist.walk()
        desk.saved()
    sections = desk.page.locator("#index li")
    assert sections.count() >= 20
    assert not desk.page.locator('#index li[data-state="empty"]').all_inner_texts(), "a section without an answer"
    return typist


def check_answers(actor: User, document_id: UUID, typist: Typist) -> None:
    """What was typed is what the document holds, question by question; people apart, whom the platform knows better."""
    view = documents.open_document(actor, document_id)
    wrong = {}
    for path in typist.done - LEFT_OUT:
        expected, held = typist.value_at(path), value_of(view.answers, path)
        if expected is not None and not same(expected, held):
            wrong[path] = (expected, held)
    assert not wrong
    assert len(typist.done) > 120


def value_of(answers: Mapping[str, Any], path: str) -> Any:
    """The answer at a path, which names its row."""
    key, _sep, rest = path.partition("/")
    row_id, _sep, column = rest.partition("/")
    if not rest:
        return answers.get(key)
    return next((row["values"].get(column) for row in answers.get(key, ()) if row["id"] == row_id), None)


def same(expected: Any, held: Any) -> bool:
    """Whether the platform kept what was typed: codes of a list, moments to the minute, texts but for the white space."""
    if isinstance(expected, list):
        typed = [item for item in expected if isinstance(item, Mapping) and "code" in item] or expected[:1]
        return isinstance(held, list) and len(held) == len(typed) and all(same(*pair) for pair in zip(typed, held, strict=True))
    if isinstance(expected, Mapping) and "code" in expected:
        return isinstance(held, Mapping) and (held["code"], held["system"]) == (expected["code"], expected["system"])
    if isinstance(expected, Mapping):
        return bool(held)
    if isinstance(expected, str) and isinstance(held, str):
        return expected.split() == held.split() or expected.removesuffix(":00+01:00") == held.removesuffix("+01:00")
    return bool(expected == held)


def meet_in_one_field(alice: Desk, bob: Desk) -> None:
    """Both write the same answer: the second sees both values, and chooses."""
    bob.page.locator("#presence:not([hidden])").wait_for()
    # What Alice saved is told every 25 s: it could be told before he types.
    bob.page.route("**/presence/", lambda route: route.abort())
    for desk, words in ((alice, "La question d'Alice"), (bob, "La question de Bob")):
        desk.field(QUESTION).locator("textarea").fill(words)
        desk.field(QUESTION).locator("textarea").press("Tab")
        if desk is alice:
            alice.saved()
    conflict = bob.field(QUESTION).locator(".conflict")
    conflict.wait_for()
    bob.page.unroute_all()
    assert "La question d'Alice" in conflict.inner_text()
    assert "La question de Bob" in conflict.inner_text()
    conflict.scroll_into_view_if_needed()
    bob.shot("conflit")
    conflict.get_by_role("button", name="Garder la mienne").click()
    conflict.wait_for(state="detached")
    bob.saved()
    assert bob.field(QUESTION).locator("textarea").input_value() == "La question de Bob"


def supply_what_is_missing(desk: Desk) -> None:
    """The list of what is missing leads to each field."""
    page = desk.page
    desk.shot("validation-manques")
    page.locator(".gaps").get_by_role("button", name="RCP de recours").click()
    desk.field(RECOURSE).wait_for()
    assert page.url.endswith(f"#f-{RECOURSE}")
    desk.check_seen(desk.field(RECOURSE), "la réponse qui manque")
    desk.shot("manque-atteint")
    desk.field(RECOURSE).get_by_text("Non", exact=True).click()
    desk.saved()
    assert "Rien ne manque" in page.locator("#index [data-summary]").inner_text()
    page.get_by_role("button", name="Terminer ma saisie").click()
    page.get_by_role("link", name="Valider").click()


def validate(desk: Desk) -> None:
    """The medical act."""
    desk.page.get_by_text("Toutes les réponses obligatoires sont renseignées").wait_for()
    desk.shot("validation")
    desk.page.get_by_label("Je valide le contenu").check()
    desk.page.get_by_role("button", name="Valider", exact=True).click()
    desk.page.get_by_text("Document validé").wait_for()


def check_files(desk: Desk, folder: Path) -> None:
    """The three files, downloaded from the page, as official tools judge them."""
    desk.page.get_by_role("cell", name="CDA R2 N3").first.wait_for()
    desk.shot("fichiers")
    files = {}
    for name, suffix in (("CDA R2 N3", "xml"), ("CDA R2 N1", "xml"), ("PDF/A-1", "pdf")):
        with desk.page.expect_download() as waiting:
            desk.page.get_by_role("link", name=f"Télécharger {name}").click()
        files[name] = folder / f"{name[-2:].lower()}.{suffix}"
        waiting.value.save_as(files[name])
    check_cda(files["CDA R2 N3"].read_bytes(), schematrons=5)
    check_cda(files["CDA R2 N1"].read_bytes(), schematrons=4)
    check_pdf(files["PDF/A-1"])


def check_cda(content: bytes, *, schematrons: int) -> None:
    """No finding of the XSD nor of the schematrons of the kit (those of the volet do not apply to an N1), none of ours."""
    from plugins.cda.conformance.checker import check_content, current_checker

    if not (kit_dir() / "schematrons").is_dir():
        return
    report = check_content(content, current_checker(), strict=True)
    assert len(report.schemas) == 1 + schematrons, report.schemas
    assert report.findings == ()


def check_pdf(path: Path) -> None:
    """A PDF/A-1b for an independent checker, with what was typed in it."""
    assert "La question de Bob" in " ".join("".join(pages_text(path)).split())
    assert structure_errors(path) == ""
    if Path(CLASS_PATH.partition(":")[0]).exists():
        assert preflight([path]) == {path: []}
