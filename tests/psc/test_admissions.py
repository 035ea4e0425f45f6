"""The waiting room: who decides, what a decision gives, what the person then sees."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import AdmissionRequest, Facility, Membership, User
from dcc.accounts.psc import admission
from dcc.accounts.psc.notices import KEY
from dcc.audit import api as audit
from dcc.contracts.capabilities import DigestSection
from dcc.contracts.registry import current
from tests.fixtures import make_user, sign_in
from tests.psc.conftest import Psc

pytestmark = pytest.mark.django_db
ALICE, NORA, INES = (f"8100000000{n}" for n in ("01", "21", "22"))
PAGE, WAITING = reverse("accounts:admissions"), reverse("accounts:psc_waiting")


@pytest.fixture
def nora(psc: Psc, facility: Facility) -> AdmissionRequest:
    """A physician who waits in alice's establishment."""
    psc.sign_in(Client(), NORA)
    return AdmissionRequest.objects.get()


def _decide(client: Client, asked: AdmissionRequest, **fields: str) -> Any:
    return client.post(reverse("accounts:admission", args=[asked.pk]), fields, follow=True)


def test_admitted_she_enters(client: Client, psc: Psc, adrien: User, nora: AdmissionRequest) -> None:
    sign_in(client, adrien)
    page = client.get(PAGE).content.decode()
    assert "Nora VIDAL" in page
    assert f'href="{PAGE}"' in page, "the menu leads there"
    assert "peut entrer" in _decide(client, nora, decision="admit", role="medecin").content.decode()
    assert "Personne n’attend" in client.get(PAGE).content.decode()
    other = Client()
    assert psc.sign_in(other, NORA)["Location"] == "/"
    assert other.get("/compte/securite/").status_code == 200
    user = User.objects.get(practitioner__national_id=NORA)
    assert [(m.role, m.facility) for m in user.memberships.all()] == [("medecin", nora.facility)]
    assert not user.has_usable_password()
    assert user.practitioner is not None
    assert user.practitioner.profession_code == "G15_10/SM45"
    actions = [trace.action for trace in audit.traces(subject=f"admission:{nora.pk}")]
    assert actions == ["admission.granted", "admission.requested"]


def test_refused_she_reads_why_and_may_ask_again(client: Client, psc: Psc, adrien: User, nora: AdmissionRequest) -> None:
    sign_in(client, adrien)
    assert "Donnez le motif" in _decide(client, nora, decision="refuse", reason="  ").content.decode()
    _decide(client, nora, decision="refuse", reason="Pas d’activité de cancérologie")
    assert "déjà été décidée" in _decide(client, nora, decision="admit", role="medecin").content.decode()
    other = Client()
    psc.sign_in(other, NORA)
    assert "Pas d’activité de cancérologie" in other.get(WAITING).content.decode()
    assert "Votre demande est transmise" in other.post(WAITING, follow=True).content.decode()
    assert [r.state for r in AdmissionRequest.objects.all()] == ["refusee", "en_attente"]


@pytest.mark.parametrize(
    ("person", "role", "given"),
    [(NORA, "medecin", True), (INES, "medecin", False), (INES, "lecteur", True), (NORA, "editeur", False)],
)
def test_only_a_physician_gets_a_role_that_validates(
    client: Client, psc: Psc, facility: Facility, adrien: User, person: str, role: str, given: bool
) -> None:
    psc.sign_in(Client(), person)
    sign_in(client, adrien)
    _decide(client, AdmissionRequest.objects.get(), decision="admit", role=role)
    assert Membership.objects.filter(facility=facility, role=role).exists() is given


def test_an_administrator_of_a_facility_decides_there_only(
    client: Client, psc: Psc, nora: AdmissionRequest, other_facility: Facility, facility: Facility
) -> None:
    elsewhere = make_user("elise", "administrateur", other_facility, family="EMERY", given="Élise")
    sign_in(client, elsewhere)
    assert "Nora" not in client.get(PAGE).content.decode()
    assert _decide(client, nora, decision="admit", role="medecin").status_code == 404
    here = make_user("henri", "administrateur", facility, family="HUET", given="Henri")
    assert [r.pk for r in admission.requests_for(here)] == [nora.pk]
    section = current().find(DigestSection, KEY)
    assert section is not None
    assert [line.words for line in section.lines(here.pk)] == ["1 personne attend d'être admise"]
    assert section.lines(elsewhere.pk) == []


@pytest.mark.parametrize("name", ["alice", "sonia", "lea", "edith", "rachel"])
def test_others_do_not(client: Client, nora: AdmissionRequest, request: pytest.FixtureRequest, name: str) -> None:
    person = request.getfixturevalue(name)
    sign_in(client, person)
    assert client.get(PAGE).status_code == 403
    assert _decide(client, nora, decision="admit", role="medecin").status_code == 403
    with pytest.raises(PermissionDenied):
        admission.admit(actor=person, request_id=nora.pk, role="medecin")


def test_a_structure_that_is_not_known(client: Client, psc: Psc, adrien: User, facility: Facility) -> None:
    """A private practice: the administrator of the region says where to admit."""
    psc.sign_in(client, ALICE)
    client.post(reverse("accounts:psc_situation"), {"situation": "0-1"})
    assert "pas encore connue" in client.get(WAITING).content.decode()
    asked = AdmissionRequest.objects.get()
    assert (asked.facility, asked.structure) == (None, "CABINET DU DR MARTIN")
    boss = Client()
    sign_in(boss, adrien)
    assert "inconnue de la plateforme" in boss.get(PAGE).content.decode()
    assert "Choisissez la structure" in _decide(boss, asked, decision="admit", role="medecin").content.decode()
    _decide(boss, asked, decision="admit", role="medecin", facility=str(facility.pk))
    assert Membership.objects.get(user__practitioner__national_id=ALICE).facility == facility


@pytest.mark.parametrize("field", ["directory_id", "legal_finess"])
def test_a_structure_known_otherwise(psc: Psc, client: Client, facility: Facility, alice: User, field: str) -> None:
    practice = Facility.objects.create(name="Cabinet des Lices", **{field: "R100490"[:9]})
    if field == "legal_finess":
        claims = {**psc.provider.people[ALICE]}
        exercise = claims["SubjectRefPro"]["exercices"][0]
        place = {**exercise["activities"][1], "numeroFinessetablissementJuridique": "R100490"}
        claims["SubjectRefPro"] = {"codeCivilite": "MME", "exercices": [{**exercise, "activities": [place]}]}
        psc.provider.userinfo_of = lambda person: claims  # type: ignore[method-assign]
        psc.sign_in(client, ALICE)
    else:
        psc.sign_in(client, ALICE)
        client.post(reverse("accounts:psc_situation"), {"situation": "0-1"})
    assert AdmissionRequest.objects.get().facility == practice, "alice has no membership there"
