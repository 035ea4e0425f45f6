"""Who sees what: every address, every person. 404 for who may not know, 403 for who may not do, 302 for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from dcc.accounts.models import User
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import use_registry
from dcc.contracts.testing import make_registry
from dcc.documents import api as documents
from forms_config import api as forms
from forms_config.favourites import api as bank
from forms_config.terminology import api as terminology
from tests.addresses import GROUP, post_to
from tests.demo_plugin.apps import DEMO
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
NAMES = ("alice", "bob", "charlie", "sonia", "lea", "edith", "adrien")

# The author, a colleague, a stranger, an assistant, a reader, an editor, an administrator.
PAGES = """
                    alice bob  charlie sonia lea  edith adrien
worklist            200   200  200     200   200  302   302
notices             200   200  200     200   200  403   403
patient_notices     200   200  404     200   200  404   404
document_notices    200   200  404     200   200  404   404
help                200   200  200     200   200  200   200
who_receives        200   200  200     200   200  200   200
patients            200   200  200     200   200  403   403
patient_create      200   200  200     200   403  403   403
patient             200   200  404     200   200  404   404
identities          200   200  200     200   403  403   403
reconciliation      404   404  404     404   403  403   403
duplicate           404   404  404     404   403  403   403
merge               404   404  404     404   404  404   404
identity            200   200  404     200   200  404   404
identity_traits     200   200  404     200   403  404   404
team                200   200  404     200   200  404   404
glass               200   200  200     403   403  403   403
glass_review        403   403  403     403   403  403   403
journal             403   403  403     403   403  403   403
journal_table       403   403  403     403   403  403   403
journal_patient     403   403  403     403   403  403   403
journal_accesses    403   403  403     403   403  403   403
journal_accesses_file 403 403  403     403   403  403   403
frcp_create         200   200  404     200   403  404   404
document_create     200   200  404     200   403  404   404
import              200   200  200     200   403  403   403
document            200   200  404     200   200  404   404
validation          200   200  404     200   200  404   404
reading             200   200  404     200   200  404   404
reading_file        404   404  404     404   404  404   404
transmissions       200   200  404     200   200  404   404
transmissions_panel 286   286  404     286   286  404   404
send                200   200  404     200   403  404   404
transmission_act    404   404  404     404   403  404   404
opposition          200   200  404     200   200  404   404
entrust             200   200  404     403   403  404   404
take_back           404   404  404     403   403  404   404
late_return         404   404  404     404   404  404   404
outputs             200   200  404     200   200  404   404
files               200   200  404     200   200  404   404
attachments         200   200  404     200   200  404   404
attachment          200   200  404     200   200  404   404
calendar            404   404  404     404   404  404   404
care_panel          404   404  404     404   404  404   404
calendar_file       404   404  404     404   404  404   404
history             200   200  404     200   200  404   404
version             302   302  404     302   302  404   404
hand_over           404   404  404     404   403  404   404
download            404   404  404     404   404  404   404
preview             409   409  404     409   409  404   404
codes               200   200  200     200   200  403   403
people              200   200  200     200   200  403   403
favourite_offers    200   200  404     200   403  404   404
favourite_choose    200   200  404     200   403  404   404
favourite_keep      200   200  404     200   403  404   404
form_change         302   302  404     302   302  404   404
adjudication        200   200  404     200   403  404   404
bank                200   200  200     200   200  403   403
bank_favourite      200   404  404     404   404  403   403
"""
"""Of a document « en cours », not rendered yet, whose form has no other version and no acts of care (test_care.py has the
table of those); of a favourite of alice's own. Without renderer
a preview answers 409."""

POSTS = """
                    alice bob  charlie sonia lea  edith adrien
