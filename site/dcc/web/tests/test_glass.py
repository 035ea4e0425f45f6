"""The pages of « bris de glace », its review, the care team and masked files; the help page shows the table in force."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts import regional
from dcc.accounts.api import Action
from dcc.accounts.models import User
from dcc.patients import api as patients
from dcc.web import policy
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
IDENTITY = {"birth_name": "Pat-Trois", "first_given_name": "Dominique", "sex": "F", "birth_date": "28/03/1979"}
WHY = {"reason": "urgence", "words": "Garde de nuit, malaise"}


def text_of(response: Any) -> str:
    """What a page says."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def test_a_physician_asks_reads_and_is_reviewed(
    visit: Visit, alice: User, charlie: User, rachel: User, frcp_id: UUID, patient_id: UUID
) -> None:
    stranger, team, reviewer = visit(charlie), visit(alice), visit(rachel)
    asked = stranger.post(reverse("web:glass"), {**IDENTITY, **WHY})
    assert asked["Location"] == reverse("web:patient", args=[patient_id])
    page = stranger.get(asked["Location"])
    assert "Bris de glace : vous lisez ce dossier jusqu’à" in text_of(page)
    document = stranger.get(reverse("web:document", args=[frcp_id]))
    assert "Bris de glace : vous lisez ce dossier" in text_of(document)
    assert "Garde de nuit" in text_of(team.get(asked["Location"])), "the team sees who read, and why"
    assert "Bris de glace :" not in text_of(team.get(asked["Location"]))
    review = reviewer.get(reverse("web:glass_review"))
    assert "DR Charlie CHAUVIN" in text_of(review)
    assert "Garde de nuit" in text_of(review)
    assert "PAT-TROIS" not in text_of(review)
    assert str(patient_id) not in review.content.decode()
    (glass,) = patients.to_review(rachel)
    assert glass.reads == 2, "the document, and what its patient's page shows of it"
    judge = reverse("web:glass_judge", args=[glass.glass_id])
    assert reviewer.post(judge, {"verdict": "non_justifie"}).status_code == 422
    assert reviewer.post(judge, {"verdict": "non_justifie", "words": "Hors garde"}).status_code == 302
    assert "Hors garde" in text_of(reviewer.get(reverse("web:glass_review")))
    assert stranger.get(asked["Location"]).status_code == 404


def test_what_is_wrong_is_said_and_nothing_is_lost(visit: Visit, charlie: User, patient_id: UUID) -> None:
    client = visit(charlie)
    missing = client.post(reverse("web:glass"), {**IDENTITY, "words": "Garde"})
    assert missing.status_code == 422
    assert "Choisir une raison" in text_of(missing)
    assert 'value="Pat-Trois"' in missing.content.decode()
    nobody = client.post(reverse("web:glass"), {**IDENTITY, **WHY, "birth_name": "Pat-Quatre"})
    assert nobody.status_code == 422
    assert "Aucun patient ne correspond exactement" in text_of(nobody)


def test_the_team_page(visit: Visit, bob: User, charlie: User, sonia: User, patient_id: UUID) -> None:
    url, team = reverse("web:team", args=[patient_id]), visit(bob)
    assert "DR Charlie CHAUVIN Clinique d'Ailleurs" in text_of(team.post(url, {"act": "find", "q": "chau"}))
    assert team.post(url, {"act": "join", "member": str(charlie.pk)}).status_code == 302
    assert visit(charlie).get(url).status_code == 200
    assert team.post(url, {"act": "mask", "words": ""}).status_code == 422
    assert team.post(url, {"act": "mask", "words": "Collègue soignée ici"}).status_code == 302
    assert "Dossier masqué" in text_of(team.get(url))
    assert visit(sonia).get(url).status_code == 404
    assert visit(charlie).post(url, {"act": "unmask"}).status_code == 302
    assert visit(sonia).get(url).status_code == 200


def test_an_author_keeps_a_way_to_the_patient(visit: Visit, alice: User, bob: User, frcp_id: UUID, patient_id: UUID) -> None:
    patients.mask_patient(actor=bob, patient_id=patient_id, words="Collègue")
    assert visit(alice).get(reverse("web:patient", args=[patient_id])).status_code == 200


def test_the_help_page_shows_the_table_in_force(visit: Visit, lea: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(policy.ACTIONS) == set(Action)
    said = text_of(visit(lea).get(reverse("web:help")))
    assert "ouvrir un document (annulé)" in said
    assert "région" not in said.partition("Qui peut quoi")[2].partition("Plateforme")[0]
    changed = regional.with_changes("document.download lecteur=-")[0]
    monkeypatch.setattr("dcc.accounts.api.policy_in_force", lambda: changed)
    assert "(sans ce réglage : auteur, équipe de soins, RCP, structure)" in text_of(visit(lea).get(reverse("web:help")))
