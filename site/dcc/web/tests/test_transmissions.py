"""« Destinataires et transmissions »: every recipient once, its track, its reason, the one action that unblocks it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange.api import State, TransmissionLine, Unblock
from dcc.exchange.transmissions.follow_up import CAUSES
from dcc.exchange.transmissions.redirecting import REDIRECTIONS, Errand, unblock_of
from dcc.exchange.transmissions.tests.standing import CASES, make_rendition, make_transmission, one_of_each
from dcc.web.tests.browsing import texts_of, tree_of
from dcc.web.transmissions.follow_up import ANSWERED_WITHIN, AWAITED, SIGNS, UNBLOCKING, Reader, _address, follow_up
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


def page(client: Client, document_id: UUID) -> bytes:
    """The page of the document's transmissions."""
    return client.get(reverse("web:transmissions", args=[document_id])).content


def track(content: bytes, label: str) -> list[str]:
    """How the stages of a recipient look, in their order."""
    return [
        stage.get("class")
        for item in tree_of(content).xpath("//li[contains(@class, 'recipient')]")
        if item.xpath("string(.//h3)") == label
        for stage in item.xpath(".//ol[@class='track']/li")
    ]


TRACKS = {
    "Dr Jeanne LEROY": ["done", "done", "done", "done"],
    "Dr Karim BENALI": ["done", "done", "done", "ahead"],
    "Dr Anne-Sophie de La Rochefoucauld-Montmorency": ["done", "now", "ahead", "ahead"],
    "Dr Paul NOIR": ["done", "bad", "ahead", "ahead"],
    "Mme Lucie PETIT": ["held", "ahead", "ahead", "ahead"],
    "Patient (Mon espace santé)": ["now", "ahead", "ahead", "ahead"],
    "DMP": ["held", "ahead"],
}


def test_each_recipient_stands_once_with_its_track(visit: Visit, alice: User, frcp_id: UUID) -> None:
    one_of_each(frcp_id)
    content = page(visit(alice), frcp_id)
    names = texts_of(content, "h3")
    assert sorted(names) == sorted(case[0] for case in CASES)
    assert names[0] == "Dr Paul NOIR", "ce qui a échoué d'abord"
    assert {name: track(content, name) for name in TRACKS} == TRACKS
    reasons = texts_of(content, ".reason")
    assert any(text.startswith("La boîte aux lettres n'existe pas.") for text in reasons)


def test_the_one_action_that_unblocks(visit: Visit, alice: User, frcp_id: UUID) -> None:
    rows = one_of_each(frcp_id)
    identity = reverse("web:identity", args=[documents.open_document(alice, frcp_id).line.patient_id])
    acts = {name: reverse("web:transmission_act", args=[frcp_id, row.pk, "adresse"]) for name, row in rows.items()}
    waited = _address(UNBLOCKING[Unblock.SESSION], one_line(alice, frcp_id), Reader(frcp_id, None))
    hrefs = tree_of(page(visit(alice), frcp_id)).xpath("//div[contains(@class, 'unblock')]/a[contains(@class, 'primary')]/@href")
    assert sorted(hrefs) == sorted([identity, waited, acts["Dr Paul NOIR"], acts["Mme Lucie PETIT"]])


def one_line(actor: User, document_id: UUID) -> TransmissionLine:
    """The line of the DMP."""
    (line,) = [line for line in exchange.transmissions_of(actor, document_id) if line.channel == "dmp"]
    return line


AWAITED_HERE = (exchange.Awaited("810000000001", "DR Alice MARTIN"), exchange.Awaited("810000000002", "DR Bob BERNARD"))


@pytest.mark.parametrize(("national_id", "offered"), [("810000000002", True), ("810000000003", False), ("", False)])
def test_a_session_is_asked_of_those_it_is_waited_of(alice: User, frcp_id: UUID, national_id: str, *, offered: bool) -> None:
    one_of_each(frcp_id)
    line = replace(one_line(alice, frcp_id), awaits=AWAITED_HERE)
    reader = Reader(frcp_id, None, may_act=True, national_id=national_id)
    (one,) = follow_up([line], reader).recipients
    assert one.reason == "En attente de la connexion de DR Alice MARTIN ou DR Bob BERNARD (Pro Santé Connect)"
    assert (one.deed is not None) == offered