document            302   302  404     302   403  404   404
autosave            200   200  404     200   403  404   404
rows                200   200  404     200   403  404   404
presence            200   200  404     200   403  404   404
step:complete       302   302  404     302   403  404   404
step:cancel         200   200  404     403   403  404   404
step:reopen         302   302  404     302   403  404   404
step:close          403   403  404     403   403  404   404
step:validate       404   404  404     404   404  404   404
validation          302   302  404     403   403  404   404
follow              302   302  404     302   403  404   404
hand_over           404   404  404     404   403  404   404
step:amend          302   302  404     302   403  404   404
send                422   422  404     422   403  404   404
transmission_act    404   404  404     404   403  404   404
opposition          422   422  404     422   403  404   404
entrust             422   422  404     403   403  404   404
take_back           404   404  404     403   403  404   404
late_return         404   404  404     404   404  404   404
attachments         302   302  404     302   403  404   404
attachment_remove   302   302  404     302   403  404   404
file_answer         400   400  404     400   403  404   404
patient_create      422   422  422     422   403  403   403
reconciliation      404   404  404     404   403  403   403
duplicate           302   302  302     302   403  403   403
merge               404   404  404     404   404  404   404
unmerge             404   404  404     404   404  404   404
identity            302   302  404     302   403  404   404
identity_traits     409   409  404     409   403  404   404
team                200   200  404     200   200  404   404
glass               422   422  422     403   403  403   403
glass_judge         403   403  403     403   403  403   403
journal_patient     403   403  403     403   403  403   403
frcp_create         302   302  404     302   403  404   404
document_create     422   422  404     422   403  404   404
import              422   422  422     422   403  403   403
favourite           200   200  200     200   403  403   403
favourite_insert    409   409  404     409   403  404   404
favourite_choose    302   302  404     302   403  404   404
favourite_keep      422   422  404     422   403  404   404
sheet_attach        302   302  404     302   403  404   404
sheet_attach_now    409   409  404     409   403  404   404
form_change         302   302  404     302   302  404   404
form_seen           302   302  404     302   302  404   404
adjudication        302   302  404     302   403  404   404
bank_favourite      422   404  404     404   404  403   403
bank_propose        302   404  404     404   404  403   403
bank_withdraw       302   404  404     404   404  403   403
bank_decide         302   404  404     404   404  403   403
theme               302   302  302     302   302  302   302
"""
UNGUARDED = {"brand", "theme"}


def cells(table: str) -> list[tuple[str, str, int]]:
    """Address, person, status."""
    header, *lines = (line.split() for line in table.strip().splitlines())
    return [(name, who, int(status)) for name, *row in lines for who, status in zip(header, row, strict=True)]


@pytest.fixture(autouse=True)
def _no_plugin() -> Iterator[None]:
    """Nothing is rendered here; of the type that a plugin brings no form is published, so it is refused with its reason.

    The addresses of the plugins are read first: read without plugins, they would stay so for the tests that follow.
    """
    assert get_resolver().url_patterns
    with use_registry(make_registry(lambda registry: registry.add(DocumentType, DEMO.key, DEMO))):
        yield


@pytest.fixture
def attachment_id(alice: User, frcp_id: UUID) -> UUID:
    """A file joined by alice."""
    return documents.add_attachment(
        actor=alice, document_id=frcp_id, title="Bilan", filename="bilan.pdf", content=b"%PDF-1.4 bilan"
    )


@pytest.fixture
def favourite_id(alice: User, configuration: None) -> UUID:
    """A favourite that alice keeps for herself."""
    kind = terminology.concepts("jdv-type-traitement-frcp-cisis")[0].value
    rows = [{f"{GROUP}.intention": 1, f"{GROUP}.sequence": 1, f"{GROUP}.type": kind}]
    schema = forms.published_form("frcp_standard").schema
    return bank.save_favourite(actor=alice, content=bank.Content("FEC", "frcp", GROUP, rows), schema=schema)


@dataclass(frozen=True, slots=True)
class Things:
    """What the addresses lead to: all of it alice's."""

    patient_id: UUID
    frcp_id: UUID
    attachment_id: UUID
    favourite_id: UUID


@pytest.fixture
def things(patient_id: UUID, frcp_id: UUID, attachment_id: UUID, favourite_id: UUID) -> Things:
    """One of each."""
    return Things(patient_id, frcp_id, attachment_id, favourite_id)


