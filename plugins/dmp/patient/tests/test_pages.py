"""« DMP du patient »: what it shows and offers, to whom."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.models import User
from dcc.contracts.notices import Place
from dcc.exchange import api as exchange
from dcc.web.tests.browsing import texts_of, tree_of
from plugins.dmp.deposits import gate, visibility
from plugins.dmp.models import Consent, PatientFile
from plugins.dmp.patient import services
from plugins.dmp.patient.keeping import remember
from plugins.dmp.patient.notices import PatientNotices
from plugins.dmp.patient.standing import standing_of
from plugins.dmp.patient.words import AUTHORISATIONS, DECLARATIONS, Declared
from plugins.dmp.tests.reachable import reachable_settings
from plugins.dmp.transactions.types import Existence
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def reachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy is set."""
    settings = reachable_settings()
    for module in ("views", "notices"):
        monkeypatch.setattr(f"plugins.dmp.patient.{module}.in_force", lambda: settings)


def url(patient_id: UUID) -> str:
    """The page."""
    return reverse("dmp:patient", args=[patient_id])


OFFERED = {
    "NON_EXISTE": ["check", "authorise", "oppose"],
    "EXPIRE": ["check", "authorise", "oppose"],
    "VALIDE": ["check", "withdraw", "oppose"],
    "A_RETIRER": ["check", "withdraw", "oppose"],
    "INTERDIT": ["check", "oppose"],
    "": ["check", "authorise", "oppose"],
}


@pytest.mark.usefixtures("reachable")
@pytest.mark.parametrize("code", AUTHORISATIONS)
def test_what_is_offered_for_each_authorisation(visit: Visit, alice: User, qualified: UUID, code: str) -> None:
    answer = Existence(True, active=True, authorisation=code)  # type: ignore[arg-type]  # what waits here is no code of the DMP
    remember(patient_id=qualified, user_id=alice.pk, answer=answer, at=timezone.now())
    page = visit(alice).get(url(qualified))
    assert tree_of(page.content).xpath("//button[@name='do']/@value") == OFFERED[code]
    assert b"js/waiting.js" in page.content, "what the DMP takes a while to answer is said to wait, and not sent twice"
    assert str(AUTHORISATIONS[code].label) in " ".join(texts_of(page.content, ".badge"))


def test_without_a_proxy_it_says_so_and_an_opposition_may_still_be_noted(visit: Visit, alice: User, qualified: UUID) -> None:
    browser = visit(alice)
    assert tree_of(browser.get(url(qualified)).content).xpath("//button[@name='do']/@value") == ["oppose"]
    assert browser.post(url(qualified), {"do": "oppose", "reason": ""}).status_code == 422
    answer = browser.post(url(qualified), {"do": "oppose", "reason": "Le dit en consultation"}, follow=True)
    assert "Le dit en consultation" in answer.content.decode()
    assert tree_of(answer.content).xpath("//button[@name='do']/@value") == ["accept"]


def test_a_reader_sees_and_declares_nothing(visit: Visit, lea: User, qualified: UUID) -> None:
    assert not tree_of(visit(lea).get(url(qualified)).content).xpath("//button[@name='do']")


@pytest.mark.usefixtures("reachable")
def test_a_call_asks_for_pro_sante_connect(visit: Visit, alice: User, charlie: User, qualified: UUID) -> None:
    call = reverse("dmp:patient_call", args=[qualified])
    assert visit(alice).post(call, {"do": "check"})["Location"] == reverse("accounts:psc_step_up")
    assert visit(charlie).post(call, {"do": "check"}).status_code == 404


def test_a_withdrawal_is_noted_without_session_nor_qualified_identity(
    visit: Visit, alice: User, charlie: User, patient_id: UUID
) -> None:
    Consent.objects.create(patient_id=patient_id, user=alice, authorisation="VALIDE")
    browser, call = visit(alice), reverse("dmp:patient_call", args=[patient_id])
    assert tree_of(browser.get(url(patient_id)).content).xpath("//button[@name='do']/@value") == ["withdraw", "oppose"]
    assert browser.post(call, {"do": "withdraw"})["Location"] == reverse("accounts:psc_step_up")
    assert standing_of(alice, patient_id).authorisation == "A_RETIRER"
    page = browser.get(url(patient_id)).content
    assert "le DMP ne l'a pas encore confirmé : retirez de nouveau" in " ".join(texts_of(page, ".muted"))
    assert "Retirer de nouveau" in texts_of(page, "button[@value='withdraw']")
    assert tree_of(page).xpath("//button[@name='do']/@value") == ["withdraw", "oppose"]
    assert visit(charlie).post(call, {"do": "withdraw"}).status_code == 404
    assert not Consent.objects.filter(user=charlie).exists()


