"""Gestures on shared blocks: who follows what, and that nothing follows by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dcc.accounts.api import User
from forms_config.blocks import api as blocks
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.model import FormSchema, Section
from forms_config.workshop.operations import apply
from forms_config.workshop.places import WorkshopError, section_at
from forms_config.workshop.sharing import GESTURES, apply_gesture, shared_of

if TYPE_CHECKING:
    from forms_config.workshop.operations import Applied

pytestmark = pytest.mark.django_db
STANDARD = default_schema(load_catalogue("frcp", "2025.01"))


def with_research() -> tuple[FormSchema, str]:
    """The standard form with a section of the region that asks one question."""
    added = apply(STANDARD, "section.add", {"title": "Recherche"})
    key = added.selected.removeprefix("section:")
    asked = {"kind": "boolean", "label": "Consentement", "section": key}
    return apply(added.schema, "question.regional", asked).schema, key


def gesture(schema: FormSchema, name: str, actor: User, **arguments: str) -> Applied:
    return apply_gesture(schema, name, arguments, actor=actor)


def shown(schema: FormSchema, key: str) -> Section:
    return section_at(schema, key)


def test_a_block_is_made_followed_and_left(edith: User) -> None:
    own, key = with_research()
    made = gesture(own, "block.make", edith, section=key).schema
    reference = blocks.reference_of(shown(made, key).block)
    assert shown(made, key).questions == shown(own, key).questions
    other = gesture(STANDARD, "block.add", edith, block=reference.key, after="frcp.motif")
    there = other.selected.removeprefix("section:")
    assert [s.key for s in other.schema.sections].index(there) == [s.key for s in STANDARD.sections].index("frcp.motif") + 1
    assert shown(other.schema, there).block == str(reference)

    changed = gesture(made, "block.detach", edith, section=key).schema
    assert (shown(changed, key).block, shown(changed, key).title) == ("", "Recherche")
    changed = apply(changed, "section.word", {"section": key, "name": "title", "value": "Essais"}).schema
    changed = gesture(changed, "block.change", edith, section=key, block=reference.key).schema
    assert shown(changed, key).block == f"{reference.key}@2"

    assert shown(other.schema, there).title == "Recherche"
    waiting = shared_of(other.schema, shown(other.schema, there))
    assert waiting is not None
    assert waiting.is_behind
    assert any("Essais" in words for words in waiting.changes)
    followed = gesture(other.schema, "block.upgrade", edith, section=there).schema
    assert (shown(followed, there).title, shown(followed, there).block) == ("Essais", f"{reference.key}@2")
    current = shared_of(followed, shown(followed, there))
    assert current is not None
    assert (current.is_behind, current.changes) == (False, ())
    assert shared_of(followed, shown(followed, "frcp.motif")) is None


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("block.add", {"block": "bloc_absent"}, "Bloc inconnu ou non publié"),
        ("block.upgrade", {"section": "frcp.motif"}, "ne montre pas de bloc"),
        ("block.detach", {"section": "frcp.motif"}, "ne montre pas de bloc"),
        ("block.detach", {"section": "absente"}, "n'est plus dans le formulaire"),
        ("block.make", {"section": "shared"}, "montre déjà un bloc"),
        ("block.change", {"section": "frcp.motif", "block": "bloc_absent"}, "Ce bloc n'existe pas"),
        ("block.make", {"section": "empty"}, "au moins une question"),
    ],
)
def test_what_cannot_be_done(name: str, arguments: dict[str, str], message: str, edith: User) -> None:
    schema, key = with_research()
    schema = gesture(schema, "block.make", edith, section=key).schema
    empty = apply(schema, "section.add", {"title": "Vide"})
    known = {"shared": key, "empty": empty.selected.removeprefix("section:")}
    given = {name: known.get(value, value) for name, value in arguments.items()}
    with pytest.raises(WorkshopError, match=message):
        gesture(empty.schema, name, edith, **given)


@pytest.mark.parametrize("who", ["alice", "adrien"])
def test_only_editors_make_blocks(who: str, request: pytest.FixtureRequest) -> None:
    schema, key = with_research()
    with pytest.raises(WorkshopError, match="Seuls les éditeurs"):
        gesture(schema, "block.make", request.getfixturevalue(who), section=key)


def test_what_a_block_shows_is_changed_in_the_block(edith: User) -> None:
    schema, key = with_research()
    question = shown(schema, key).questions[0].key
    schema = gesture(schema, "block.make", edith, section=key).schema
    for operation, arguments in (
        ("section.word", {"section": key, "name": "title", "value": "Autre"}),
        ("question.remove", {"question": question}),
        ("question.give", {"question": question, "name": "label", "value": "Autre"}),
    ):
        with pytest.raises(WorkshopError, match="montre un bloc partagé"):
            apply(schema, operation, arguments)


def test_every_gesture_is_named_in_a_test() -> None:
    with open(__file__, encoding="utf-8") as source:
        text = source.read()
    assert [name for name in GESTURES if f'"{name}"' not in text] == []
