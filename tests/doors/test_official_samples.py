"""The official FRCP samples, from file to outputs: imported in any order, shown whole, written again, checked again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from lxml import etree, html

from dcc.accounts.api import Facility, User
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange.models import Intake
from forms_config.schema.values import display
from plugins.cda.codecs.xml import Q
from tests.doors.cases import difference, rows
from tests.fixtures import kit_dir, reference_dir, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.kit, pytest.mark.reference, pytest.mark.usefixtures("configuration")]
SAMPLES: dict[str, Callable[[], Path]] = {
    "kit 2025.01": lambda: kit_dir() / "ExemplesCDA/CANCER-FRCP_2025.01_Appareil.xml",
    "XDM 2025.01": lambda: reference_dir() / "mss/xdm/FRCP_2025.01_Appareil/IHE_XDM/SUBSET01/DOC0001.XML",
    "2022.01": lambda: reference_dir() / "exemples_2022.01/CANCER-FRCP_2022.01_Appareil.xml",
}
every_sample = pytest.mark.parametrize("name", SAMPLES)

SAID_OTHERWISE = {
    "385651009": "the state of the document, shown as its state",
    "55108-5": "the name of the section of its PDF copy",
    "MED-240": "converted to the ECOG list of 2025.01, whose label is shown",
}
"""Coded values whose own words are not on the page, and what is shown for them."""


def take(actor: User, facility: Facility, name: str) -> UUID:
    path = SAMPLES[name]()
    return exchange.import_file(actor=actor, facility_id=facility.pk, filename=path.name, content=path.read_bytes())


@pytest.mark.parametrize("order", list(permutations(SAMPLES)), ids=", then ".join)
def test_in_any_order_and_twice_each_is_one_document_of_one_patient(
    alice: User, facility: Facility, order: tuple[str, ...]
) -> None:
    ids = [take(alice, facility, name) for name in order]
    views = [documents.open_document(alice, key) for key in ids]
    before = rows()
    assert [take(alice, facility, name) for name in order] == ids
    assert difference(before) == {}
    assert len({view.line.patient_id for view in views}) == 1, "one official test identity"
    assert Intake.objects.filter(document__isnull=False).count() == len(ids)
    assert len(set(ids)) == 3, "the kit and the XDM sample share a reference and differ: neither overwrites the other"
    told = [view for view in views if any("désigne déjà un autre contenu" in f["message"] for f in view.received["findings"])]
    assert len(told) == len(set(ids)) - len({_reference(name) for name in order})


def _reference(name: str) -> tuple[str, str]:
    root = etree.parse(SAMPLES[name]()).getroot()
    found = root.find(f"{Q}setId") if root.find(f"{Q}setId") is not None else root.find(f"{Q}id")
    assert found is not None
    return found.get("root", ""), found.get("extension", "")


def plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def page_text(actor: User, document_id: UUID) -> str:
    """All that the page of a document shows: its text, and what its fields hold."""
    client = Client()
    sign_in(client, actor)
    response = client.get(reverse("web:document", args=[document_id]))
    assert response.status_code == 200
    root: Any = html.fromstring(response.content.decode())
    hidden = root.xpath("//script|//style|//*[contains(@class,'words') and not(contains(@class,'with-words'))]")
    for element in hidden:
        element.drop_tree()
    held = [field.get("value") or "" for field in root.iter("input") if field.get("type") != "hidden"]
    return plain(" ".join([root.text_content(), *held]))


@every_sample
def test_every_value_that_was_read_is_on_the_page(alice: User, facility: Facility, name: str) -> None:
    document_id = take(alice, facility, name)
    shown, view = page_text(alice, document_id), documents.open_document(alice, document_id)
    values = list(_words(view.answers))
    assert len(values) > 150
    assert [value for value in values if plain(value) not in shown] == []


_NOT_SHOWN_AS_SUCH = ("root", "id", "extension", "telecoms", "prefix", "address", "sector", "code", "system")


def _words(value: object) -> Iterator[str]:
    """Every text, label and author's word of the answers; codes, dates and addresses have other tests."""
    if isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from () if key in _NOT_SHOWN_AS_SUCH else _words(item)
    elif isinstance(value, bool):
        yield display(value)
    elif isinstance(value, str) and not value[:4].isdigit():
        yield value


@every_sample
def test_every_coded_value_of_the_file_is_on_the_page(alice: User, facility: Facility, name: str) -> None:
    shown = page_text(alice, take(alice, facility, name))
    root = etree.parse(SAMPLES[name]()).getroot()
    coded = {
        (value.get("code", ""), value.get("displayName", ""))
        for value in root.iter(f"{Q}value")
        if value.get("displayName") not in (None, "None")
    }
    coded |= {(value.get("code", ""), value.get("displayName", "")) for value in root.iterfind(f".//{Q}procedure/{Q}code")}
    assert len(coded) >= 17
    assert {code: words for code, words in coded if plain(words) not in shown and code not in SAID_OTHERWISE} == {}


@every_sample
def test_every_output_is_made_and_conformant(
    alice: User, facility: Facility, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document_id = take(alice, facility, name)
    for output, suffix in (("cda-n3", "xml"), ("cda-n1", "xml"), ("pdf-a1", "pdf"), ("answers", "json")):
        path = tmp_path / f"{output}.{suffix}"
        call_command("export_document", str(document_id), "--format", output, "--output", str(path))
    capsys.readouterr()
    call_command("check_cda", "--json", "--strict", str(tmp_path / "cda-n3.xml"), str(tmp_path / "cda-n1.xml"))
    n3, n1 = json.loads(capsys.readouterr().out)["files"]
    assert (n3["volet"], n3["findings"], len(n3["schemas"])) == ("FRCP 2025.01", [], 6)
    assert (n1["volet"], n1["findings"], len(n1["schemas"])) == ("CDA R2 N1", [], 5)
    answers = json.loads((tmp_path / "answers.json").read_text())
    assert len(answers) > 60
    snapshot = documents.preview_snapshot(alice, document_id, as_of=datetime.now(UTC))
    pdf = exchange.render_unsaved(snapshot, "pdf-a1", as_of=datetime.now(UTC))
    assert exchange.check(pdf) == ("conforme", [])
