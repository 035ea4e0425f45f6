"""The region's words for codes in the pages of a form: shown, typed, never stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from dcc.web.formpage.compiled import compiled_form
from dcc.web.formpage.page import Filling, fill_page
from forms_config.api import parse_posted
from forms_config.terminology import words
from forms_config.terminology.api import load_shipped, lookup, name_code

if TYPE_CHECKING:
    from dcc.accounts.models import User
    from forms_config.api import PublishedForm

pytestmark = pytest.mark.django_db
PHASE = "jdv-phase-cancer-cisis"


@pytest.fixture(autouse=True)
def _fresh_words() -> Iterator[None]:
    words.forget()
    yield
    words.forget()


def test_a_page_shows_new_words_and_reads_them_as_the_official_code(frcp_form: PublishedForm, edith: User) -> None:
    load_shipped()
    official = lookup(PHASE, "MED-244")
    question = next(q for q in frcp_form.schema.questions() if q.values == PHASE)
    assert official is not None
    assert "Récidive" not in str(fill_page(compiled_form(frcp_form.version_id), Filling({}, {})))
    name_code(actor=edith, value_set=PHASE, code=(official.code, official.system), label="Récidive")
    page = str(fill_page(compiled_form(frcp_form.version_id), Filling({question.key: official.value}, {})))
    assert "Récidive" in page
    read = parse_posted(question, {"search": ["récidive"]}, value_sets=frcp_form.schema.value_sets)
    assert read == official.value
