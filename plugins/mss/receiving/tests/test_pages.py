"""The administrator's pages: what waits, without a word of any mail; playing again, setting aside; what is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.api import User
from plugins.mss.models import InboundBox, InboundMail
from plugins.mss.receiving import operating
from plugins.mss.receiving.keeping import content_of
from plugins.mss.receiving.registering import digest
from plugins.mss.receiving.retention import forget_contents
from plugins.mss.receiving.settling import settle_open
from plugins.mss.receiving.tests.conftest import OURS, come, mdn
from tests.fixtures import sign_in

INS = "279035121518989"
pytestmark = pytest.mark.usefixtures("ours")


@pytest.fixture
def waiting(db: None) -> InboundMail:
    """A patient has answered."""
    return come(f"From: Madame PAT-TROIS <{INS}@patient.mssante.fr>\nTo: {OURS}\nSubject: PAT-TROIS\n\nMerci PAT-TROIS".encode())


@pytest.fixture
def browser(client: Client, adrien: User) -> Client:
    sign_in(client, adrien)
    return client


def test_what_waits_is_shown_without_a_word_of_it(browser: Client, waiting: InboundMail) -> None:
    page = browser.get(reverse("mss:inbound")).content.decode()
    assert reverse("mss:inbound_mail", args=[waiting.pk]) in page
    shown = browser.get(reverse("mss:inbound_mail", args=[waiting.pk])).content.decode()
    assert "Le patient a répondu" in shown
    everything = browser.get(reverse("mss:inbound") + "?etat=&avant=99999").content.decode()
    assert not [text for text in (page, shown, everything) if "PAT-TROIS" in text or INS in text]


def test_a_receipt_of_a_patient_does_not_show_whose_it_is(browser: Client) -> None:
    row = come(mdn("unknown@ailleurs.fr", f"{INS}@patient.mssante.fr"))
    assert row.sender.startswith(INS)
    assert INS not in browser.get(reverse("mss:inbound") + "?etat=").content.decode()
    assert INS not in browser.get(reverse("mss:inbound_mail", args=[row.pk])).content.decode()


def test_a_mail_is_played_again_then_set_aside(browser: Client, waiting: InboundMail) -> None:
    address = reverse("mss:inbound_mail", args=[waiting.pk])
    assert browser.post(address, {"do": "replay"}).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.attempts) == ("quarantaine", 2)
    assert browser.post(address, {"do": "aside", "reason": " "}).status_code == 422
    assert browser.post(address, {"do": "aside", "reason": "Patient joint par téléphone"}).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == "classe"
    assert "rien à faire" in browser.post(address, {"do": "replay"}).content.decode()
    assert browser.get(reverse("mss:inbound_mail", args=[404_404])).status_code == 404


@pytest.mark.parametrize("who", ["alice", "edith", "rachel", "lea"])
def test_nobody_else(client: Client, request: pytest.FixtureRequest, waiting: InboundMail, who: str) -> None:
    person = request.getfixturevalue(who)
    sign_in(client, person)
    assert client.get(reverse("mss:inbound_mail", args=[waiting.pk])).status_code == 403
    assert client.post(reverse("mss:inbound_mail", args=[waiting.pk]), {"do": "replay"}).status_code == 403
    for act in (lambda: operating.set_aside(actor=person, mail_id=waiting.pk, reason="x"), lambda: operating.boxes(actor=person)):
        with pytest.raises(PermissionDenied):
            act()


def test_a_mail_that_is_not_whole_is_not_played_again(adrien: User, db: None) -> None:
    row = come(b"From: a@b.fr\n\n", size=99_000_000)
    with pytest.raises(operating.NotNow):
        operating.replay(actor=adrien, mail_id=row.pk)


def test_the_digest_tells_what_waits_and_which_box_fails(waiting: InboundMail, adrien: User) -> None:
    InboundBox.objects.create(address=OURS, failure="Le serveur IMAP ne répond pas", failing_since=timezone.now())
    assert [line.words for line in digest(adrien.pk)] == ["1 courriel reçu à traiter"]
    InboundBox.objects.update(failing_since=timezone.now() - timedelta(hours=2))
    assert digest(adrien.pk)[1].words == f"La boîte {OURS} n'est plus relevée : Le serveur IMAP ne répond pas"
    operating.set_aside(actor=adrien, mail_id=waiting.pk, reason="Essai")
    assert len(digest(adrien.pk)) == 1


def test_what_a_dead_process_left_is_taken_up(waiting: InboundMail) -> None:
    InboundMail.objects.update(state="recu", received_at=timezone.now() - timedelta(hours=1))
    settle_open()
    waiting.refresh_from_db()
    assert waiting.reason == "patient"


def test_what_is_over_is_forgotten_what_waits_is_not(waiting: InboundMail) -> None:
    over = come(b"From: a@b.fr\nAuto-Submitted: auto-replied\n\nAbsent")
    forged = come(mdn("x@y", "a@b.fr"))
    InboundMail.objects.filter(settled_at__isnull=False).update(settled_at=timezone.now() - timedelta(days=31))
    forget_contents()
    left = {row.pk: bool(content_of(row)) for row in InboundMail.objects.all()}
    assert left == {waiting.pk: True, forged.pk: True, over.pk: False}
    InboundMail.objects.update(settled_at=timezone.now() - timedelta(days=400))
    forget_contents()
    assert set(InboundMail.objects.values_list("pk", flat=True)) == {waiting.pk, forged.pk}
