"""The gate: every kind of address for somebody who has not accepted, who put it off, who accepted; and what it costs."""

from __future__ import annotations

import html
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dcc.accounts.api import grant_role, revoke_role
from dcc.accounts.models import User
from dcc.accounts.sessions import Level
from dcc.audit import api as audit
from dcc.trust.gate import TABLE, Address, Kind, Verdict, verdict
from dcc.trust.models import Acceptance, FirstSignIn, RolePeriod, TermsSet, TermsSettings, TermsVersion
from dcc.trust.standing import asked_of
from dcc.trust.terms import accept_terms
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Requested-With": "XMLHttpRequest"}

# What each kind of address answers: nothing accepted yet; put off; put off where the region does not grant reading; accepted.
ADDRESSES = """
                   asked      later      no_reading  accepted
worklist           ask        200        ask         200
document           ask        200        ask         200
patient            ask        200        ask         200
help               200        200        200         200
theme              302        302        302         302
brand              200        200        200         200
accounts:security  200        200        200         200
accounts:session   200        200        200         200
trust:ask          200        200        200         302
codes              200        200        409         200
patients           302        302        409         302
glass              422        422        409         422
presence           200        200        409         200
autosave           409        409        409         200
attachments        409        409        409         302
step               409        409        409         302
"""


def cells() -> list[tuple[str, str, str]]:
    header, *lines = (line.split() for line in ADDRESSES.strip().splitlines())
    return [(name, column, cell) for name, *row in lines for column, cell in zip(header, row, strict=True)]


def ask_for(client: Client, name: str, patient_id: UUID, frcp_id: UUID) -> Any:
    """Ask for an address as its page does."""
    full = name if ":" in name else f"web:{name}"
    match name:
        case "document":
            return client.get(reverse(full, args=[frcp_id]))
        case "patient":
            return client.get(reverse(full, args=[patient_id]))
        case "codes":
            return client.get(reverse(full), {"liste": "jdv-tumeur-cisis", "q": "sein"}, headers=SCRIPT)
        case "theme" | "patients" | "glass":
            return client.post(reverse(full), {"theme": "dark", "q": "PAT-TROIS"})
        case "presence" | "autosave":
            data = {"base": 0, "editor": "e", "changes": []}
            return client.post(reverse(full, args=[frcp_id]), data, content_type="application/json", headers=SCRIPT)
        case "attachments":
            return client.post(reverse(full, args=[frcp_id]), {"title": "Bilan"})
        case "step":
            return client.post(reverse(full, args=[frcp_id, "complete"]), {"revision": "0"})
    return client.get(reverse(full))


def accept(user: User, version: TermsVersion) -> Acceptance:
    return accept_terms(actor=user, version_id=version.pk, sha256=version.sha256, level=Level.OTP)


def republish(body: str = "Autre texte.", **fields: Any) -> TermsVersion:
    """The platform publishes other words of its terms."""
    terms = TermsSet.objects.get(key="dcc").get_latest_revision_as_object()
    terms.body = body
    for name, value in fields.items():
        setattr(terms, name, value)
    terms.publish(terms.save_revision(), skip_permission_checks=True)
    return TermsVersion.objects.filter(terms__key="dcc").latest("number")


@pytest.mark.parametrize(("name", "state", "expected"), cells())
def test_addresses(
    name: str, state: str, expected: str, visit: Visit, alice: User, patient_id: UUID, frcp_id: UUID, terms: TermsVersion
) -> None:
    client = visit(alice)
    if state == "no_reading":
        TermsSettings.objects.create(reading=False)
    if state in ("later", "no_reading"):
        client.post(reverse("trust:ask"), {"answer": "later"})
    if state == "accepted":
        accept(alice, terms)
    response = ask_for(client, name, patient_id, frcp_id)
    if expected == "ask":
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("trust:ask") + "?next=")
    else:
        assert response.status_code == int(expected)
    if expected == "409" and name in ("codes", "autosave"):
        assert (response["X-DCC-Terms"], response.json()["terms"]) == ("due", reverse("trust:dialog"))


