"""Contextual calls (R-109, R-110): what is refused, by code; what opens, for whom, and how far."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dcc.accounts import sessions
from dcc.accounts.calls import api as calls
from dcc.accounts.calls.checks import check_calls
from dcc.accounts.calls.models import CallTicket
from dcc.accounts.models import Facility, User
from dcc.audit import api as audit
from dcc.patients.models import LocalIdentifier, Patient
from dcc.web.calling.scope import FREE
from dcc.web.tests.calling import EC_KEY, NOBODY, OTHER_EC_KEY, PATIENT, RSA_KEY, Software, pem, register, send
from tests.addresses import addresses
from tests.fixtures import Visit, make_patient

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def software(facility: Facility) -> Software:
    """The software of alice's establishment."""
    return register(facility)


def altered(token: str, **changed: Any) -> str:
    """The same signature under other claims."""
    head, body, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    again = base64.urlsafe_b64encode(json.dumps({**claims, **changed}).encode()).rstrip(b"=").decode()
    return f"{head}.{again}.{signature}"


def unsigned(software: Software, user: User) -> str:
    """A token that says it needs no signature."""
    return jwt.encode(software.claims(user), "", algorithm="none", headers={"typ": calls.TYPE, "kid": "k1"})


def confused(software: Software, user: User) -> str:
    """A token signed by HMAC with our public key as its secret, written by hand: libraries refuse to."""
    import hashlib
    import hmac

    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    signed = f"{part({'alg': 'HS256', 'typ': calls.TYPE, 'kid': 'k1'})}.{part(software.claims(user))}"
    digest = hmac.new(pem(EC_KEY).encode(), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def now() -> int:
    """Seconds since the epoch."""
    return int(time.time())


Make = Callable[[Software, User], Any]
REFUSED: list[tuple[str, int, Make]] = [
    ("unreadable", 400, lambda s, u: ""),
    ("unreadable", 400, lambda s, u: "a.b.c"),
    ("unreadable", 400, lambda s, u: 12),
    ("unreadable", 400, lambda s, u: None),
    ("too_long", 413, lambda s, u: "x" * 8_001),
    ("too_long", 413, lambda s, u: "x" * 20_000),
    ("not_a_call", 400, lambda s, u: s.token(u, header={"typ": "JWT"})),
    ("unknown_software", 401, lambda s, u: s.token(u, iss="autre")),
    ("unknown_software", 401, lambda s, u: s.token(u, iss=...)),
    ("unknown_key", 401, lambda s, u: s.token(u, header={"kid": "k9"})),
    ("algorithm", 401, unsigned),
    ("algorithm", 401, confused),
    ("algorithm", 401, lambda s, u: replace(s, key=RSA_KEY).token(u)),
    ("signature", 401, lambda s, u: replace(s, key=OTHER_EC_KEY).token(u)),
    ("signature", 401, lambda s, u: altered(s.token(u), patient={**PATIENT, "birth_name": "DURAND"})),
    ("signature", 401, lambda s, u: altered(s.token(u), sub="810000000002")),
    ("signature", 401, lambda s, u: altered(s.token(u), exp=now() + 3000)),
    ("audience", 401, lambda s, u: s.token(u, aud="https://autre.example")),
    ("audience", 401, lambda s, u: s.token(u, aud=[calls.audience(), "https://autre.example"])),
    ("claims", 400, lambda s, u: s.token(u, aud=...)),
    ("expired", 401, lambda s, u: s.token(u, iat=now() - 100, exp=now() - 60)),
    ("not_yet", 401, lambda s, u: s.token(u, iat=now() + 300, exp=now() + 330)),
    ("too_long_lived", 400, lambda s, u: s.token(u, iat=now() - 30, exp=now() + 31)),
    ("claims", 400, lambda s, u: s.token(u, exp=...)),
    ("claims", 400, lambda s, u: s.token(u, jti="court")),
    ("claims", 400, lambda s, u: s.token(u, jti=...)),
    ("claims", 400, lambda s, u: s.token(u, patient="DURAND")),
    ("claims", 400, lambda s, u: s.token(u, amr="pwd otp")),
    ("claims", 400, lambda s, u: s.token(u, target="admin")),
    ("claims", 400, lambda s, u: s.token(u, target="document")),
    ("claims", 400, lambda s, u: s.token(u, target="document", document="../../admin/")),
    ("claims", 400, lambda s, u: s.token(u, auth_time=now() + 200)),
    ("stale", 403, lambda s, u: s.token(u, auth_time=now() - 13 * 3600)),
    ("other_facility", 403, lambda s, u: s.token(u, finess="440000289")),
    ("unknown_person", 403, lambda s, u: s.token(u, sub="899999999999")),
    ("weak", 403, lambda s, u: s.token(u, amr=["pwd"])),
    ("weak", 403, lambda s, u: s.token(u, amr=...)),
    ("weak", 403, lambda s, u: s.token(u, amr=["pwd", "pin"])),
    ("weak", 403, lambda s, u: s.token(u, amr=["pwd", "sms"])),
    ("weak", 403, lambda s, u: s.token(u, amr=["mfa"])),
    ("weak", 403, lambda s, u: s.token(u, amr=..., acr="eidas1")),
    ("patient", 422, lambda s, u: s.token(u, patient={})),
    ("patient", 422, lambda s, u: s.token(u, patient={**PATIENT, "birth_date": "31/02/1979"})),
    ("patient", 422, lambda s, u: s.token(u, patient={**PATIENT, "diagnostic": "C50"})),
    ("patient", 422, lambda s, u: s.token(u, patient={**PATIENT, "sex": 1})),
    ("patient", 422, lambda s, u: s.token(u, patient={**PATIENT, "ins_oid": "1.2.250.1.213.1.4.8"})),
    ("patient", 422, lambda s, u: s.token(u, patient={**PATIENT, "ins_oid": "1.2.250.1.213.1.4.8", "ins_matricule": "1"})),
]


@pytest.mark.parametrize(("code", "status", "make"), REFUSED, ids=[f"{i}-{row[0]}" for i, row in enumerate(REFUSED)])
def test_what_is_refused_to_a_software(software: Software, alice: User, code: str, status: int, make: Make) -> None:
    response = send(make(software, alice))
    assert (response.status_code, response.json()["error"]) == (status, code)
    assert response.json()["message"].startswith(calls.REFUSALS[code][1])
    assert "DURAND" not in response.content.decode()
    assert not CallTicket.objects.exists()
    assert not Patient.objects.exists()
    assert [(t.action, t.facts["reason"]) for t in audit.traces(limit=1)] == [("call.refused", code)]


def test_a_call_without_the_right_wrapping_is_refused(software: Software, alice: User, client: Client) -> None:
    url, token = reverse("web:call"), software.token(alice)
    for body, kind, code in (
        (token, "application/jwt", "media_type"),
        ("pas du json", "application/json", "unreadable"),
        ("[" * 5_000, "application/json", "unreadable"),
        (json.dumps([token]), "application/json", "unreadable"),
    ):
        assert client.post(url, body, content_type=kind).json()["error"] == code
    assert client.get(url).status_code == 405


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("DCC_CALL_SECONDS", 60, []),
        ("DCC_CALL_SECONDS", 121, ["accounts.E101"]),
        ("DCC_CALL_SECONDS", 9, ["accounts.E101"]),
        ("DCC_CALL_SESSION", timedelta(hours=13), ["accounts.E102"]),
        ("DCC_CALL_SESSION", timedelta(0), ["accounts.E102"]),
    ],
)
def test_settings_never_stretch_a_call(settings: Settings, name: str, value: object, found: list[str]) -> None:
    setattr(settings, name, value)
    assert [error.id for error in check_calls()] == found