@pytest.mark.parametrize(
    ("names", "said"), [("A", "A"), ("AB", "A ou B"), ("ABC", "A, B ou C"), ("ABA", "A ou B")], ids=["1", "2", "3", "twice"]
)
def test_those_who_are_waited_for_are_named(names: str, said: str) -> None:
    people = [exchange.Awaited(f"81000000000{at}", name) for at, name in enumerate(names)]
    assert exchange.awaited_names(people) == said


def test_what_is_in_the_dmp_is_said_and_who_sees_it(visit: Visit, alice: User, frcp_id: UUID) -> None:
    row = make_transmission(make_rendition(frcp_id), "DMP", "dmp", "dmp", State.SENT, "")
    row.note = "invisible au patient"
    row.save()
    client = visit(alice)
    content = page(client, frcp_id)
    assert {"Déposée au DMP", "invisible au patient"} <= set(texts_of(content, ".badge"))
    assert track(content, "DMP") == ["done", "done"]
    assert tree_of(content).xpath("//*[@id='envois']/@hx-get") == [], "une réponse du DMP n'en attend pas d'autre"
    patient_id = documents.open_document(alice, frcp_id).line.patient_id
    badges = texts_of(client.get(reverse("web:patient", args=[patient_id])).content, ".badge")
    assert "DMP : invisible au patient" in badges


def test_an_entrusted_frcp_is_taken_back_not_sent_elsewhere(visit: Visit, alice: User, frcp_id: UUID) -> None:
    """No button that would be refused: the reason says who may do what instead."""
    make_transmission(make_rendition(frcp_id, status="complete"), "Sarcomes", "dcc", "mss", State.FAILED, "unknown_box")
    content = page(visit(alice), frcp_id)
    assert not tree_of(content).xpath("//div[contains(@class, 'unblock')]")
    assert "peut la reprendre" in texts_of(content, ".reason")[0]


def test_a_return_is_sent_again_to_the_region_that_waits_for_it(visit: Visit, alice: User, frcp_id: UUID) -> None:
    row = make_transmission(make_rendition(frcp_id, status="valide"), "CH (LABAS)", "dcc", "mss", State.FAILED, "unknown_box")
    (form,) = tree_of(page(visit(alice), frcp_id)).xpath("//div[contains(@class, 'unblock')]/form")
    assert form.get("action") == reverse("web:transmission_act", args=[frcp_id, row.pk, "relance"])


def test_what_became_of_a_former_deposit_is_said(visit: Visit, alice: User, frcp_id: UUID) -> None:
    for note in ("remplacée depuis", "visible par le patient"):
        row = make_transmission(make_rendition(frcp_id), "DMP", "dmp", "dmp", State.SENT, "")
        row.note = note
        row.save()
    told = page(visit(alice), frcp_id).decode()
    assert "Déposée au DMP, remplacée depuis" in told
    assert "visible par le patient" in told


def test_who_only_reads_has_no_button(visit: Visit, lea: User, frcp_id: UUID) -> None:
    one_of_each(frcp_id)
    tree = tree_of(page(visit(lea), frcp_id))
    assert not tree.xpath("//div[contains(@class, 'unblock')]")
    assert not tree.xpath(f"//a[@href='{reverse('web:send', args=[frcp_id])}']")


def test_a_professional_who_waits_for_the_identity_may_get_it_for_the_continuity_of_care(
    visit: Visit, alice: User, frcp_id: UUID
) -> None:
    make_transmission(make_rendition(frcp_id), "Dr Paul NOIR", "ps", "mss", State.HELD, "identity")
    (href,) = tree_of(page(visit(alice), frcp_id)).xpath("//div[contains(@class, 'unblock')]/a[contains(@class, 'quiet')]/@href")
    assert href == f"{reverse('web:send', args=[frcp_id])}?to=Dr+Paul+NOIR"


