"""The operator's pages: what waits, without any identity; playing again, setting aside."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dcc.accounts.api import User
from dcc.accounts.models import Facility
from plugins.ins.hl7 import operating
from plugins.ins.hl7.registering import digest
from plugins.ins.hl7.senders import keep_sender
from plugins.ins.hl7.tests.flows import make_sender, message, pid, take
from plugins.ins.models import FlowMessage, FlowSender
from tests.fixtures import sign_in


@pytest.fixture
def refused(facility: Facility) -> FlowMessage:
    make_sender(facility)
    take(message(pid(), control="9"))
    return FlowMessage.objects.get(pk=take(message(pid(born="17000101"))).message_id)


@pytest.fixture
def browser(client: Client, adrien: User) -> Client:
    sign_in(client, adrien)
    return client


def test_what_waits_is_shown_without_an_identity(browser: Client, refused: FlowMessage) -> None:
    page = browser.get(reverse("ins:flows")).content.decode()
    assert reverse("ins:flow", args=[refused.pk]) in page
    shown = browser.get(reverse("ins:flow", args=[refused.pk])).content.decode()
    assert "PID 1" in shown
    assert "Rejouer" in shown
    everything = browser.get(reverse("ins:flows") + "?etat=&avant=99999").content.decode()
    assert not [text for text in (page, shown, everything) if "PAT-TROIS" in text or "000003" in text]


def test_a_message_is_played_again_then_set_aside(browser: Client, refused: FlowMessage) -> None:
    address = reverse("ins:flow", args=[refused.pk])
    assert browser.post(address, {"do": "replay"}).status_code == 302
    refused.refresh_from_db()
    assert (refused.state, refused.attempts) == ("refuse", 2)
    assert browser.post(address, {"do": "aside", "reason": " "}).status_code == 422
    assert browser.post(address, {"do": "aside", "reason": "Corrigé par l'établissement"}).status_code == 302
    refused.refresh_from_db()
    assert refused.state == "classe"
    assert "rien à faire" in browser.post(address, {"do": "replay"}).content.decode()
    assert browser.get(reverse("ins:flow", args=[404])).status_code == 404


@pytest.mark.parametrize("who", ["alice", "edith", "rachel", "lea"])
def test_nobody_else(client: Client, request: pytest.FixtureRequest, refused: FlowMessage, who: str) -> None:
    person = request.getfixturevalue(who)
    sign_in(client, person)
    assert client.get(reverse("ins:flow", args=[refused.pk])).status_code == 403
    assert client.post(reverse("ins:flow", args=[refused.pk]), {"do": "replay"}).status_code == 403
    sent = client.post(reverse("ins:flow_try"), {"file": SimpleUploadedFile("a.er7", message(pid(), control="7"))})
    assert (sent.status_code, FlowMessage.objects.filter(control_id="7").count()) == (403, 0)
    with pytest.raises(PermissionDenied):
        operating.set_aside(actor=person, message_id=refused.pk, reason="x")
    with pytest.raises(PermissionDenied):
        keep_sender(actor=person, application="A", facility_code="B", finess="490000031")


def test_the_digest_counts_what_waits(refused: FlowMessage, adrien: User) -> None:
    assert [line.words for line in digest(adrien.pk)] == ["1 message d'identité à traiter"]
    operating.set_aside(actor=adrien, message_id=refused.pk, reason="Essai")
    assert digest(adrien.pk) == []


def test_a_sender_is_kept(adrien: User, facility: Facility) -> None:
    make_sender(facility)
    said: dict[str, Any] = {"application": "GAM", "facility_code": "CHU-X", "finess": facility.finess}
    keep_sender(actor=adrien, **said, certificate="AB:" * 31 + "AB", creates=False)
    sender = FlowSender.objects.get()
    assert (sender.certificate, sender.creates) == ("ab" * 32, False)
    with pytest.raises(ValidationError, match="hexadécimaux"):
        keep_sender(actor=adrien, **said, certificate="ab")
    with pytest.raises(LookupError, match="FINESS"):
        keep_sender(actor=adrien, application="GAM", facility_code="CHU-X", finess="")


def test_a_message_is_tried_out_by_file_on_a_platform_of_tests(browser: Client, facility: Facility, settings: Settings) -> None:
    make_sender(facility)
    sent = browser.post(reverse("ins:flow_try"), {"file": SimpleUploadedFile("a.er7", message(pid()))})
    row = FlowMessage.objects.get()
    assert (sent["Location"], row.state, row.channel) == (reverse("ins:flow", args=[row.pk]), "fait", "http")
    settings.DCC_TEST_IDENTITIES = False
    refused = browser.post(reverse("ins:flow_try"), {"file": SimpleUploadedFile("b.er7", message(pid(), control="2"))})
    assert (refused.status_code, FlowMessage.objects.count()) == (403, 1)
    assert "Déposer" not in browser.get(reverse("ins:flows")).content.decode()
