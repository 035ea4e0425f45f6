"""The region's logo, served by its content whatever the name of the file."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from dcc.cms.models import RegionalSettings, logo_media_type


@login_not_required
@cache_control(max_age=300, public=True)
@require_GET
def logo(request: HttpRequest) -> FileResponse:
    """The picture, 404 when the region has none."""
    picture = RegionalSettings.load().logo
    media_type = logo_media_type(picture) if picture and picture.storage.exists(picture.name) else None
    if media_type is None:
        raise Http404
    return FileResponse(picture.open(), content_type=media_type)
