"""R-109: an action on the DMP asked for in a session that a contextual call opened asks for Pro Santé Connect, and resumes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts import sessions
from dcc.accounts.models import Facility, User
from dcc.audit import api as audit
from dcc.web.tests.calling import Software, register
from tests.fixtures import make_patient
from tests.psc.conftest import Psc
from tests.psc.test_session import ACTION, ALICE, BOB, RESUME, STEP_UP, _with_the_demonstration_plugin

__all__ = ["_with_the_demonstration_plugin"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def software(facility: Facility) -> Software:
    """The software of alice's establishment."""
    return register(facility)


def test_an_action_on_the_dmp_asks_for_it_and_resumes(
    client: Client, psc: Psc, software: Software, bob: User, facility: Facility
) -> None:
    patient_id = make_patient(bob, facility)
    page = reverse("web:patient", args=[patient_id])
    assert client.get(software.link(bob))["Location"] == page
    typed = {"words": ["Dépôt", "ligne 1\nligne 2"]}
    assert client.post(ACTION, typed)["Location"] == STEP_UP
    asked = client.get(STEP_UP).content.decode()
    assert "Pro Santé Connect" in asked
    assert psc.sign_in(client, BOB)["Location"] == RESUME
    resumed = client.get(RESUME).content.decode()
    assert f'action="{ACTION}"' in resumed
    assert "ligne 2" in resumed
    assert "Fait sous" in client.post(ACTION, typed).content.decode()
    assert sessions.level_of(client.session) is sessions.Level.PSC
    for url in (page, reverse("web:worklist")):
        shown = client.get(url)
        assert shown.status_code == 200
        assert "limitée à ce patient" not in shown.content.decode()
    actions = [t.action for t in audit.traces(subject=f"user:{bob.pk}")]
    assert actions == ["session.raised", "session.opened"]


def test_only_the_person_of_the_call_raises_it(client: Client, psc: Psc, software: Software, bob: User, alice: User) -> None:
    client.get(software.link(bob))
    client.get(ACTION)
    response: Any = psc.sign_in(client, ALICE)
    assert response.status_code == 403
    assert sessions.level_of(client.session) is sessions.Level.CONTEXTUAL
    assert client.get(reverse("web:worklist")).status_code == 403, "still one patient only"
    assert client.get(ACTION)["Location"] == STEP_UP


def test_a_session_that_falls_back_is_bound_again(client: Client, psc: Psc, software: Software, bob: User) -> None:
    client.get(software.link(bob))
    client.get(ACTION)
    psc.sign_in(client, BOB)
    assert client.get(reverse("web:worklist")).status_code == 200
    session = client.session
    assert sessions.fall_back(session)
    session.save()
    assert client.get(reverse("web:worklist")).status_code == 403