@pytest.mark.parametrize("errand", REDIRECTIONS)
@pytest.mark.parametrize("cause", CAUSES)
def test_what_every_cause_asks_for_is_said(cause: str, errand: Errand) -> None:
    unblock = unblock_of(cause, errand)
    assert unblock in (*UNBLOCKING, *AWAITED, Unblock.NONE, Unblock.CONTINUITY)


def test_every_state_has_a_sign_of_its_own() -> None:
    assert set(SIGNS) == set(State)
    assert [str(SIGNS[state].label) for state in State] == [standing.label for standing in exchange.STATES.values()]


def test_an_earlier_sending_is_told_under_the_last_one(visit: Visit, alice: User, frcp_id: UUID) -> None:
    rendition = make_rendition(frcp_id)
    first = make_transmission(rendition, "Dr Jeanne LEROY", "ps", "mss", State.DELIVERED, "")
    second = make_transmission(make_rendition(frcp_id), "Dr Jeanne LEROY", "ps", "mss", State.SENT, "")
    (one,) = follow_up(exchange.transmissions_of(alice, frcp_id), Reader(frcp_id, None)).recipients
    assert (one.line.transmission_id, [line.transmission_id for line in one.earlier]) == (second.pk, [first.pk])
    assert "Envois antérieurs" in page(visit(alice), frcp_id).decode()


def test_the_panel_is_silent_until_something_changes(visit: Visit, alice: User, frcp_id: UUID) -> None:
    row = one_of_each(frcp_id)["Patient (Mon espace santé)"]
    client = visit(alice)
    (address,) = tree_of(page(client, frcp_id)).xpath("//*[@id='envois']/@hx-get")
    assert client.get(address).status_code == 204
    row.state = State.SENT
    row.save()
    assert client.get(address).status_code == 200


def test_the_panel_stops_asking_once_all_stands(visit: Visit, alice: User, frcp_id: UUID) -> None:
    row = make_transmission(make_rendition(frcp_id), "Dr Jeanne LEROY", "ps", "mss", State.SENT, "")
    client = visit(alice)
    (address,) = tree_of(page(client, frcp_id)).xpath("//*[@id='envois']/@hx-get")
    assert client.get(address).status_code == 204
    row.changed_at -= ANSWERED_WITHIN
    row.save()
    answer = client.get(address)
    assert (answer.status_code, b"hx-get" in answer.content) == (286, False)


def test_nothing_moves_on_a_page_where_all_stands(visit: Visit, alice: User, frcp_id: UUID) -> None:
    make_transmission(make_rendition(frcp_id), "Dr Paul NOIR", "ps", "mss", State.FAILED, "unknown_box")
    assert tree_of(page(visit(alice), frcp_id)).xpath("//*[@id='envois']/@hx-get") == []


def test_no_address_is_shown(visit: Visit, alice: User, frcp_id: UUID) -> None:
    row = one_of_each(frcp_id)["Dr Karim BENALI"]
    row.address = "karim.benali@essai.mssante.fr"
    row.save()
    assert "essai.mssante.fr" not in page(visit(alice), frcp_id).decode()


def test_the_document_and_the_patient_say_it_in_short_by_one_query(visit: Visit, alice: User, valid_id: UUID) -> None:
    one_of_each(valid_id)
    client = visit(alice)
    words = ["1 en échec", "3 en attente", "2 en cours d'envoi", "2 remis"]
    patient_id = documents.open_document(alice, valid_id).line.patient_id
    for address in (reverse("web:document", args=[valid_id]), reverse("web:patient", args=[patient_id])):
        with CaptureQueriesContext(connection) as queries:
            badges = texts_of(client.get(address).content, ".badge")
        assert [badge for badge in badges if badge in words] == words
        of_exchange = [query["sql"] for query in queries if "exchange_" in query["sql"]]
        assert len(of_exchange) <= 3
        assert sum("exchange_transmission" in sql for sql in of_exchange) == 1
