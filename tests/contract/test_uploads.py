"""The table of files that may come in: its bounds are those of the rooms, its files are served by nobody but them."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.urls import reverse
from wagtail.images.fields import WagtailImageField

from dcc.cms.models import LOGO_BYTES
from dcc.documents.services.attachments import ACCEPTED, SIGNATURES
from dcc.security.uploads import UPLOADS, heaviest
from forms_config.bundle.archive import BUNDLE_LIMIT
from forms_config.terminology.svs import MAX_BYTES
from plugins.ins.datamatrix.decoding import ACCEPTED as SCANNED
from plugins.ins.datamatrix.decoding import MOST_BYTES
from plugins.ins.hl7 import er7
from tests.addresses import addresses

BY_KEY = {upload.key: upload for upload in UPLOADS}


def test_its_bounds_are_those_of_the_rooms() -> None:
    assert [BY_KEY[key].bound for key in ("bundle", "list", "logo")] == [BUNDLE_LIMIT, MAX_BYTES, LOGO_BYTES]
    assert BY_KEY["flow"].bound == er7.LIMIT
    assert (BY_KEY["datamatrix"].bound, BY_KEY["datamatrix"].accepted) == (MOST_BYTES, SCANNED)
    assert {name.rpartition("/")[2] for _, name in SIGNATURES} == {"pdf", "jpeg", "png", "tiff"}
    assert BY_KEY["attachment"].accepted.replace(", ", " ").split() == ACCEPTED.replace(",", "").replace(" ou", "").split()
    for upload in UPLOADS:
        assert import_module(upload.checked).__name__ == upload.checked


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"<!doctype html><script>1</script>", b"GIF89a"])
def test_what_a_browser_would_run_is_no_attachment(content: bytes) -> None:
    from dcc.documents.errors import AttachmentRefused
    from dcc.documents.services.attachments import check_content

    with pytest.raises(AttachmentRefused, match="n'est pas un PDF"):
        check_content(content)


@pytest.mark.django_db
def test_wagtail_takes_pictures_and_pdf_only_and_serves_none() -> None:
    assert set(WagtailImageField().allowed_image_extensions) == {"jpg", "jpeg", "png", "webp"}
    assert django_settings.WAGTAILDOCS_EXTENSIONS == ["pdf"]
    assert django_settings.WAGTAILDOCS_SERVE_METHOD == "serve_view"
    names = {name for _, name, _ in addresses()}
    assert not names & {"wagtaildocs_serve", "wagtailimages_serve"}
    assert Client().get("/media/region/logo.png").status_code in (302, 404)


@pytest.mark.django_db
def test_a_body_that_is_too_heavy_is_not_read(client: Client) -> None:
    for length, status in ((heaviest() + 1, 413), (10, 200)):
        response = client.generic("POST", reverse("accounts:login"), b"username=x", CONTENT_LENGTH=str(length))
        assert response.status_code == status
        if status == 413:
            assert "trop lourd" in response.content.decode()
            assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("said", ["", "abc", "-5"])
def test_a_length_that_is_none_harms_nobody(said: str, client: Client) -> None:
    from dcc.security.middleware import too_heavy

    assert not too_heavy(RequestFactory().get("/", CONTENT_LENGTH=said))