def test_without_published_terms_nobody_is_asked(visit: Visit, alice: User, frcp_id: UUID) -> None:
    assert visit(alice).get(reverse("web:document", args=[frcp_id])).status_code == 200


def test_who_accepted_costs_one_query_a_request(visit: Visit, alice: User, terms: TermsVersion) -> None:
    accept(alice, terms)
    client = visit(alice)
    client.get(reverse("web:help"))
    client.get(reverse("web:worklist"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("web:worklist"))
    of_terms = [query["sql"] for query in queries.captured_queries if "trust_" in query["sql"]]
    assert len(of_terms) == 1
    assert "trust_stamp" in of_terms[0]


def test_a_published_version_is_asked_at_the_very_next_request(visit: Visit, alice: User, terms: TermsVersion) -> None:
    accept(alice, terms)
    client = visit(alice)
    assert client.get(reverse("web:worklist")).status_code == 200
    version = republish(change_summary="Un paragraphe de plus.")
    assert client.get(reverse("web:worklist")).status_code == 302
    page = client.get(reverse("trust:ask")).content.decode()
    assert "Un paragraphe de plus." in page
    assert "ont changé" in page
    client.post(reverse("trust:ask"), {"answer": "accept", "read": "1", "version": version.pk, "sha256": version.sha256})
    assert client.get(reverse("web:worklist")).status_code == 200


def test_putting_off_one_version_does_not_put_off_the_next(visit: Visit, alice: User, terms: TermsVersion) -> None:
    client = visit(alice)
    client.post(reverse("trust:ask"), {"answer": "later"})
    assert "vous pouvez lire, pas écrire" in client.get(reverse("web:worklist")).content.decode()
    republish()
    assert client.get(reverse("web:worklist")).status_code == 302


def test_the_page_asks_to_tick_then_keeps_the_proof(visit: Visit, alice: User, terms: TermsVersion) -> None:
    client, ask = visit(alice), reverse("trust:ask")
    answer = {"answer": "accept", "version": terms.pk, "sha256": terms.sha256, "next": reverse("web:help")}
    unread = client.post(ask, answer)
    assert "Cochez la case" in unread.content.decode()
    assert not Acceptance.objects.exists()
    assert client.post(ask, {**answer, "read": "1"})["Location"] == reverse("web:help")
    kept = Acceptance.objects.get()
    assert (kept.user, kept.version, kept.sha256, kept.level, kept.reason) == (alice, terms, terms.sha256, "otp", "premier_acces")
    (trace,) = [t for t in audit.traces(subject="terms:dcc", actor_id=alice.pk) if t.action == "terms.accepted"]
    assert trace.facts == {"number": 1, "digest": terms.sha256, "level": "otp", "reason": "premier_acces"}


@pytest.mark.parametrize("posted", [{"sha256": "0" * 64}, {"version": "9999"}, {"version": "x"}, {"version": ""}])
def test_what_was_not_read_is_not_accepted(posted: dict[str, str], visit: Visit, alice: User, terms: TermsVersion) -> None:
    answer = {"answer": "accept", "read": "1", "version": terms.pk, "sha256": terms.sha256, **posted}
    assert visit(alice).post(reverse("trust:ask"), answer).status_code == 200
    assert not Acceptance.objects.exists()


def test_a_refusal_is_kept_in_the_journal_and_leaves_reading(
    visit: Visit, alice: User, frcp_id: UUID, terms: TermsVersion
) -> None:
    client = visit(alice)
    client.post(reverse("trust:ask"), {"answer": "refuse", "version": terms.pk})
    assert [t.action for t in audit.traces(actor_id=alice.pk, subject="terms:dcc")] == ["terms.refused"]
    assert client.get(reverse("web:document", args=[frcp_id])).status_code == 200
    assert not Acceptance.objects.exists()


def test_a_held_form_goes_on_once_the_terms_are_accepted(visit: Visit, alice: User, frcp_id: UUID, terms: TermsVersion) -> None:
    client, url = visit(alice), reverse("web:step", args=[frcp_id, "cancel"])
    sent = {"revision": "0", "reason": "Erreur de <b>patient</b>\n« ligne 2 »", "confirmed": "1"}
    held = client.post(url, sent)
    page = held.content.decode()
    assert held.status_code == 409
    assert held["Cache-Control"] == "no-store"
    assert "Erreur de &lt;b&gt;patient&lt;/b&gt;" in page
    again = {**sent, "dcc_accept": "1", "version": terms.pk, "sha256": terms.sha256}
    assert client.post(url, {**again, "sha256": "0" * 64}).status_code == 409
    assert client.post(url, again).status_code != 409
    assert Acceptance.objects.filter(user=alice).count() == 1


def test_a_save_held_in_the_page_is_sent_again_and_kept(visit: Visit, alice: User, frcp_id: UUID, terms: TermsVersion) -> None:
    client, url = visit(alice), reverse("web:autosave", args=[frcp_id])
    change = {"path": "frcp.rcp.denomination", "base": 0, "raw": {"": ["RCP Sein"]}, "render": False}
    body = json.dumps({"editor": "e", "changes": [change]})
    held = client.post(url, body, content_type="application/json", headers=SCRIPT)
    dialog = client.get(held.json()["terms"])
    assert terms.title in html.unescape(dialog.content.decode())
    answer = {"answer": "accept", "version": terms.pk, "sha256": terms.sha256}
    assert "Cochez la case" in client.post(held.json()["terms"], answer, headers=SCRIPT).json()["error"]
    answer |= {"read": "1"}
    assert client.post(held.json()["terms"], answer, headers=SCRIPT).json() == {"due": False, "error": ""}
    assert client.post(url, body, content_type="application/json", headers=SCRIPT).json()["saved"] == ["frcp.rcp.denomination"]
    assert client.get(held.json()["terms"]).status_code == 204


def test_a_role_that_brings_another_set_asks_for_it(visit: Visit, alice: User, terms: TermsVersion) -> None:
    other = TermsSet(key="enrs", title="Portail ENRS", body="Règles du portail.", roles=["editeur"], live=False)
    other.full_clean()
    other.save()
    other.publish(other.save_revision(), skip_permission_checks=True)
    accept(alice, terms)
    client = visit(alice)
    assert client.get(reverse("web:worklist")).status_code == 200
    grant_role(actor=None, user=alice, role="editeur")
    assert client.get(reverse("web:worklist")).status_code == 302
    assert "Votre rôle a changé" in client.get(reverse("trust:ask")).content.decode()
    revoke_role(actor=None, user=alice, role="editeur")
    assert client.get(reverse("web:worklist")).status_code == 200


def test_a_role_may_be_asked_more_often(visit: Visit, alice: User, terms: TermsVersion) -> None:
    accept(alice, terms)
    now = timezone.now()
    FirstSignIn.objects.create(user=alice, at=now)
    in_seven_months = now + timedelta(days=215)
    assert not asked_of(alice, at=in_seven_months)
    rules = TermsSettings.load()
    rules.role_periods.add(RolePeriod(role="medecin", months=6))
    rules.save()
    assert asked_of(alice, at=in_seven_months)


def test_the_table_of_the_gate() -> None:
    assert len(TABLE) == len(Kind) * 4
    assert all(verdict(Kind.FREE, reading=r, later=later) is Verdict.PASS for r in (True, False) for later in (True, False))
    assert all(verdict(Kind.WRITING, reading=r, later=later) is Verdict.HOLD for r in (True, False) for later in (True, False))
    assert Address("web:autosave", "POST", script=True).kind is Kind.WRITING
    assert Address("accounts:admission", "POST", script=False).kind is Kind.WRITING
    assert Address("anything", "DELETE", script=False, open=True).kind is Kind.FREE


def test_proofs_and_published_terms_never_change(alice: User, terms: TermsVersion) -> None:
    kept = accept(alice, terms)
    for row, field in ((kept, "level"), (terms, "body")):
        setattr(row, field, "psc")
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
        with pytest.raises(IntegrityError), transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")