def address(name: str, things: Things) -> str:
    """The address of a page of alice's document, patient or favourite."""
    frcp_id, attachment_id = things.frcp_id, things.attachment_id
    name, _sep, action = name.partition(":")
    arguments: dict[str, list[object]] = {
        "patient": [things.patient_id],
        "patient_notices": [things.patient_id],
        "team": [things.patient_id],
        "identity": [things.patient_id],
        "merge": [things.patient_id, uuid4()],
        "unmerge": [things.patient_id, uuid4()],
        "duplicate": [uuid4()],
        "reconciliation": [uuid4()],
        "identity_traits": [things.patient_id],
        "opposition": [things.patient_id],
        "late_return": [frcp_id, uuid4()],
        "transmission_act": [frcp_id, uuid4(), "relance"],
        "journal_accesses": [things.patient_id],
        "journal_accesses_file": [things.patient_id, "pdf"],
        "glass_judge": [uuid4()],
        "frcp_create": [things.patient_id],
        "document_create": [things.patient_id, DEMO.key],
        "attachment": [frcp_id, attachment_id],
        "attachment_remove": [frcp_id, attachment_id],
        "reading_file": [frcp_id, "produit", 0],
        "download": [frcp_id, "pdf-a1"],
        "preview": [frcp_id, "unknown"],
        "step": [frcp_id, action],
        "follow": [frcp_id, "pps"],
        "version": [frcp_id, 1],
    }
    plain = (
        "worklist", "help", "patients", "patient_create", "import", "codes", "people", "favourite", "theme", "brand", "bank",
        "glass", "glass_review", "identities", "journal", "journal_table", "journal_patient", "who_receives", "notices",
    )  # fmt: skip
    if name.startswith("bank_"):
        return reverse(f"web:{name}", args=[things.favourite_id])
    if name == "preview":
        return reverse("web:preview", args=[frcp_id, "cda-n3"])
    return reverse(f"web:{name}", args=[] if name in plain else arguments.get(name, [frcp_id]))


def test_every_address_is_in_the_tables() -> None:
    rooms: list[Any] = list(get_resolver().url_patterns)
    names = {str(p.name) for r in rooms if getattr(r, "namespace", "") == "web" for p in r.url_patterns}
    names -= {name for name in names if name.startswith("trial")}  # of no patient: test_trial.py has their table
    names -= {"call", "call_open"}  # of nobody who signed in: test_call.py has their tables
    tried = {name.partition(":")[0] for name, _who, _status in [*cells(PAGES), *cells(POSTS)]}
    assert names - {"brand"} == tried


@pytest.mark.parametrize(("name", "who", "status"), cells(PAGES))
def test_pages(name: str, who: str, status: int, people: dict[str, User], visit: Visit, things: Things) -> None:
    url = address(name, things)
    query = "?liste=jdv-tumeur-cisis&q=sein" if name in ("codes", "people") else f"?groupe={GROUP}"
    response = visit(people[who]).get(url + query)
    assert response.status_code == status
    if status in (403, 404) and name not in ("codes", "people", "favourite_offers"):
        assert "Accès refusé" in response.content.decode() or "Page introuvable" in response.content.decode()


@pytest.mark.parametrize(("name", "who", "status"), cells(POSTS))
def test_acts(name: str, who: str, status: int, people: dict[str, User], visit: Visit, things: Things) -> None:
    url = address(name, things)
    response = post_to(visit(people[who]), f"web:{name}", f"{url}?groupe={GROUP}")
    assert response.status_code == status


@pytest.mark.parametrize("name", sorted({name for name, _who, _status in [*cells(PAGES), *cells(POSTS)]} - UNGUARDED))
def test_nobody_is_sent_to_sign_in(name: str, client: Client, things: Things) -> None:
    url = address(name, things)
    for response in (client.get(url), client.post(url)):
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("accounts:login"))
    assert client.get(url, headers={"X-Requested-With": "XMLHttpRequest"}).status_code == 401


@pytest.mark.parametrize("name", ["document", "validation", "outputs", "history", "attachments", "autosave"])
def test_a_document_that_does_not_exist_looks_like_one_that_may_not_be_seen(
    name: str, visit: Visit, charlie: User, frcp_id: UUID
) -> None:
    stranger = visit(charlie)
    for method in (stranger.get, stranger.post):
        seen, unseen = method(reverse(f"web:{name}", args=[frcp_id])), method(reverse(f"web:{name}", args=[uuid4()]))
        assert (seen.status_code, len(seen.content)) == (unseen.status_code, len(unseen.content))


def test_scripts_are_refused_in_french(visit: Visit, lea: User, charlie: User, frcp_id: UUID) -> None:
    url = reverse("web:autosave", args=[frcp_id])
    refused = visit(lea).post(url, {"changes": []}, content_type="application/json")
    assert refused.json() == {"error": "Votre rôle ne permet pas cette action sur ce document"}
    unseen = visit(charlie).post(url, {"changes": []}, content_type="application/json")
    assert unseen.json() == {"error": "Document introuvable"}


@pytest.mark.parametrize("sent", ["", "[]", '{"changes": [1]}', '{"changes": [{"path": "x", "base": "0", "raw": {}}]}', "\xff"])
def test_a_malformed_save_is_a_bad_request(sent: str, visit: Visit, alice: User, frcp_id: UUID) -> None:
    url = reverse("web:autosave", args=[frcp_id])
    assert visit(alice).post(url, sent.encode("latin-1"), content_type="application/json").status_code == 400
