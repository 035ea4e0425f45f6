"""A patient whose traits are found nowhere else, followed through the pages, through errors and failures; then she is looked for
where she must not be: logs, addresses, pages of refusal, cookies, caches, queue, events, journal, sessions, tables of Wagtail."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dcc.accounts.models import Facility, User
from dcc.contracts.event import Context
from dcc.contracts.events import DocumentValidated
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.testing import make_registry
from dcc.documents import api as documents
from dcc.events import api as events
from dcc.patients import api as patients
from tests.fixtures import fill_document, sign_in
from tests.privacy.traces import Browser, Logs, cache_keys, rows_elsewhere

BIRTH, GIVEN, PLACE, TEXT = "XYLANDRE", "ZENOBINE", "QUINSAC-LE-VIEUX", "Sarcome de Kaposigraphe"
MARKS = re.compile(f"{BIRTH}|{GIVEN}|QUINSAC|Kaposigraphe|1931-07-23|23/07/1931|23071931", re.IGNORECASE)
TYPED = {
    "birth_name": BIRTH, "first_given_name": GIVEN, "given_names": f"{GIVEN} MARIE", "sex": "F", "birth_date": "23/07/1931",
    "birth_place_code": "33346", "birth_place_name": PLACE,
}  # fmt: skip


@pytest.fixture
def logs() -> Iterator[Logs]:
    """All lines written meanwhile, at every level."""
    handler, root = Logs(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def browser(alice: User) -> Browser:
    """Alice's."""
    client = Client()
    sign_in(client, alice)
    return Browser(client)


def quoting(*_: Any, **__: Any) -> Any:
    """What fails, and quotes the patient."""
    raise RuntimeError(f"{BIRTH} {GIVEN}, née le 23/07/1931")


def find_and_create(browser: Browser) -> UUID:
    """Search, create with a mistake, then rightly, search again, come back."""
    browser.post(browser.to("patients"), {"q": f"{BIRTH} {GIVEN} 1931"}, headers={"HX-Request": "true"})
    back = browser.post(browser.to("patients"), {"q": f"{BIRTH} 23/07/1931"})["Location"]
    browser.get(back)
    assert browser.post(browser.to("patient_create"), {**TYPED, "birth_date": "31/02/1931"}).status_code == 422
    made = browser.post(browser.to("patient_create"), TYPED)
    assert made.status_code == 302
    assert browser.post(browser.to("patient_create"), TYPED).status_code == 409
    browser.get(back)
    browser.get(made["Location"])
    return UUID(made["Location"].strip("/").rpartition("/")[2])


def write(browser: Browser, alice: User, facility: Facility, patient_id: UUID) -> UUID:
    """A document with her words and files, saved as the page does, with refusals."""
    document_id = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    base = documents.open_document(alice, document_id).revision
    save = browser.to("autosave", document_id)
    change = {"path": "frcp.synthese.question", "base": base, "raw": {"": [f"{TEXT} ({BIRTH})"]}, "render": True}
    answer = browser.post(save, {"editor": "page", "changes": [change]}, content_type="application/json")
    assert answer.json()["saved"] == ["frcp.synthese.question"]
    for body in (f'{{"changes": "{BIRTH}"', f'{{"changes": ["{BIRTH}"]}}', f'["{BIRTH}"]'):
        assert browser.post(save, body, content_type="application/json").status_code == 400
    files = browser.to("attachments", document_id)
    for content in (b"%PDF-1.4 " + TEXT.encode(), b"<html>" + TEXT.encode()):
        browser.post(files, {"files": SimpleUploadedFile(f"{BIRTH} {GIVEN}.pdf", content), "title": TEXT})
    for page in ("document", "attachments", "reading", "validation", "outputs", "history"):
        browser.get(browser.to(page, document_id))
    fill_document(alice, document_id)
    return document_id


def damaged_files(browser: Browser) -> None:
    """Imports of files that cannot be read, and name her."""
    cda = f'<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><family>{BIRTH}</family></recordTarget></ClinicalDocument>'
    for content in (cda.encode(), cda.encode()[:-9], b"\xff\xfe" + cda.encode("utf-16"), b"%PDF-1.4 " + BIRTH.encode()):
        assert browser.post(browser.to("import"), {"file": SimpleUploadedFile(f"{BIRTH}.xml", content)}).status_code == 422


def validate_while_all_fails(alice: User, document_id: UUID) -> None:
    """The document is validated, and whoever is told of it fails, quoting her."""

    def failing(registry: Registry) -> None:
        def handler(_event: DocumentValidated, _context: Context) -> None:
            quoting()

        registry.subscribe(DocumentValidated, handler, key="test.failing")

    with use_registry(make_registry(failing)):
        revision = documents.open_document(alice, document_id).revision
        documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
        revision = documents.open_document(alice, document_id).revision
        documents.validate_document(actor=alice, document_id=document_id, expected_revision=revision)
        events.drain()


@pytest.mark.django_db
def test_a_patient_leaves_no_trace_where_she_must_not(
    browser: Browser,
    alice: User,
    charlie: User,
    facility: Facility,
    configuration: None,
    logs: Logs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patient_id = find_and_create(browser)
    document_id = write(browser, alice, facility, patient_id)
    damaged_files(browser)
    validate_while_all_fails(alice, document_id)

    stranger = Browser(Client())
    sign_in(stranger.client, charlie)
    for page in (
        stranger.to("patient", patient_id),
        stranger.to("document", document_id),
        stranger.to("preview", document_id, "cda-n3"),
    ):
        assert stranger.get(page).status_code == 404
    unsigned = Client(enforce_csrf_checks=True)
    sign_in(unsigned, alice)
    foreign = Browser(unsigned)
    assert foreign.post(foreign.to("patient_create"), TYPED, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403

    monkeypatch.setattr(patients, "search", quoting)
    monkeypatch.setattr(documents, "open_document", quoting)
    assert browser.post(browser.to("patients"), {"q": f"{BIRTH} {GIVEN}"}, headers={"HX-Request": "true"}).status_code == 500
    assert browser.get(browser.to("document", document_id)).status_code == 500

    addresses = [a for b in (browser, stranger, foreign) for a in b.addresses if MARKS.search(a)]
    assert addresses == [], "in an address or a cookie"
    own = ("422", "409")  # the form itself, given back to who typed it
    refusals = {**browser.refusals, **stranger.refusals, **foreign.refusals}
    assert {status[:3] for status in refusals} >= {"400", "403", "404", "500"}
    assert [name for name, body in refusals.items() if not name.startswith(own) and MARKS.search(body)] == []
    assert len(logs.lines) > 5
    assert [line for line in logs.lines if MARKS.search(line)] == []
    assert [key for key in cache_keys() if MARKS.search(key)] == []
    assert sorted({label for label, text in rows_elsewhere() if MARKS.search(text)} - {"sessions.Session"}) == []
