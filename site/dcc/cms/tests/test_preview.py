"""Wagtail's preview of a form: what the page holds, unsaved, as a physician would see it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dcc.cms.tests.test_admin import INLINE
from forms_config.api import draw_previews_with
from forms_config.models import FormDefinition, FormVersion
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
LABEL = "Pourquoi en parler <ensemble> ?"


@pytest.fixture
def form(configured: None) -> FormDefinition:
    return FormDefinition.objects.get(key="frcp_standard")


def address(form: FormDefinition, view: str = "preview_on_edit", *more: Any) -> str:
    return reverse(FormDefinition.snippet_viewset.get_url_name(view), args=[form.pk, *more])


def edited(form: FormDefinition) -> dict[str, str]:
    """What the page sends, a label changed."""
    draft = json.loads(json.dumps(form.draft))
    found = [q for s in draft["sections"] for q in s["questions"] if q["key"] == "frcp.motif.commentaire_motif"]
    found[0]["label"] = LABEL
    return {"title": form.title, "organ": "", "draft": json.dumps(draft)}


@pytest.mark.parametrize("who", ["edith", "adrien"])
def test_an_unsaved_draft_is_shown(who: str, form: FormDefinition, client: Client, request: pytest.FixtureRequest) -> None:
    sign_in(client, request.getfixturevalue(who))
    assert client.post(address(form), edited(form)).json() == {"is_valid": True, "is_available": True}
    response = client.get(address(form), {"in_preview_panel": "true"})
    page = response.content.decode()
    assert response.status_code == 200
    assert "Pourquoi en parler &lt;ensemble&gt; ?" in page
    assert "<strong>ESSAI</strong>" in page
    assert not INLINE.findall(page)
    assert " action=" not in page.partition('id="saisie"')[2], "nothing to send anywhere"


def test_only_the_same_site_may_frame_it(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    response = client.get(address(form))
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    assert policy["frame-ancestors"] == policy["script-src"] == "'self'"


@pytest.mark.parametrize("who", ["alice", "sonia"])
@pytest.mark.parametrize("view", ["preview_on_edit", "revisions_view"])
def test_clinicians_see_no_draft(
    who: str, view: str, form: FormDefinition, client: Client, request: pytest.FixtureRequest
) -> None:
    sign_in(client, request.getfixturevalue(who))
    more = [form.latest_revision_id] if view == "revisions_view" else []
    response = client.get(address(form, view, *more))
    assert response.status_code in (302, 403)
    assert "ESSAI" not in response.content.decode()


def test_a_preview_served_by_any_path_asks_who_looks(form: FormDefinition, client: Client, alice: User) -> None:
    sign_in(client, alice)
    request = client.get("/").wsgi_request
    request.META["HTTP_COOKIE"] = f"sessionid={client.cookies['sessionid'].value}"
    response = form.make_preview_request(request, "")
    assert response.status_code == 403
    assert "ESSAI" not in response.content.decode()


def test_looking_writes_nothing(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    client.post(address(form), edited(form))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert LABEL.partition(" ")[0] in client.get(address(form)).content.decode()
    written = [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not [sql for sql in written if "django_session" not in sql]
    assert not apps.get_model("web", "Trial").objects.exists()
    after = FormDefinition.objects.get(pk=form.pk)
    assert (after.draft, after.latest_revision_id) == (form.draft, form.latest_revision_id)
    assert FormVersion.objects.filter(definition=form).count() == 1


def test_before_anything_is_sent_it_is_the_kept_draft(form: FormDefinition, client: Client, edith: User) -> None:
    sign_in(client, edith)
    assert client.post(address(form), {**edited(form), "draft": '{"sections": 3}'}).json()["is_valid"] is False
    page = client.get(address(form)).content.decode()
    assert "ESSAI" in page
    assert "Pourquoi en parler" not in page


@pytest.mark.parametrize("draft", [{}, {"sections": 3}, {"sections": [{"key": "x"}]}])
def test_an_unreadable_draft_is_told(draft: Any, form: FormDefinition, client: Client, edith: User) -> None:
    FormDefinition.objects.filter(pk=form.pk).update(draft=draft)
    revision = FormDefinition.objects.get(pk=form.pk).save_revision()
    sign_in(client, edith)
    for url in (address(form), address(form, "revisions_view", revision.pk)):
        response = client.get(url)
        page = response.content.decode()
        assert response.status_code == 200
        assert "Aperçu impossible" in page
        assert "Le contenu du formulaire est illisible" in page
        assert not INLINE.findall(page)


def test_one_room_draws_forms() -> None:
    with pytest.raises(ValueError, match="already"):
        draw_previews_with(lambda request, schema: None)  # type: ignore[arg-type, return-value]  # never called
