"""From an element of a document to the question it answers, by the trees of the volets."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from plugins.cda.conformance import questions
from plugins.cda.conformance.assertions import own_findings
from plugins.cda.conformance.places import place_of
from plugins.cda.tests.test_conformance_findings import HL7, document
from plugins.cda.xml_input import parse_untrusted


@dataclass(frozen=True)
class Code:
    code: str


@dataclass(frozen=True)
class Leaf:
    key: str
    tag: str = "value"
    inner: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Text:
    key: str = ""


@dataclass(frozen=True)
class Relation:
    target: Any


@dataclass(frozen=True)
class Statement:
    tag: str
    code: Any
    parts: tuple[Any, ...] = ()
    relations: tuple[Relation, ...] = ()
    mark: str = ""
    text: Text | None = None


@dataclass(frozen=True)
class Rows:
    group: str
    statement: Statement


@dataclass(frozen=True)
class Section:
    key: str
    template: str
    entries: tuple[Any, ...] = ()
    translation: str = ""


@dataclass(frozen=True)
class Body:
    sections: tuple[Section, ...] = field(default_factory=tuple)


COMMENT = Statement("act", Code("48767-8"), text=Text("frcp.tumeurs.commentaire"))
TREE = Body(
    (
        Section(
            "frcp.tumeur",
            "T-TUMOUR",
            (
                Rows(
                    "frcp.tumeurs",
                    Statement(
                        "observation",
                        Code("DIAG"),
                        (
                            Leaf("frcp.tumeurs.date", "effectiveTime"),
                            Leaf("frcp.tumeurs.morphologie", "value", (Leaf("frcp.tumeurs.lateralite", "qualifier"),)),
                        ),
                        (
                            Relation(
                                Statement("observation", Code("STADE"), (Leaf("frcp.tumeurs.stade"),), (Relation(COMMENT),))
                            ),
                            Relation(Statement("procedure", Leaf("frcp.traitements.type", "code"), mark="INT")),
                            Relation(Statement("act", Code("48767-8"), text=Text("frcp.tumeurs.autre_commentaire"))),
                        ),
                    ),
                ),
                Statement("observation", Code("STATUT"), (Leaf("@statut"),)),
            ),
        ),
        Section("frcp.patient", "T-FREE"),
        Section("frcp.information", "T-FREE", translation="GEN-294"),
    )
)


@pytest.fixture
def volets(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    known = ModuleType("plugins.cda.volets.known")
    known.READ = {"1.2.250.1.213.1.1.1.8": {"2025.01": SimpleNamespace(body=TREE)}}  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setattr(questions, "_TREES", "stand_in_of_the_volets")
    monkeypatch.setitem(sys.modules, "stand_in_of_the_volets", known)
    questions._rubrics.cache_clear()
    yield
    questions._rubrics.cache_clear()


def body(entry: str, section: str = "T-TUMOUR", translation: str = "") -> bytes:
    extra = f'<translation code="{translation}"/>' if translation else ""
    return document(
        f'<component><section><templateId root="OTHER"/><templateId root="{section}"/>'
        f'<code code="x" displayName="x">{extra}</code><title>T</title><text/><entry>{entry}</entry></section></component>',
        with_rights=False,
    )


def keys(content: bytes, name: str) -> tuple[str | None, str | None]:
    root = parse_untrusted(content).getroot()
    place = place_of(list(root.iter(f"{{{HL7}}}{name}"))[-1])
    return place.section_key, place.question_key


DIAGNOSIS = '<observation><code code="DIAG"/>{}</observation>'
TABLE = {
    "a value": (DIAGNOSIS.format("<value/>"), "value", "frcp.tumeurs.morphologie"),
    "inside a value": (
        DIAGNOSIS.format("<value><originalText><reference/></originalText></value>"),
        "reference",
        "frcp.tumeurs.morphologie",
    ),
    "a part of a value": (DIAGNOSIS.format("<value><qualifier><name/></qualifier></value>"), "name", "frcp.tumeurs.lateralite"),
    "a date": (DIAGNOSIS.format("<effectiveTime><low/></effectiveTime>"), "low", "frcp.tumeurs.date"),
    "the statement itself": (DIAGNOSIS.format("<id/>"), "id", "frcp.tumeurs.morphologie"),
    "a nested statement": (
        DIAGNOSIS.format('<entryRelationship><observation><code code="STADE"/><value/></observation></entryRelationship>'),
        "value",
        "frcp.tumeurs.stade",
    ),
    "a comment below the stage": (
        DIAGNOSIS.format(
            '<entryRelationship><observation><code code="STADE"/><entryRelationship><act><code code="48767-8"/><text/></act>'
            "</entryRelationship></observation></entryRelationship>"
        ),
        "text",
        "frcp.tumeurs.commentaire",
    ),
    "a comment below the diagnosis": (
        DIAGNOSIS.format('<entryRelationship><act><code code="48767-8"/><text/></act></entryRelationship>'),
        "text",
        "frcp.tumeurs.autre_commentaire",
    ),
    "a statement known by its mood": (
        '<procedure moodCode="INT"><code code="any"/></procedure>',
        "code",
        "frcp.traitements.type",
    ),
    "an unknown statement in a known one": (
        DIAGNOSIS.format('<entryRelationship><observation><code code="ZZ"/><value/></observation></entryRelationship>'),
        "value",
        "frcp.tumeurs.morphologie",
    ),
    "the date of an unknown statement in a known one": (
        DIAGNOSIS.format('<entryRelationship><observation><code code="ZZ"/><effectiveTime/></observation></entryRelationship>'),
        "effectiveTime",
        "frcp.tumeurs.morphologie",
    ),
    "an unknown statement": ('<observation><code code="ZZ"/><value/></observation>', "value", None),
    "a fact of the document": ('<observation><code code="STATUT"/><value/></observation>', "value", None),
}


@pytest.mark.parametrize(("entry", "name", "question"), TABLE.values(), ids=TABLE.keys())
def test_question_of_an_element(volets: None, entry: str, name: str, question: str | None) -> None:
    assert keys(body(entry), name) == ("frcp.tumeur", question)


def test_sections_of_one_template_are_told_apart_by_translation(volets: None) -> None:
    assert keys(body("", "T-FREE"), "title") == ("frcp.patient", None)
    assert keys(body("", "T-FREE", "GEN-294"), "title") == ("frcp.information", None)
    assert keys(body("", "T-ELSE"), "title") == (None, None)


def test_only_the_tree_of_the_documents_version_is_asked(volets: None) -> None:
    other = body(DIAGNOSIS.format("<value/>")).replace(b'extension="2025.01"', b'extension="2022.01"')
    assert keys(other, "value") == (None, None)


def test_findings_carry_the_keys(volets: None) -> None:
    content = body(DIAGNOSIS.format('<effectiveTime value="20250230"/>'))
    found = [one for one in own_findings(content, parse_untrusted(content), strict=True) if one.code == "own.date"]
    assert [(one.section_key, one.question_key) for one in found] == [("frcp.tumeur", "frcp.tumeurs.date")]


def test_without_volets_nothing_is_located(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(questions, "_TREES", "plugins.cda.no_such_module")
    questions._rubrics.cache_clear()
    assert keys(body(DIAGNOSIS.format("<value/>")), "value") == (None, None)
    questions._rubrics.cache_clear()


SOME = (
    {"frcp.tumeurs.topographie", "frcp.motif.nature", "frcp.dossier.quorum"},
    {"pps.tumeurs.topographie", "pps.statut.motif", "pps.pediatrie.pediatrie", "pps.traitements.effets"},
)


def test_the_real_trees_are_read() -> None:
    try:
        known = importlib.import_module("plugins.cda.volets.known").READ
    except ModuleNotFoundError:
        pytest.skip("the codecs of the volets are not there yet")
    questions._rubrics.cache_clear()
    for root, versions in known.items():
        for version in versions:
            rubrics = questions._rubrics(frozenset({(root, version)}))
            assert len(rubrics) >= 12
            found = {
                key for rubric in rubrics.values() for one in rubric.statements for part in one.parts.values() for key in part
            }
            assert len(found) >= 30, "statements and leaves no longer have the attributes that are read"
            assert any(some <= found for some in SOME), sorted(found)
