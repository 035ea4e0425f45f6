"""What a new version of a form does to favourites: said before, told after, forgotten once mended."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dcc.events.api import drain
from forms_config import api as forms
from forms_config.favourites.api import Content, Place, Scope, edit_favourite, look_again, to_mend
from forms_config.favourites.breaking import check_form
from forms_config.favourites.models import Favourite
from forms_config.favourites.tests.test_favourites import GROUP, kept, row
from forms_config.schema.model import FormSchema, schema_to_json

if TYPE_CHECKING:
    from dcc.accounts.models import User
    from forms_config.api import PublishedForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(frcp_form: PublishedForm) -> FormSchema:
    """The standard FRCP form."""
    return frcp_form.schema


def changed(schema: FormSchema, **attributes: Any) -> FormSchema:
    """The form with its group of proposals changed."""
    sections = tuple(
        replace(s, questions=tuple(replace(q, **attributes) if q.key == GROUP else q for q in s.questions))
        for s in schema.sections
    )
    return replace(schema, sections=sections)


def without(schema: FormSchema, column: str) -> FormSchema:
    """The form without a column of its proposals."""
    return changed(schema, columns=tuple(c for c in schema.by_key[GROUP].columns if c.key != column))


def test_the_warning_names_what_is_shared_and_counts_what_is_not(alice: User, edith: User, schema: FormSchema) -> None:
    kept(alice, schema, "Secret")
    kept(edith, schema, "De tous", Place(Scope.REGION))
    assert list(check_form(schema)) == []
    (found,) = check_form(without(schema, "frcp.propositions.precision"))
    assert (found.level, found.question_key) == ("warning", GROUP)
    assert "2 favoris ne pourront plus être insérés" in found.message
    assert "De tous (Région) : Une question du favori n'est plus dans le formulaire" in found.message
    assert "1 autre, dont 1 personnel" in found.message
    assert "Secret" not in found.message


def test_switching_favourites_off_is_said_too(edith: User, schema: FormSchema) -> None:
    kept(edith, schema, "De tous", Place(Scope.REGION))
    (found,) = check_form(changed(schema, favourites=False))
    assert "n'admet plus de favoris" in found.message


def test_a_form_that_was_never_live_breaks_nothing(edith: User, schema: FormSchema) -> None:
    kept(edith, schema, "De tous", Place(Scope.REGION))
    assert list(check_form(replace(changed(schema, favourites=False), key="autre"))) == []


def test_owners_are_told_once_it_is_published_and_no_more_once_mended(
    alice: User, bob: User, edith: User, schema: FormSchema
) -> None:
    mine = kept(alice, schema)
    kept(bob, schema, "Sans texte", rows=[{"frcp.propositions.intention": 1}])
    data = schema_to_json(without(schema, "frcp.propositions.precision"))
    forms.save_draft(actor=None, key=schema.key, document_type="frcp", title=schema.title, draft=data)
    forms.publish_form(actor=None, key=schema.key)
    drain()
    assert [to_mend(user) for user in (alice, bob, edith)] == [1, 0, 0]
    since = Favourite.objects.get(pk=mine).broken_since
    assert look_again() == 0
    assert Favourite.objects.get(pk=mine).broken_since == since, "told once"
    rows = [{key: value for key, value in row().items() if not key.endswith("precision")}]
    live = forms.published_form(schema.key).schema
    edit_favourite(actor=alice, favourite_id=mine, content=Content("FEC", "frcp", GROUP, rows), schema=live)
    assert to_mend(alice) == 0


def test_what_another_form_still_takes_is_not_broken(alice: User, schema: FormSchema) -> None:
    kept(alice, schema)
    narrow = replace(without(schema, "frcp.propositions.precision"), key="frcp_etroit", title="Étroit")
    forms.save_draft(actor=None, key=narrow.key, document_type="frcp", title=narrow.title, draft=schema_to_json(narrow))
    forms.publish_form(actor=None, key=narrow.key)
    assert (look_again(), to_mend(alice)) == (0, 0)