def test_no_software_is_registered_at_first(alice: User, facility: Facility) -> None:
    row = calls.CallingSoftware(code="dpi-demo", facility=facility)
    assert send(Software(row).token(alice)).json()["error"] == "unknown_software"


def test_who_may_be_called_for(software: Software, request: pytest.FixtureRequest, alice: User) -> None:
    expected = {"alice": 201, "bob": 201, "charlie": "no_membership", "sonia": "claims", "edith": "claims"}
    for name, wanted in expected.items():
        response = send(software.token(request.getfixturevalue(name)))
        assert (response.json().get("error") or response.status_code) == wanted, name
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert send(software.token(alice)).json()["error"] == "unknown_person"


def test_a_call_is_received_once(software: Software, alice: User) -> None:
    token = software.token(alice)
    assert send(token).status_code == 201
    assert send(token).json()["error"] == "replayed"
    same_number = software.token(alice, jti=software.claims(alice)["jti"])
    assert send(same_number).status_code == 201


def test_keys_change_over(software: Software, alice: User) -> None:
    row = software.row
    new = replace(software, kid="k2", key=RSA_KEY)
    added = calls.add_key(actor=None, software=row, kid="k2", pem=pem(RSA_KEY))
    assert added.algorithm == "RS256"
    assert send(software.token(alice)).status_code == send(new.token(alice)).status_code == 201
    with pytest.raises(calls.UnfitKey, match="Deux clés"):
        calls.add_key(actor=None, software=row, kid="k3", pem=pem(OTHER_EC_KEY))
    calls.withdraw_key(actor=None, key=row.keys.get(kid="k1"))
    assert send(software.token(alice)).json()["error"] == "unknown_key"
    link = new.link(alice)
    calls.set_active(actor=None, software=row, active=False)
    assert send(new.token(alice)).json()["error"] == "unknown_software"
    assert Client().get(link).status_code == 404