@pytest.mark.usefixtures("reachable")
def test_the_line_on_the_patients_page(alice: User, qualified: UUID) -> None:
    place = Place("patient", alice.pk, qualified)
    (line,) = PatientNotices().notices(place).lines
    assert (line.words, line.url) == ("DMP pas encore vérifié.", url(qualified))
    remember(
        patient_id=qualified, user_id=alice.pk, answer=Existence(True, active=True, authorisation="VALIDE"), at=timezone.now()
    )
    (line,) = PatientNotices().notices(place).lines
    assert line.words == "DMP ouvert, consultation autorisée."
    services.oppose(actor=alice, patient_id=qualified, reason="Refus")
    (line,) = PatientNotices().notices(place).lines
    assert line.level == "warning"
    assert PatientNotices().notices(Place("accueil", alice.pk)).lines == ()


def test_no_line_where_no_dmp_is_reached(alice: User, qualified: UUID) -> None:
    assert PatientNotices().notices(Place("patient", alice.pk, qualified)).lines == ()
    assert not PatientFile.objects.exists()


def test_the_help_shows_the_tables_that_run(visit: Visit, lea: User) -> None:
    browser = visit(lea)
    assert f'href="{reverse("dmp:rules")}"' in browser.get(reverse("web:help")).content.decode()
    assert f'href="{reverse("dmp:rules")}"' in browser.get(reverse("web:who_receives")).content.decode()
    page = browser.get(reverse("dmp:rules")).content
    cells = set(texts_of(page, "td"))
    assert {row.step for row in visibility.TABLE} < cells
    assert {row.verdict.words for row in gate.TABLE} < cells
    told = [" ".join(badge.text_content().split()) for badge in tree_of(page).xpath("//td//span[contains(@class, 'badge')]")]
    assert told == ["Invisible au patient", *["Visible par le patient"] * 3]


def test_what_the_representatives_of_a_minor_see_is_asked_once_he_is_one(
    visit: Visit, alice: User, qualified: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = visit(alice)
    assert "Patient mineur" not in browser.get(url(qualified)).content.decode()
    monkeypatch.setattr("plugins.dmp.patient.standing.is_minor", lambda *_facts: True)
    assert browser.post(url(qualified), {"do": "hide", "reason": ""}).status_code == 422
    page = browser.post(url(qualified), {"do": "hide", "reason": "Convenu en consultation"}, follow=True).content
    assert "Ses représentants légaux ne voient pas ses documents." in page.decode()
    assert "Convenu en consultation" in page.decode()
    assert tree_of(page).xpath("//button[@name='do']/@value") == ["oppose", "see"]
    mailbox = reverse("web:opposition", args=[qualified])
    theirs, closed = "que ses représentants légaux peuvent ouvrir", "Rien ne part à sa messagerie"

    def said(page: bytes) -> tuple[bool, bool, bool]:
        return (f'href="{mailbox}"' in page.decode(), theirs in page.decode(), closed in page.decode())

    assert said(page) == (True, True, False), "his mailbox is theirs too"
    exchange.oppose(actor=alice, patient_id=qualified, words="Convenu en consultation")
    assert said(browser.get(url(qualified)).content) == (True, False, True)
    exchange.withdraw_opposition(actor=alice, patient_id=qualified)
    assert said(browser.get(url(qualified)).content) == (True, True, False)
    page = browser.post(url(qualified), {"do": "see", "reason": "Convenu avec eux"}, follow=True).content
    assert said(page) == (False, False, False)


@pytest.mark.parametrize(
    ("said", "opposed"),
    [
        ({"do": "hide", "unmailed": "1"}, True),
        ({"do": "hide"}, False),
        ({"do": "see", "unmailed": "1"}, False),
        ({"do": "see"}, False),
        ({"do": "hide", "unmailed": "1", "reason": ""}, False),
    ],
    ids=["hidden, no mail", "hidden, mailed", "seen, the box left ticked", "seen", "without a reason"],
)
def test_what_representatives_do_not_see_is_not_mailed_either_unless_the_box_is_unticked(
    visit: Visit, alice: User, qualified: UUID, monkeypatch: pytest.MonkeyPatch, said: dict[str, str], opposed: bool
) -> None:
    monkeypatch.setattr("plugins.dmp.patient.standing.is_minor", lambda *_facts: True)
    browser = visit(alice)
    box = "//input[@name='unmailed']"
    assert tree_of(browser.get(url(qualified)).content).xpath(f"{box}/@checked") == ["checked"]
    answer = browser.post(url(qualified), {"reason": "Convenu avec elle", **said})
    noted = exchange.opposition_of(alice, qualified)
    assert (noted.words if noted else None) == ("Convenu avec elle" if opposed else None)
    if answer.status_code == 422:  # what was ticked stays so
        assert tree_of(answer.content).xpath(f"{box}/@checked") == ["checked"]
        assert PatientFile.objects.filter(patient=qualified).exclude(guardians="").count() == 0
    else:
        assert bool(tree_of(browser.get(url(qualified)).content).xpath(box)) is (said["do"] == "see"), "asked with the choice"


def test_every_declaration_has_its_words() -> None:
    assert set(DECLARATIONS) == {one.value for one in Declared}
    assert set(PatientFile.Guardians.values) < set(DECLARATIONS)
