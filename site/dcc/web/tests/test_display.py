"""The frame of every page: region, theme, help, refusals."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from dcc.accounts.models import User
from dcc.web.context import theme_of
from dcc.web.views.errors import csrf_failure
from tests.fixtures import sign_in

pytestmark = pytest.mark.django_db


def test_the_colours_of_the_region_are_public(client: Client) -> None:
    response = client.get(reverse("web:brand"))
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert b"--brand" not in response.content
    cache.clear()
    with override_settings(DCC_BRAND_COLOUR="#5f259f"):
        assert b"--brand:#5f259f" in client.get(reverse("web:brand")).content
    cache.clear()


def test_a_theme_is_remembered_and_forgotten(client: Client, alice: User) -> None:
    sign_in(client, alice)
    response = client.post(reverse("web:theme"), {"theme": "dark", "next": "/aide/?x=1"})
    assert (response.status_code, response["Location"]) == (302, "/aide/?x=1")
    assert b'data-theme="dark"' in client.get(reverse("web:help")).content
    client.post(reverse("web:theme"), {"theme": "", "next": "/aide/"})
    assert b"data-theme" not in client.get(reverse("web:help")).content


def test_a_theme_never_leads_elsewhere(client: Client, alice: User) -> None:
    sign_in(client, alice)
    for hostile in ("https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)"):
        assert client.post(reverse("web:theme"), {"next": hostile})["Location"] == reverse("web:help")


def test_an_unknown_theme_is_no_theme() -> None:
    request = RequestFactory().get("/")
    request.COOKIES["dcc_theme"] = '"><script>'
    assert theme_of(request) == ""


def test_the_help_page_speaks_french(client: Client, alice: User) -> None:
    sign_in(client, alice)
    page = client.get(reverse("web:help")).content.decode()
    assert "Raccourcis du clavier" in page
    assert '<html lang="fr"' in page


def test_an_unknown_address_is_said_in_french(client: Client, alice: User) -> None:
    sign_in(client, alice)
    response = client.get("/nulle-part/")
    assert response.status_code == 404
    assert "Page introuvable" in response.content.decode()


class TestCsrf:
    """A stale token loses nothing that was typed; a forged form gets nothing."""

    def post(self, **headers: str) -> str:
        data = {"frcp.synthese.question": 'Chirurgie ? <b>"oui"</b>', "password": "secret-de-alice", "csrfmiddlewaretoken": "x"}
        request = RequestFactory().post("/documents/1/", data, headers=headers)
        response = csrf_failure(request)
        assert response.status_code == 403
        return response.content.decode()

    def test_what_was_typed_here_is_kept_ready_to_be_sent_again(self) -> None:
        page = self.post(origin="http://testserver")
        assert 'value="Chirurgie ? &lt;b&gt;&quot;oui&quot;&lt;/b&gt;"' in page
        assert "Renvoyer ma saisie" in page

    def test_no_secret_is_written_back(self) -> None:
        page = self.post(origin="http://testserver")
        assert "secret-de-alice" not in page

    @pytest.mark.parametrize(
        "headers",
        [
            {"origin": "http://ailleurs.example"},
            {"referer": "http://ailleurs.example/piege"},
            {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
            {},
        ],
        ids=["origin", "referer", "fetch metadata", "nothing said"],
    )
    def test_a_form_from_elsewhere_is_not_given_a_second_chance(self, headers: dict[str, str]) -> None:
        page = self.post(**headers)
        assert "Chirurgie" not in page
        assert "Renvoyer" not in page
