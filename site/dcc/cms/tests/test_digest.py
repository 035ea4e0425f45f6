"""The daily digest: what it says to whom, once a day, without patients; the panels of the admin."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from dcc.cms.digest import parts_for, send_digests
from dcc.cms.digest_sections import SECTIONS
from dcc.cms.models import SentDigest
from dcc.contracts.capabilities import DigestLine, DigestSection
from dcc.contracts.registry import Registry, use_registry
from dcc.documents import api as documents
from dcc.trust.models import Convention, TermsSet
from forms_config.api import published_form
from forms_config.control.models import GateReport, ReportState
from forms_config.legal.models import NationalText
from forms_config.models import FormDefinition
from forms_config.schema.model import schema_to_json
from forms_config.terminology.concept import ValueSetData
from forms_config.terminology.files import read_shipped
from forms_config.terminology.services import store
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
MORNING = datetime(2026, 11, 30, 7, 30, tzinfo=PARIS)
LIST = "jdv-nature-discussion-cisis"


@pytest.fixture(autouse=True)
def _terms_are_published(db: None) -> None:
    """Else the administrators are reminded of it."""
    terms = TermsSet.objects.create(key="portail", title="Portail", body="Règles.", asked=False, live=False)
    terms.publish(terms.save_revision(), skip_permission_checks=True)


@pytest.fixture
def addresses(edith: User, adrien: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{EmailBackend.__module__}.EmailBackend"
    for person in (edith, adrien):
        person.email = f"{person.username}@region.example"
        person.save(update_fields=["email"])


def a_red_gate(key: str = "frcp_standard", state: str = ReportState.RED, errors: int = 2) -> GateReport:
    findings = [{"code": "c", "level": level, "message": "x"} for level in ["error"] * errors + ["warning"]]
    content = schema_to_json(published_form("frcp_standard").schema)
    return GateReport.objects.create(
        kind="form", key=key, title="FRCP du sein", content=content, content_sha256=uuid.uuid4().hex, state=state,
        findings=findings, ended_at=timezone.now(),
    )  # fmt: skip


def a_newer_list() -> None:
    kept = read_shipped(LIST)
    newer = kept.revision.replace(year=kept.revision.year + 1)
    store(ValueSetData(LIST, kept.title, kept.oid, newer, "essai", kept.concepts[:1]))


def an_old_text() -> None:
    NationalText.objects.filter(number=1).update(review_on=date(2020, 1, 1))


def told(person: User) -> dict[str, list[str]]:
    return {str(part.title): [line.words for line in part.lines] for part in parts_for(person)}


def test_nothing_waits(configured: None, edith: User, adrien: User, addresses: None) -> None:
    assert told(edith) == told(adrien) == {}
    assert send_digests(MORNING) == 0
    assert not mail.outbox
    assert not SentDigest.objects.exists()


def test_who_is_told_what(configured: None, edith: User, adrien: User, alice: User) -> None:
    a_red_gate()
    a_newer_list()
    an_old_text()
    everything = told(edith)
    assert everything["Publications refusées par le contrôle"][0].startswith("FRCP du sein : 2 anomalies (")
    (form,) = everything["Listes plus récentes que les formulaires"]
    assert read_shipped(LIST).title in form
    assert everything["Textes à revoir"] == ["Texte 1 (adaptable) : à revoir avant le 01/01/2020"]
    assert set(told(adrien)) == {"Publications refusées par le contrôle", "Textes à revoir"}
    assert told(alice) == {}


def test_administrators_are_told_of_commitments_to_keep(configured: None, adrien: User, edith: User) -> None:
    today = timezone.localdate()
    told_of = {"legal_finess": "490000999", "signed_on": today, "scan": "signees/x.pdf", "valid_from": today}
    for party, days in (("CH du Nord", 80), ("CH du Sud", 20), ("CH lointain", 200)):
        Convention.objects.create(party=party, valid_to=today + timedelta(days=days), **{**told_of, "network": f"{days}"})
    Convention.objects.create(party="CH sans pièce", **{**told_of, "network": "1", "scan": ""})
    lines = told(adrien)["Engagements à tenir"]
    assert [line.split(", finit")[0] for line in lines] == [
        "Convention à renouveler : CH du Sud",
        "Convention à prévoir : CH du Nord",
        "Convention sans pièce signée : CH sans pièce",
    ]
    assert told(edith) == {}
    TermsSet.objects.get(key="portail").unpublish()
    assert told(adrien)["Engagements à tenir"][0].startswith("Aucune condition d'utilisation n'est publiée")


def test_the_last_report_of_a_form_counts(configured: None, edith: User) -> None:
    a_red_gate()
    a_red_gate(state=ReportState.GREEN, errors=0)
    a_red_gate(key="frcp_autre", errors=1)
    assert [words.split(" (")[0] for words in told(edith)["Publications refusées par le contrôle"]] == [
        "FRCP du sein : 1 anomalie"
    ]


def test_lines_lead_where_it_is_dealt_with(configured: None, edith: User, adrien: User, client: Client) -> None:
    red = a_red_gate()
    a_red_gate(state=ReportState.RUNNING)
    a_newer_list()
    an_old_text()
    definition = FormDefinition.objects.get(key="frcp_standard")
    gate = f"{reverse('forms_config:gate', args=[definition.pk])}?rapport={red.pk}"
    for person in (edith, adrien):
        sign_in(client, person)
        lines = [line for part in parts_for(person) for line in part.lines]
        assert lines[0].url == gate
        for line in lines:
            assert line.url, line
            assert client.get(line.url).status_code == 200, line
        assert "2 points bloquent la publication" in client.get(gate).content.decode(), "the report that was told"


def test_deliveries_are_counted_without_their_subject(configured: None, adrien: User, edith: User) -> None:
    from dcc.events.models import Delivery, Event

    patient = uuid.uuid4()
    for number in range(2):
        event = Event.objects.create(name="form.published", schema=1, subject=f"patient:{patient}", payload={"n": number})
        Delivery.objects.create(event=event, key="documents.follow_form", subject=event.subject, state="crashed")
    assert told(adrien) == {"Livraisons qui attendent quelqu'un": ["documents.follow_form : 2 en panne"]}
    assert str(patient) not in str(told(adrien))
    assert told(edith) == {}


def test_sent_once_a_day_from_its_hour_on(configured: None, edith: User, adrien: User, addresses: None, settings: Any) -> None:
    settings.WAGTAILADMIN_BASE_URL = "https://oncodcc.example"
    red = a_red_gate()
    assert send_digests(MORNING.replace(hour=5)) == 0
    assert send_digests(MORNING) == 2
    assert send_digests(MORNING + timedelta(hours=3)) == 0
    assert send_digests(MORNING + timedelta(days=1)) == 2
    first = mail.outbox[0]
    assert sorted(m.to[0] for m in mail.outbox[:2]) == ["adrien@region.example", "edith@region.example"]
    assert first.subject == "Région de démonstration : 1 point à voir"
    assert "FRCP du sein : 2 anomalies" in first.body
    page = reverse("forms_config:gate", args=[FormDefinition.objects.get(key="frcp_standard").pk])
    assert f"https://oncodcc.example{page}?rapport={red.pk}\n" in first.body
    assert "&" not in first.body


@pytest.mark.parametrize("hour", ["non", ""])
def test_switched_off(hour: str, configured: None, addresses: None, settings: Any) -> None:
    settings.DCC_DIGEST_HOUR = hour
    a_red_gate()
    assert send_digests(MORNING) == 0


def test_without_a_server_or_an_address_nothing_is_sent_nor_noted(configured: None, edith: User, settings: Any) -> None:
    a_red_gate()
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert send_digests(MORNING) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_digests(MORNING) == 0, "edith gave no address"
    assert not SentDigest.objects.exists()


def test_a_mail_that_does_not_leave_is_tried_again(
    configured: None, edith: User, addresses: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(backend: EmailBackend, messages: object) -> int:
        raise ConnectionRefusedError("the server does not answer")

    a_red_gate()
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", unreachable)
        assert send_digests(MORNING) == 0
    assert not SentDigest.objects.exists()
    assert send_digests(MORNING) == 2


def test_a_part_that_fails_hides_no_other(configured: None, edith: User, addresses: None) -> None:
    def fails(person_id: uuid.UUID) -> list[DigestLine]:
        raise LookupError("DUPONT")

    def works(person_id: uuid.UUID) -> list[DigestLine]:
        return [DigestLine(f"{number} attend") for number in range(25)]

    registry = Registry()
    registry.add(DigestSection, "fails", DigestSection("fails", "En panne", ("forms.configure",), fails))
    registry.add(DigestSection, "works", DigestSection("works", "Envois", ("forms.configure",), works))
    with use_registry(registry):
        broken, whole = parts_for(edith)
        assert send_digests(MORNING) == 1
    assert (broken.failed, broken.lines) == (True, ())
    assert (len(whole.lines), whole.more) == (20, 5)
    assert mail.outbox[0].subject.endswith("26 points à voir")
    assert "cette partie n'a pas pu être lue" in mail.outbox[0].body
    assert "DUPONT" not in mail.outbox[0].body


def test_the_home_page_shows_it(configured: None, edith: User, adrien: User, client: Client) -> None:
    sign_in(client, edith)
    assert "Rien ne vous attend." in client.get(reverse("wagtailadmin_home")).content.decode()
    a_red_gate()
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Publications refusées par le contrôle" in page
    assert "FRCP du sein : 2 anomalies" in page


def test_a_form_says_how_many_documents_run_on_it(frcp_id: uuid.UUID, edith: User, client: Client) -> None:
    from dcc.cms.api import ensure_groups

    ensure_groups()
    definition = FormDefinition.objects.get(key="frcp_standard")
    sign_in(client, edith)
    inspect = reverse(FormDefinition.snippet_viewset.get_url_name("inspect"), args=[definition.pk])
    for address in (inspect, reverse("forms_config:compare", args=[definition.pk])):
        page = client.get(address).content.decode()
        assert "Documents en cours sur ce formulaire" in page
        assert "version 1" in page
        assert "MARTIN" not in page
        assert "PAT-TROIS" not in page
    assert documents.form_use("frcp_standard")[1].running == 1


def test_every_section_is_registered_once() -> None:
    from dcc.contracts.registry import current

    assert set(current().keys(DigestSection)) >= {section.key for section in SECTIONS}
