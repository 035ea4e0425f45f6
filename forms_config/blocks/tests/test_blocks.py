"""A block is kept once, shown by several forms, and never changes under them."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction

from forms_config.api import GateRefused, publish_form, save_draft
from forms_config.blocks import api as blocks
from forms_config.blocks.models import Block, BlockVersion
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.model import schema_to_json

if TYPE_CHECKING:
    from dcc.accounts.models import User
    from forms_config.api import PublishedForm

pytestmark = pytest.mark.django_db
DRAFT: dict[str, Any] = schema_to_json(default_schema(load_catalogue("frcp", "2025.01")))
ASKED = {"key": "regional.aaaa", "label": "Consentement à la recherche", "datatype": "boolean"}
SECTION: dict[str, Any] = {"key": "recherche", "title": "Recherche clinique", "help": "À demander", "questions": [ASKED]}


def changed(label: str = "Accord pour la recherche") -> dict[str, Any]:
    return {**SECTION, "questions": [{**ASKED, "label": label}]}


def with_block(reference: blocks.Reference) -> dict[str, Any]:
    return blocks.placed(copy.deepcopy(DRAFT), "recherche", reference, blocks.content(reference))


def published(actor: User | None, draft: dict[str, Any], key: str = "frcp_sein") -> PublishedForm:
    save_draft(actor=actor, key=key, document_type="frcp", title=f"Formulaire {key}", draft=draft)
    return publish_form(actor=None, key=key)


def shown(form: PublishedForm) -> tuple[str, str]:
    section = next(s for s in form.schema.sections if s.key == "recherche")
    return section.block, section.questions[0].label


def test_forms_show_a_block_and_keep_its_trace(edith: User) -> None:
    reference = blocks.create_block(actor=edith, document_type="frcp", section=SECTION)
    assert str(reference) == f"{Block.objects.get().key}@1"
    for key in ("frcp_sein", "frcp_poumon"):
        assert shown(published(edith, with_block(reference), key)) == (str(reference), "Consentement à la recherche")
    assert [b.title for b in blocks.published_blocks("frcp")] == ["Recherche clinique"]
    assert blocks.published_blocks("pps") == []


def test_a_reference_alone_is_enough_and_what_stands_beside_it_does_not_count(edith: User) -> None:
    reference = blocks.create_block(actor=edith, document_type="frcp", section=SECTION)
    whole = published(edith, with_block(reference))
    draft = blocks.referring(with_block(reference))
    assert draft["sections"][-1] == {"key": "recherche", "block": str(reference)}
    assert published(edith, draft) == whole
    draft["sections"][-1] = {**changed("Autre chose"), "block": str(reference)}
    assert published(edith, draft) == whole


def test_a_newer_version_waits_until_it_is_asked_for(edith: User) -> None:
    first = blocks.create_block(actor=edith, document_type="frcp", section=SECTION)
    before = published(edith, with_block(first))
    second = blocks.change_block(actor=edith, key=first.key, section=changed())
    assert second == blocks.latest(first.key) == blocks.Reference(first.key, 2)
    assert published(edith, with_block(first)) == before
    after = published(edith, with_block(second))
    assert shown(after) == (str(second), "Accord pour la recherche")
    assert shown(before) == (str(first), "Consentement à la recherche")
    assert blocks.change_block(actor=edith, key=first.key, section=changed()) == second


def test_a_detached_section_keeps_its_questions(edith: User) -> None:
    reference = blocks.create_block(actor=edith, document_type="frcp", section=SECTION)
    form = published(edith, blocks.detached(with_block(reference), "recherche"))
    assert shown(form) == ("", "Consentement à la recherche")
    assert blocks.uses(reference.key) == []


def test_where_a_block_is_used(edith: User) -> None:
    first = blocks.create_block(actor=edith, document_type="frcp", section=SECTION)
    published(edith, with_block(first))
    second = blocks.change_block(actor=edith, key=first.key, section=changed())
    save_draft(actor=edith, key="frcp_sein", document_type="frcp", title="Sein", draft=with_block(second))
    published(edith, copy.deepcopy(DRAFT), "frcp_poumon")
    assert [(u.form_number, u.reference.number) for u in blocks.uses(first.key)] == [(1, 1), (None, 2)]
    published(edith, with_block(second))
    assert [(u.form_number, u.reference.number) for u in blocks.uses(first.key)] == [(2, 2)]


def test_national_elements_in_a_block_are_checked_with_the_form(edith: User) -> None:
    national = next(s for s in DRAFT["sections"] if any(q["key"] == "frcp.synthese.question" for q in s["questions"]))
    bad = copy.deepcopy(national)
    next(q for q in bad["questions"] if q["key"] == "frcp.synthese.question")["datatype"] = "boolean"
    reference = blocks.create_block(actor=edith, document_type="frcp", section=bad)
    with pytest.raises(GateRefused, match="Synthèse du cas"):
        published(edith, blocks.placed(DRAFT, national["key"], reference, blocks.content(reference)))


@pytest.mark.parametrize(
    ("trace", "message"),
    [
        ("bloc_absent@1", "Version de bloc inconnue : bloc_absent@1"),
        ("bloc", "ne désigne pas la version d'un bloc"),
        ("bloc@0", "ne désigne pas"),
        ("@1", "ne désigne pas"),
        ("bloc@1234567", "ne désigne pas"),
    ],
)
def test_an_unknown_reference_is_refused_by_the_gate(edith: User, trace: str, message: str) -> None:
    draft = {**DRAFT, "sections": [*DRAFT["sections"], {"key": "recherche", "block": trace}]}
    with pytest.raises(GateRefused, match=message):
        published(edith, draft)


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({**SECTION, "questions": []}, "au moins une question"),
        ({**SECTION, "title": ""}, "title : un texte est attendu"),
        ({**SECTION, "questions": [{"key": "a"}]}, "illisible"),
        ({**SECTION, "formula": "1"}, "Attribut inconnu"),
        ({**SECTION, "help": {}}, "un texte est attendu"),
    ],
    ids=["empty", "untitled", "unreadable", "unknown", "help"],
)
def test_what_is_not_a_section_makes_no_block(edith: User, section: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        blocks.create_block(actor=edith, document_type="frcp", section=section)
    assert message in str(refusal.value)
    assert not Block.objects.exists()


@pytest.mark.parametrize("who", ["alice", "sonia", "lea", "adrien"])
def test_only_editors_write_blocks(who: str, request: pytest.FixtureRequest, edith: User) -> None:
    actor = request.getfixturevalue(who)
    reference = blocks.create_block(actor=edith, document_type="frcp", section=SECTION)
    with pytest.raises(PermissionDenied):
        blocks.create_block(actor=actor, document_type="frcp", section=SECTION)
    with pytest.raises(PermissionDenied):
        blocks.change_block(actor=actor, key=reference.key, section=changed())
    with pytest.raises(PermissionDenied):
        blocks.receive_block(actor=actor, reference=blocks.Reference("bloc_b", 1), document_type="frcp", content=SECTION)
    assert BlockVersion.objects.count() == 1


def test_a_version_received_from_elsewhere_keeps_its_number(edith: User) -> None:
    there = blocks.Reference("bloc_ailleurs", 3)
    content = {name: value for name, value in SECTION.items() if name != "key"}
    assert blocks.receive_block(actor=edith, reference=there, document_type="frcp", content=content)
    assert not blocks.receive_block(actor=edith, reference=there, document_type="frcp", content=content)
    assert blocks.latest("bloc_ailleurs") == there
    older = {**content, "title": "Recherche"}
    assert blocks.receive_block(actor=edith, reference=blocks.Reference("bloc_ailleurs", 1), document_type="frcp", content=older)
    assert Block.objects.get(key="bloc_ailleurs").title == "Recherche clinique"
    with pytest.raises(ValueError, match="bloc_ailleurs@3 a ici un autre contenu"):
        blocks.receive_block(actor=edith, reference=there, document_type="frcp", content=older)
    assert blocks.change_block(actor=edith, key="bloc_ailleurs", section=changed()).number == 4


def test_the_database_keeps_a_published_block(edith: User) -> None:
    blocks.create_block(actor=edith, document_type="frcp", section=SECTION)
    for statement in ("UPDATE blocks_blockversion SET canonical = '{}'", "DELETE FROM blocks_blockversion"):
        with pytest.raises(DatabaseError, match="version publiée"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert json.loads(BlockVersion.objects.get().canonical)["title"] == "Recherche clinique"
