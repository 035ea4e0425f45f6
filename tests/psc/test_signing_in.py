"""Signing in with Pro Santé Connect: who enters, where, and what is kept of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from dcc.accounts import sessions
from dcc.accounts.models import AdmissionRequest, Facility, User
from dcc.audit import api as audit
from tests.psc.conftest import Psc

pytestmark = pytest.mark.django_db
ALICE, BOB, CHARLIE, NORA, INES, RETIRED = (f"8100000000{n}" for n in ("01", "02", "03", "21", "22", "23"))
SECURITY, SITUATION, WAITING = "/compte/securite/", reverse("accounts:psc_situation"), reverse("accounts:psc_waiting")


def test_a_known_practitioner_enters(client: Client, psc: Psc, bob: User) -> None:
    page: Any = client.get(reverse("accounts:login"), {"next": SECURITY})
    assert f'href="{reverse("accounts:psc_start")}?next={SECURITY}"' in page.content.decode()
    asked = psc.leave(client, next=SECURITY)
    assert asked["scope"] == "openid scope_all"
    assert asked["acr_values"] == "eidas1"
    assert asked["code_challenge_method"] == "S256"
    response = psc.come_back(client, asked, BOB)
    assert response["Location"] == SECURITY
    assert client.get(SECURITY).status_code == 200
    assert sessions.level_of(client.session) is sessions.Level.PSC
    assert client.session["dcc_situation"]["name"] == "Centre hospitalier de Démonstration"
    (trace,) = audit.traces(subject=f"user:{bob.pk}")
    assert trace.action == "session.opened"
    assert trace.facts["factor"] == "psc"


def test_no_token_is_kept_or_told_in_the_clear(client: Client, psc: Psc, bob: User, caplog: pytest.LogCaptureFixture) -> None:
    given: list[str] = []
    issue = psc.provider._issued

    def noted(grant: Any) -> dict[str, Any]:
        answer = issue(grant)
        given.extend(answer[name] for name in ("access_token", "refresh_token", "id_token"))
        return answer

    psc.provider._issued = noted  # type: ignore[method-assign]  # the fixture puts it back
    with caplog.at_level("DEBUG"):
        assert psc.sign_in(client, BOB).status_code == 302
    assert len(given) == 3
    kept = [str(session.get_decoded()) for session in Session.objects.all()]
    assert len(kept) == 2, "the person's session and the vault"
    for token in given:
        assert token not in caplog.text
        assert not any(token in text for text in kept)


def test_who_has_several_situations_chooses_one(client: Client, psc: Psc, alice: User) -> None:
    response = psc.sign_in(client, ALICE, next=SECURITY)
    assert response["Location"] == SITUATION
    page = client.get(SITUATION).content.decode()
    assert "CENTRE HOSPITALIER DE DEMONSTRATION" in page
    assert "CABINET DU DR MARTIN" in page
    assert "Choisissez une situation" in client.post(SITUATION, {"situation": "9-9"}).content.decode()
    response = client.post(SITUATION, {"situation": "0-1"})
    assert response["Location"] == SECURITY
    assert client.session["dcc_situation"]["name"] == "CABINET DU DR MARTIN", "unknown here, and hides no membership"


def test_the_situation_is_shown_and_changed(client: Client, psc: Psc, alice: User, other_facility: Facility) -> None:
    psc.sign_in(client, ALICE)
    client.post(SITUATION, {"situation": "0-0"})
    assert "Centre hospitalier de Démonstration" in client.get(SECURITY).content.decode()
    assert 'value="0-0" required checked' in client.get(SITUATION).content.decode()
    other_facility.directory_id = "R100490"
    other_facility.save()
    assert "pas admis dans cette structure" in client.post(SITUATION, {"situation": "0-1"}).content.decode()
    Facility.objects.filter(pk=other_facility.pk).update(directory_id="")
    assert client.post(SITUATION, {"situation": "0-1"})["Location"] == SECURITY
    assert "CABINET DU DR MARTIN" in client.get(SECURITY).content.decode()


@pytest.mark.parametrize("person", [NORA, INES])
def test_a_stranger_waits(client: Client, psc: Psc, facility: Facility, person: str) -> None:
    response = psc.sign_in(client, person)
    assert response["Location"] == WAITING
    assert "Votre demande est transmise" in client.get(WAITING).content.decode()
    assert client.get(SECURITY).status_code == 302
    psc.sign_in(Client(), person)
    asked = AdmissionRequest.objects.get()
    assert (asked.national_id, asked.facility, asked.physician) == (person, facility, person == NORA)
    assert not User.objects.filter(practitioner__national_id=person).exists()


def test_who_has_no_membership_where_she_works_waits(client: Client, psc: Psc, charlie: User, facility: Facility) -> None:
    charlie.memberships.update(facility=facility)
    assert psc.sign_in(client, CHARLIE)["Location"] == WAITING


def test_who_has_no_situation_is_told_so(client: Client, psc: Psc) -> None:
    response = psc.sign_in(client, RETIRED)
    assert response.status_code == 403
    assert "aucune activité en cours" in response.content.decode()
    assert audit.traces(subject="user:unknown")[0].facts["reason"] == "situation"
