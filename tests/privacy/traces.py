"""Where a patient's data could leak, gathered while pages are driven: logs, addresses, refusals, other tables, caches."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.cache import caches
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from dcc.security.scrubbing import QuietFormatter
from dcc.web.tests.browsing import tree_of

CLINICAL = frozenset({"patients", "documents", "exchange"})
"""Rooms whose tables are made to hold patients."""
ADDRESSES = ("href", "src", "action", "hx-get", "hx-post", "formaction", "data-save", "data-codes")


class Logs(logging.Handler):
    """Every line of log, as the platform writes it, whatever its level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(QuietFormatter("{name} {message}", style="{"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(self.format(record))


class Browser:
    """A browser that notes the addresses it asked for and was given, and the refusals it got."""

    def __init__(self, client: Client) -> None:
        self.client = client
        client.raise_request_exception = False
        self.addresses: list[str] = []
        self.refusals: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> Any:
        """Ask for a page."""
        return self._noted(path, self.client.get(path, headers=headers))

    def post(self, path: str, data: Any, **options: Any) -> Any:
        """Send a form, or JSON."""
        return self._noted(path, self.client.post(path, data, **options))

    def to(self, name: str, *args: Any) -> str:
        """The path of one of our pages."""
        return reverse(f"web:{name}", args=args)

    def _noted(self, path: str, response: Any) -> Any:
        self.addresses += [path, *(response.get(name, "") for name in ("Location", "HX-Replace-Url", "HX-Push-Url", "Refresh"))]
        self.addresses += [f"{name}={morsel.value}" for name, morsel in response.cookies.items()]
        body = "" if getattr(response, "streaming", False) else response.content.decode(errors="replace")
        if "<html" in body:
            self.addresses += [value for element in tree_of(body).iter() for name in ADDRESSES if (value := element.get(name))]
        if response.status_code >= 400:
            self.refusals[f"{response.status_code} {path} {len(self.refusals)}"] = body
        return response


def rows_elsewhere() -> Iterator[tuple[str, str]]:
    """Every row of every table that is not clinical, as text; sessions decoded."""
    for model in apps.get_models():
        if model._meta.app_label in CLINICAL or not model._meta.managed:
            continue
        for row in model._base_manager.all():
            yield model._meta.label, text_of(row)


def text_of(row: Model) -> str:
    """All that a row says."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    decoded = row.get_decoded() if row._meta.label == "sessions.Session" else ""  # type: ignore[attr-defined]  # a session has it
    return f"{values} {decoded}"


def cache_keys() -> list[str]:
    """Keys and values of the caches of this process."""
    return [f"{key} {value!r}" for cache in caches.all() for key, value in getattr(cache, "_cache", {}).items()]
