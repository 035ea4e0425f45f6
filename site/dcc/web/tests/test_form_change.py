"""A document whose form was published anew, on the pages: who is told, who decides, what stays readable."""

from __future__ import annotations

import uuid
from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.documents.tests.test_form_moves import (
    NAME,
    SESSION,
    add_optional,
    answer,
    current,
    number_of,
    publish,
    relabel,
    remove_session,
)
from dcc.web.tests.browsing import form_data, texts_of
from forms_config import api as forms
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


def page_of(name: str, document_id: UUID) -> str:
    return reverse(f"web:{name}", args=[document_id])


@pytest.fixture
def offered(alice: User, frcp_id: UUID) -> forms.PublishedForm:
    """Alice answered a question that the next version of the form has no more."""
    answer(alice, frcp_id, SESSION, "S-12 <b>")
    form = publish(remove_session, relabel)
    documents.follow_form(form.key)
    return form


def test_a_carried_form_is_told_once_to_each(visit: Visit, alice: User, lea: User, frcp_id: UUID) -> None:
    publish(relabel, add_optional)
    documents.follow_form("frcp_standard")
    for reader in (alice, lea):
        browser = visit(reader)
        page = browser.get(page_of("document", frcp_id)).content
        (notice,) = texts_of(page, ".form-news")
        assert "Formulaire : version 1 → 2" in notice
        assert "1 question nouvelle." in notice
        assert "devient « Nom de la RCP »" in notice
        assert browser.post(page_of("form_seen", frcp_id)).status_code == 302
        assert not texts_of(browser.get(page_of("document", frcp_id)).content, ".form-news")
    assert "Formulaire\u00a0: version 1 → 2" in visit(alice).get(page_of("history", frcp_id)).content.decode()


def test_an_author_reads_then_accepts(visit: Visit, alice: User, frcp_id: UUID, offered: forms.PublishedForm) -> None:
    browser = visit(alice)
    page = browser.get(page_of("document", frcp_id)).content.decode()
    assert "la version 2 est proposée (document en version 1)" in page
    assert page_of("form_change", frcp_id) in page
    answer_page = browser.get(page_of("form_change", frcp_id)).content.decode()
    assert "S-12 &lt;b&gt;" in answer_page
    assert "Réponse gardée à part" in answer_page
    data = {"form": offered.version_id, "revision": current(frcp_id).revision}
    later = browser.post(page_of("form_change", frcp_id), {**data, "do": "later"}, follow=True)
    assert "Le document reste sur sa version du formulaire" in later.content.decode()
    assert number_of(frcp_id) == 1
    done = browser.post(page_of("form_change", frcp_id), {**data, "do": "accept"}, follow=True).content.decode()
    assert "Le document suit la nouvelle version" in done
    assert "Réponses gardées hors du formulaire" in done
    assert "S-12 &lt;b&gt;" in done
    assert number_of(frcp_id) == 2


@pytest.mark.parametrize(
    ("who", "read", "accept"), [("bob", 200, 403), ("lea", 200, 403), ("charlie", 404, 404), ("edith", 404, 404)]
)
def test_others_do_not_decide(
    who: str, read: int, accept: int, visit: Visit, frcp_id: UUID, offered: forms.PublishedForm, request: pytest.FixtureRequest
) -> None:
    browser = visit(request.getfixturevalue(who))
    page = browser.get(page_of("form_change", frcp_id))
    assert page.status_code == read
    if read == 200:
        assert "La décision revient à un auteur du document" in page.content.decode()
        assert 'value="accept"' not in page.content.decode()
    data = {"form": offered.version_id, "revision": current(frcp_id).revision, "do": "accept"}
    assert browser.post(page_of("form_change", frcp_id), data).status_code == accept
    assert number_of(frcp_id) == 1


@pytest.mark.parametrize("data", [{}, {"form": "x"}, {"form": str(uuid.uuid4()), "revision": "1"}, {"form": "", "revision": "x"}])
def test_a_page_that_is_out_of_date(
    data: dict[str, str], visit: Visit, alice: User, frcp_id: UUID, offered: forms.PublishedForm
) -> None:
    response = visit(alice).post(page_of("form_change", frcp_id), {"do": "accept", **data}, follow=True)
    assert response.redirect_chain[-1][0] == page_of("document", frcp_id)
    assert number_of(frcp_id) == 1


def test_nothing_is_proposed(visit: Visit, alice: User, frcp_id: UUID) -> None:
    response = visit(alice).get(page_of("form_change", frcp_id), follow=True)
    assert "Aucune version du formulaire n&#x27;est proposée" in response.content.decode()


def test_an_open_page_learns_of_it_and_keeps_what_it_shows(
    visit: Visit, alice: User, bob: User, frcp_id: UUID, offered: forms.PublishedForm
) -> None:
    """Bob's page was opened in version 1; alice accepts version 2; his next sign of life and his whole save both work."""
    browser = visit(bob)
    opened, base = browser.get(page_of("document", frcp_id)).content, current(frcp_id).revision
    documents.accept_form(actor=alice, document_id=frcp_id, form_version_id=offered.version_id, expected_revision=base)
    body = {"editor": "page-de-bob", "base": base}
    news = browser.post(page_of("presence", frcp_id), body, content_type="application/json").json()
    assert news["form"] == str(offered.version_id)
    assert news["fields"] == {}
    data = form_data(opened, "saisie", **{NAME: "Sénologie", "do": "save"})
    assert browser.post(page_of("document", frcp_id), data).status_code == 302
    assert current(frcp_id).answers[NAME] == "Sénologie"
    assert SESSION not in current(frcp_id).answers
