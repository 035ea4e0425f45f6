"""What each address leaves in the journal: what somebody saw or changed of patients, and each refusal (decision 0226)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts import refusals
from dcc.accounts.models import User
from dcc.accounts.refusals import Flood, Source
from dcc.audit import api as audit
from dcc.audit.models import Entry
from dcc.web.tests.test_access import (  # noqa: F401  (fixtures)
    PAGES,
    POSTS,
    Things,
    _no_plugin,
    address,
    attachment_id,
    cells,
    favourite_id,
    things,
)
from tests.addresses import GROUP, post_to
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db

# Of alice. « - »: nothing of a patient is shown (or it says nothing that its page did not), and nothing is changed.
READ = """
worklist          documents.listed
notices           -
patient_notices   -
document_notices  -
help              -
who_receives      -
patients          patient.searched
team              patient.opened
identity          patient.opened
identities        identity.worklist_read
duplicate         access.refused
reconciliation    access.refused
merge             access.refused
identity_traits   patient.opened
glass             -
glass_review      access.refused
journal           access.refused
journal_table     access.refused
journal_patient   access.refused
journal_accesses  access.refused
journal_accesses_file  access.refused
patient_create    -
patient           patient.opened document.opened
frcp_create       patient.opened
document_create   patient.opened
import            -
document          document.opened patient.opened
validation        document.opened patient.opened
reading           document.opened patient.opened
reading_file      access.refused
transmissions     document.opened patient.opened
transmissions_panel  -
send              document.opened patient.opened
transmission_act  access.refused
opposition        patient.opened
entrust           document.opened patient.opened
take_back         access.refused
late_return       access.refused
outputs           document.opened patient.opened
files             -
attachments       document.opened patient.opened
attachment        document.attachment_read
calendar          document.opened access.refused
care_panel        access.refused
calendar_file     document.opened access.refused
history           document.opened patient.opened
version           document.opened
hand_over         access.refused
download          access.refused
preview           document.previewed
codes             -
people            -
favourite_offers  -
favourite_choose  document.opened patient.opened
favourite_keep    document.opened patient.opened
form_change       document.opened
adjudication      document.proposals_read document.opened patient.opened
bank              -
bank_favourite    -
"""
WRITTEN = """
attachment_remove  document.attachment_removed
rows               document.saved
step:complete      document.complete
step:cancel        document.opened patient.opened
frcp_create        patient.opened document.created
bank_withdraw      favourite.withdrawn
patient_create     -
favourite          -
theme              -
"""
QUERIES = {"codes": "?liste=jdv-tumeur-cisis&q=sein", "people": "?liste=jdv-tumeur-cisis&q=sein"}


def table(text: str) -> dict[str, set[str]]:
    """Address, actions."""
    rows = (line.split() for line in text.strip().splitlines())
    return {name: set(actions) - {"-"} for name, *actions in rows}


@pytest.fixture(autouse=True)
def _a_quiet_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "ALONE", 10_000)
    monkeypatch.setattr(refusals, "flood", Flood())


def ask(client: Client, method: str, name: str, things: Things) -> tuple[int, list[Entry]]:  # noqa: F811  (the fixture)
    """The answer, and what it left in the journal."""
    last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    url = address(name, things)
    if method == "get":
        response = client.get(url + QUERIES.get(name, f"?groupe={GROUP}"))
    else:
        response = post_to(client, f"web:{name}", f"{url}?groupe={GROUP}")
    return response.status_code, list(Entry.objects.filter(pk__gt=last).order_by("pk"))


def test_every_page_is_in_the_table() -> None:
    assert set(table(READ)) == {name for name, _who, _status in cells(PAGES)}


def test_what_is_read(visit: Visit, alice: User, things: Things) -> None:  # noqa: F811
    client, expected = visit(alice), table(READ)
    found = {name: {entry.action for entry in ask(client, "get", name, things)[1]} for name in expected if name != "patients"}
    assert found == {name: actions for name, actions in expected.items() if name != "patients"}


def test_a_search_says_who_was_shown_and_not_what_was_typed(visit: Visit, alice: User, things: Things) -> None:  # noqa: F811
    last = Entry.objects.latest("pk").pk
    visit(alice).post(reverse("web:patients"), {"q": "NESSI"}, headers={"HX-Request": "true"})
    (trace,) = Entry.objects.filter(pk__gt=last, action="patient.searched")
    assert set(trace.facts) == {"count", "patients", "by", "more"}
    assert trace.facts["by"] == ["words"]
    assert "nessi" not in str(trace.facts).lower()


@pytest.mark.parametrize("name", table(WRITTEN))
def test_what_is_written(name: str, visit: Visit, alice: User, things: Things) -> None:  # noqa: F811
    _response, entries = ask(visit(alice), "post", name, things)
    assert {entry.action for entry in entries} == table(WRITTEN)[name]
    assert all(entry.actor_id == alice.pk for entry in entries)


REFUSED = {
    (method, name, who, status)
    for method, text in (("get", PAGES), ("post", POSTS))
    for name, who, status in cells(text)
    if status in (403, 404) and who in ("charlie", "edith")
}


@pytest.mark.parametrize("who", ["charlie", "edith"])
def test_each_refusal_leaves_one_trace(who: str, people: dict[str, User], visit: Visit, things: Things) -> None:  # noqa: F811
    client, wrong = visit(people[who]), {}
    for method, name, person, status in sorted(REFUSED):
        if person != who:
            continue
        _response, entries = ask(client, method, name, things)
        refused = [entry for entry in entries if entry.action == "access.refused"]
        told = [(entry.subject, entry.facts["reason"], entry.actor_id) for entry in refused]
        address_name = f"address:web:{name.partition(':')[0]}"
        if told != [(address_name, {403: "droit", 404: "introuvable"}[status], people[who].pk)]:
            wrong[method, name] = told
        if any(entry.patient_id for entry in entries if entry.action != "access.refused"):
            wrong[method, name] = [(entry.action, "", None) for entry in entries]
    assert wrong == {}


def test_a_refusal_names_the_ids_of_its_address(visit: Visit, charlie: User, things: Things) -> None:  # noqa: F811
    _response, (entry,) = ask(visit(charlie), "get", "patient", things)
    assert entry.patient_id == things.patient_id
    assert entry.facts["ids"] == [f"patient_id:{things.patient_id}"]
    assert entry.kind == audit.Kind.ACCESS


def test_what_is_no_refusal_leaves_none(visit: Visit, alice: User, client: Client) -> None:
    for who in (visit(alice), client):
        assert who.get("/nulle-part/").status_code in (302, 404)
    assert not Entry.objects.filter(action="access.refused").exists()


def test_a_forged_form_is_told(alice: User) -> None:
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.post(reverse("accounts:login"), {"username": "x"}).status_code == 403
    (entry,) = Entry.objects.filter(action="access.refused")
    assert (entry.facts["reason"], entry.actor_id, entry.subject) == ("csrf", None, "address:accounts:login")


def test_a_flood_leaves_few_traces(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setattr(refusals, "ALONE", 3)
    headers = {"X-Requested-With": "XMLHttpRequest"}
    for _turn in range(8):
        assert client.get(reverse("web:worklist"), headers=headers).status_code == 401
    assert Entry.objects.filter(action="access.refused").count() == 3
    monkeypatch.setattr(refusals, "WINDOW", 0)
    client.get(reverse("web:help"))
    (entry,) = Entry.objects.filter(action="access.refusals_counted")
    assert (entry.facts["count"], entry.facts["ip"], entry.actor_id) == (5, "127.0.0.1", None)


def test_many_sources_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "ALONE", 1)
    monkeypatch.setattr(refusals, "SOURCES", 2)
    flood = Flood()
    assert [flood.passes(Source(None, f"192.0.2.{n}")) for n in range(6)] == [True, True, True, False, False, False]