def test_a_link_opens_the_patient_once_for_one_patient_only(
    software: Software, alice: User, facility: Facility, client: Client
) -> None:
    patient_id, link = make_patient(alice, facility), software.link(alice)
    assert PATIENT["birth_name"].lower() not in link.lower()
    assert client.head(link).status_code == 405
    assert client.get(link, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 503
    response = client.get(link)
    assert (response.status_code, response["Location"]) == (302, reverse("web:patient", args=[patient_id]))
    assert client.session[sessions.LEVEL] == "contextuel"
    page = client.get(response["Location"]).content.decode()
    assert "Ouverte depuis DPI Démo, limitée à ce patient" in page
    for other in (Client(), client):
        again = other.get(link)
        assert again.status_code == 410
        assert "déjà servi" in again.content.decode()
    actions = [t.action for t in audit.traces(actor_id=alice.pk)]
    assert {"call.received", "call.served", "call.opened", "session.opened", "patient.opened"} <= set(actions)
    assert LocalIdentifier.objects.get(patient_id=patient_id).extension == "IPP-1"
    assert CallTicket.objects.get().payload == ""


def test_a_link_expires(software: Software, alice: User, client: Client) -> None:
    link = software.link(alice)
    CallTicket.objects.update(expires_at="2020-01-01T00:00:00Z")
    response = client.get(link)
    assert response.status_code == 410
    assert "expiré" in response.content.decode()
    assert client.get("/appel/inconnu/").status_code == 404
    assert not client.session.get("_auth_user_id")


def test_other_pages_ask_to_sign_in_fully(
    software: Software, alice: User, facility: Facility, client: Client, frcp_id: UUID
) -> None:
    client.get(software.link(alice))
    assert client.get(reverse("web:document", args=[frcp_id])).status_code == 200
    for url in (reverse("web:worklist"), reverse("web:patients"), reverse("accounts:security"), "/admin/"):
        response = client.get(url)
        assert response.status_code == 403, url
        assert f"/compte/connexion/?next={url}" in response.content.decode()
    scripts = client.get(reverse("web:worklist"), headers={"X-Requested-With": "XMLHttpRequest"})
    assert scripts.json()["error"].startswith("Cette session, ouverte depuis DPI Démo")
    assert client.get("/compte/connexion/?next=/").status_code == 200


REACHED = (
    ("patient", "GET", 200),
    ("frcp_create", "GET", 200),
    ("frcp_create", "POST", 302),
    ("document", "GET", 200),
    ("validation", "GET", 200),
    ("outputs", "GET", 200),
    ("attachments", "GET", 200),
    ("history", "GET", 200),
    ("adjudication", "GET", 200),
    ("reading", "GET", 200),
    ("autosave", "POST", 200),
    ("codes", "GET", 200),
    ("people", "GET", 200),
    ("favourite_offers", "GET", 200),
    ("favourite_keep", "GET", 200),
    ("step", "POST", 302),
    ("help", "GET", 200),
)


def _asked(browser: Client, method: str, url: str, *, json_body: bool) -> Any:
    sent: dict[str, Any] = {"revision": "0", "editor": "e", "changes": []}
    if method == "GET":
        return browser.get(url)
    return browser.post(url, sent, content_type="application/json") if json_body else browser.post(url, sent)


def test_the_pages_of_the_patient_answer_as_in_a_full_session(
    software: Software, alice: User, client: Client, visit: Visit, frcp_id: UUID, patient_id: UUID
) -> None:
    client.get(software.link(alice))
    full = visit(alice)
    arguments: dict[str, list[object]] = {
        "patient": [patient_id],
        "frcp_create": [patient_id],
        "step": [frcp_id, "complete"],
        "codes": [],
        "people": [],
        "help": [],
    }
    for name, method, status in REACHED:
        url = reverse(f"web:{name}", args=arguments.get(name, [frcp_id]))
        url += "?groupe=frcp.propositions&liste=jdv-tumeur-cisis&q=sein"
        for browser in (full, client):
            response = _asked(browser, method, url, json_body=name == "autosave")
            assert response.status_code == status, (name, browser is client)
    page = client.get(reverse("web:patient", args=[patient_id])).content.decode()
    assert reverse("web:frcp_create", args=[patient_id]) in page, "what may be done is offered"


def test_another_patient_is_out_of_reach(
    software: Software, alice: User, facility: Facility, client: Client, visit: Visit, frcp_id: UUID, patient_id: UUID
) -> None:
    client.get(software.link(alice, patient=NOBODY))
    for url in (
        reverse("web:patient", args=[patient_id]),
        reverse("web:patient", args=[UUID(int=1)]),
        reverse("web:document", args=[frcp_id]),
        reverse("web:document", args=[UUID(int=1)]),
        reverse("web:outputs", args=[frcp_id]),
    ):
        for response in (client.get(url), client.post(url)):
            assert response.status_code == 403, url
            assert "PAT-TROIS" not in response.content.decode()
    assert visit(alice).get(reverse("web:patient", args=[patient_id])).status_code == 200


def test_who_may_only_read(software: Software, lea: User, alice: User, facility: Facility, client: Client) -> None:
    from dcc.accounts.models import Practitioner

    lea.practitioner = Practitioner.objects.create(national_id="810000000009", family="LEROY", given="Léa")
    lea.save()
    refused = client.get(software.link(lea))
    assert refused.status_code == 403
    assert "votre rôle ne permet pas" in refused.content.decode()
    assert not Patient.objects.exists()
    patient_id = make_patient(alice, facility)
    assert client.get(software.link(lea))["Location"] == reverse("web:patient", args=[patient_id])


def test_the_terms_and_pro_sante_connect_stay_within_reach() -> None:
    """What a contextual session may always ask exists; everything else is closed."""
    names = {name for _route, name, _view in addresses()}
    assert names >= FREE
    assert any(name.startswith("accounts:psc_") for name in names)


def test_an_unknown_patient_is_created_provisional(software: Software, alice: User, client: Client) -> None:
    response = client.get(software.link(alice, patient=NOBODY, target="frcp"))
    patient = Patient.objects.get()
    assert response["Location"] == reverse("web:frcp_create", args=[patient.pk])
    assert (patient.status, patient.birth_name, patient.revisions.get().reason) == ("provisoire", "DURAND", "call")


def test_contradicting_traits_change_nothing(software: Software, alice: User, facility: Facility, client: Client) -> None:
    make_patient(alice, facility)
    client.get(software.link(alice))
    client.logout()
    before = Patient.objects.values().get()
    response = client.get(software.link(alice, patient={**PATIENT, "birth_name": "DURAND", "sex": "M"}))
    page = response.content.decode()
    assert response.status_code == 409
    assert all(text in page for text in ("DURAND", "PAT-TROIS", "Masculin", "Féminin", "diffère"))
    assert Patient.objects.values().get() == before
    assert not client.session.get("_auth_user_id")


def test_a_full_session_is_kept(software: Software, alice: User, visit: Visit) -> None:
    client = visit(alice)
    key = client.session.session_key
    response = client.get(software.link(alice))
    assert response.status_code == 302
    assert client.session.session_key == key
    assert client.get(reverse("web:worklist")).status_code == 200


def test_somebody_else_is_asked_first(software: Software, alice: User, bob: User, visit: Visit) -> None:
    client, link = visit(bob), software.link(alice)
    response = client.get(link)
    assert response.status_code == 200
    assert "BERNARD" in response.content.decode()
    assert client.get(reverse("web:worklist")).status_code == 200, "bob is still there"
    assert client.post(link).status_code == 302
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert audit.traces(actor_id=bob.pk)[0].facts == {"why": "call"}


class TestByAForm:
    """The browser sends the call itself."""

    def test_it_goes_to_the_link(self, software: Software, alice: User, client: Client) -> None:
        response = client.post(reverse("web:call"), {"jwt": software.token(alice)}, content_type=FORM)
        assert response.status_code == 400, "not what a form sends"
        response = client.post(reverse("web:call"), f"jwt={software.token(alice)}", content_type=FORM)
        assert response.status_code == 303
        assert client.get(response["Location"]).status_code == 302
        assert client.session[sessions.LEVEL] == "contextuel"

    def test_a_refusal_is_a_page(self, software: Software, alice: User, client: Client) -> None:
        response = client.post(reverse("web:call"), f"jwt={software.token(alice, amr=['pwd'])}", content_type=FORM)
        assert response.status_code == 403
        page = response.content.decode()
        assert "deux facteurs" in page
        assert "<code>weak</code>" in page
        assert not CallTicket.objects.exists()


def test_a_document_opens_within_its_patient_only(
    software: Software, alice: User, client: Client, frcp_id: UUID, patient_id: UUID
) -> None:
    url = reverse("web:document", args=[frcp_id])
    opened = client.get(software.link(alice, target="document", document=str(frcp_id)))
    assert opened["Location"] == url
    assert client.get(url).status_code == 200
    elsewhere = Client()
    assert elsewhere.get(software.link(alice, patient=NOBODY, target="document", document=str(frcp_id)))["Location"] == url
    assert elsewhere.get(url).status_code == 403


def test_an_ins_recognises_and_qualifies_nobody(software: Software, alice: User, facility: Facility, client: Client) -> None:
    patient_id = make_patient(alice, facility)
    ins = {"ins_oid": "1.2.250.1.213.1.4.10", "ins_matricule": "279035121518989"}
    assert client.get(software.link(alice, patient={**PATIENT, **ins}))["Location"] == reverse("web:patient", args=[patient_id])
    patient = Patient.objects.get()
    assert (patient.status, patient.ins_matricule) == ("provisoire", "")
    Patient.objects.update(status="qualifiee", **ins)
    known = {**PATIENT, **ins}
    del known["ipp"]
    assert Client().get(software.link(alice, patient=known))["Location"] == reverse("web:patient", args=[patient_id])
    other = {**PATIENT, "ins_oid": ins["ins_oid"], "ins_matricule": "260058815400233"}
    assert Client().get(software.link(alice, patient=other)).status_code in (403, 409)
    assert Patient.objects.get().ins_matricule == ins["ins_matricule"]


def test_a_contextual_session_is_replaced_by_the_next_call(software: Software, alice: User, client: Client) -> None:
    client.get(software.link(alice))
    first = Patient.objects.get()
    key = client.session.session_key
    client.get(software.link(alice, patient=NOBODY))
    assert client.session.session_key != key
    assert client.get(reverse("web:patient", args=[first.pk])).status_code == 403
    assert client.get(reverse("web:patient", args=[Patient.objects.get(birth_name="DURAND").pk])).status_code == 200


def test_the_session_is_shorter_than_others(
    software: Software, alice: User, client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DCC_SESSION_IDLE = timedelta(hours=20)
    client.get(software.link(alice))
    page, true_time = reverse("web:patient", args=[Patient.objects.get().pk]), time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + 59 * 60)
    assert client.get(page).status_code == 200
    monkeypatch.setattr(time, "time", lambda: true_time() + 61 * 60)
    assert client.get(page)["Location"].startswith("/compte/connexion/")
