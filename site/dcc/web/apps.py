from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from forms_config.schema.model import FormSchema


class WebConfig(AppConfig):
    name = "dcc.web"
    label = "web"
    verbose_name = "Pages des cliniciens"

    def ready(self) -> None:
        from dcc.contracts.capabilities import ScheduledJob
        from dcc.contracts.registry import current
        from forms_config.api import draw_previews_with

        current().add(ScheduledJob, "web.trials", ScheduledJob("web.trials", _purge_trials, timedelta(hours=6)))
        draw_previews_with(_preview)


def _preview(request: HttpRequest, schema: FormSchema) -> HttpResponse:
    from dcc.web.formpreview import preview_page

    return preview_page(request, schema)


def _purge_trials() -> None:
    from dcc.web.trials import purge

    purge()
