"""A type of document that no volet describes, written and read at level 1 by what it declares, whoever brings it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dcc.contracts.capabilities import DocumentType, LevelOne
from dcc.contracts.errors import Refused
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, ReadResult
from forms_config.schema.answers import without_row_ids
from plugins.cda.api import CdaRenderer
from plugins.cda.checks import check_codes
from plugins.cda.conformance.checker import check_content, checker_of
from plugins.cda.conformance.kit import Kit
from plugins.cda.tests.documents import ALICE, MOMENT, PDF, PROVISIONAL, make_document, read
from tests.demo_plugin.apps import DEMO
from tests.fixtures import kit_dir

LETTER = replace(DEMO, title="Lettre", formats=("pdf-a1", "cda-n1"), level_one=LevelOne("34133-9", "Synthèse d'épisode de soins"))


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    registry = Registry()
    registry.add(DocumentType, "demo", LETTER)
    with use_registry(registry):
        yield


def snapshot(**changes: Any) -> DocumentSnapshot:
    made = make_document({}, document_type="demo", volet_version="1.0", title="Lettre", version_number=1, replaces={})
    return replace(made, **changes)


def written(document: DocumentSnapshot) -> bytes:
    pdf = Artifact("pdf-a1", "application/pdf", PDF, "lettre.pdf")
    return CdaRenderer("cda-n1").render(document, {"pdf-a1": pdf}, as_of=MOMENT).content


def test_only_level_one_is_offered() -> None:
    assert CdaRenderer("cda-n1").supports(snapshot())
    assert not CdaRenderer("cda-n3").supports(snapshot())
    assert not CdaRenderer("cda-n1").supports(snapshot(volet_version="autre"))
    with use_registry(Registry()):
        assert not CdaRenderer("cda-n1").supports(snapshot())


def test_the_header_and_the_file_are_read_back() -> None:
    document = snapshot()
    result: ReadResult = read(written(document))
    assert (result.header.document_type, result.header.volet_version, result.header.title) == ("demo", "1.0", "Lettre")
    assert (result.header.set_id, result.header.version_number) == (document.set_id, 1)
    assert [author.professional["family"] for author in result.header.authors] == [ALICE["family"]]
    assert result.identity is not None
    assert (result.identity.traits, result.identity.ins) == (document.patient.traits, document.patient.ins)
    assert without_row_ids(result.answers) == {}
    assert [(file.title, file.content, file.is_copy) for file in result.files] == [("Lettre", PDF, False)]
    assert [part.title for part in result.unknown_parts] == []
    assert [finding.code for finding in result.findings] == ["cda.niveau1"]


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        ('classCode="ACT">', 'classCode="ACT"><code code="1" displayName="Acte"/>', "Acte documenté"),
        ("<location><name>Centre hospitalier", "<location><name>Clinique d'ailleurs", "Prise en charge"),
    ],
)  # fmt: skip
def test_what_others_say_there_is_kept_apart(old: str, new: str, title: str) -> None:
    text = written(snapshot()).decode()
    assert old in text
    assert [part.title for part in read(text.replace(old, new).encode()).unknown_parts] == [title]


@pytest.mark.parametrize(("code", "errors"), [("34133-9", 0), ("34794-8", 1), ("18776-5", 1)])
def test_the_code_of_a_volet_is_refused_at_start(code: str, errors: int) -> None:
    registry = Registry()
    registry.add(DocumentType, "demo", replace(LETTER, level_one=LevelOne(code, "Lettre")))
    with use_registry(registry):
        assert len(check_codes()) == errors


def test_a_code_that_nobody_declares_is_refused() -> None:
    content = written(snapshot())
    with use_registry(Registry()), pytest.raises(Refused, match="34133-9"):
        read(content)


@pytest.mark.kit
@pytest.mark.parametrize(
    "changes",
    [{}, {"patient": PROVISIONAL, "legal_authenticator": None}, {"version_number": 2, "replaces": make_document({}).replaces}],
    ids=["validated", "unqualified", "second version"],
)
def test_it_has_no_finding(changes: dict[str, Any]) -> None:
    report = check_content(written(snapshot(**changes)), checker_of(Kit(kit_dir(), "kit")), strict=True)
    assert report.volet == "CDA R2 N1"
    assert [finding.message for finding in report.findings] == []
