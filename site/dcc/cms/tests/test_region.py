"""What the region says of itself: who edits it, what is refused, how pages get it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from dcc.cms.api import branding, ensure_groups
from dcc.cms.models import RegionalSettings

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import User

from tests.fixtures import sign_in

pytestmark = pytest.mark.django_db
EDIT = ("cms", "regionalsettings")


@pytest.fixture(autouse=True)
def _files_in_memory(settings: Any) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20)) -> bytes:
    stream = BytesIO()
    Image.new("RGB", size, "#0f6f7c").save(stream, kind)
    return stream.getvalue()


def edit_url() -> str:
    return reverse("wagtailsettings:edit", args=[*EDIT, RegionalSettings.load().pk])


def test_without_settings_the_installation_speaks(settings: Any) -> None:
    settings.DCC_REGION, settings.DCC_BRAND_COLOUR = "Région d'essai", "#123456"
    found = branding()
    assert (found.region, found.colour, found.logo_url) == ("Région d'essai", "#123456", "")


def test_an_administrator_gives_the_region_its_face(client: Client, adrien: User) -> None:
    ensure_groups()
    sign_in(client, adrien)
    response = client.post(
        edit_url(),
        {
            "region_name": "DSRC Pays de la Loire",
            "brand_colour": "#0f6f7c",
            "support_email": "aide@example.invalid",
            "logo": SimpleUploadedFile("logo.svg", picture("WEBP"), "image/svg+xml"),
            "logo_description": "Onco",
        },
    )
    assert response.status_code == 302
    found = branding()
    assert (found.region, found.colour, found.support_email) == ("DSRC Pays de la Loire", "#0f6f7c", "aide@example.invalid")
    assert found.logo_url == "/region/logo"
    client.logout()
    served = client.get(found.logo_url)
    assert (served.status_code, served["Content-Type"]) == (200, "image/webp")
    assert b"".join(served.streaming_content) == picture("WEBP")  # type: ignore[attr-defined]  # a file response streams
    assert served["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("who", ["edith", "alice"])
def test_others_do_not(who: str, client: Client, request: pytest.FixtureRequest) -> None:
    ensure_groups()
    sign_in(client, request.getfixturevalue(who))
    client.post(edit_url(), {"region_name": "Autre"})
    assert RegionalSettings.load().region_name == ""


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("brand_colour", "bleu", "Une couleur"),
        ("brand_colour", "#12345", "Une couleur"),
        ("support_email", "x", "adresse"),
        ("logo", SVG, "PNG, JPEG ou WebP"),
        ("logo", picture("GIF"), "PNG, JPEG ou WebP"),
        ("logo", picture()[:30], "PNG, JPEG ou WebP"),
        ("logo", picture(size=(2001, 10)), "PNG, JPEG ou WebP"),
        ("logo", b"\x89PNG" + b"\0" * 400_000, "300 ko"),
    ],
    ids=lambda v: repr(v)[:30],
)
def test_what_is_refused(client: Client, adrien: User, field: str, value: Any, message: str) -> None:
    ensure_groups()
    sign_in(client, adrien)
    posted = SimpleUploadedFile("logo.png", value, "image/png") if field == "logo" else value
    response = client.post(edit_url(), {field: posted})
    assert response.status_code == 200
    assert message in str(response.context["form"].errors[field])
    assert not RegionalSettings.load().logo


def test_no_logo(client: Client) -> None:
    assert client.get(reverse("cms:logo")).status_code == 404


def test_a_lost_logo_is_no_crash(client: Client) -> None:
    row = RegionalSettings.load()
    RegionalSettings.objects.filter(pk=row.pk).update(logo="region/perdu.png")
    assert client.get(reverse("cms:logo")).status_code == 404
