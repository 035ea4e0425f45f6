"""Every address of the platform, Wagtail's included, and paths made of them that a test can ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

NOBODY = UUID(int=0)
_BY_KIND: Mapping[str, object] = {"int": 1, "uuid": NOBODY, "slug": "x", "str": "x", "path": "x"}
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_COMPARE = re.compile(r"\(\?P<pk>[^)]*\)/revisions/compare/.*")


def addresses(
    patterns: list[Any] | None = None, prefix: str = "", space: str = ""
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Route, name with its space, view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from addresses(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield route, f"{space}{pattern.name}" if pattern.name else route, pattern.callback


def path_of(route: str, values: Mapping[str, object] = {}) -> str:
    """A path that the route answers: parameters by name from ``values``, else anything of their kind."""
    plain = _COMPARE.sub("1/revisions/compare/earliest...latest/", route.replace("^", "").replace("$", "")).replace(
        ".*", "nimporte"
    )
    return "/" + _PARAMETER.sub(lambda found: str(values.get(found[2], _BY_KIND[found[1] or "str"])), plain)


GROUP = "frcp.propositions"
JSON_BODIES: Mapping[str, Mapping[str, object]] = {
    "web:autosave": {"editor": "e", "changes": []},
    "web:rows": {"order": "add", "target": "frcp.tumeurs", "base": 0},
    "web:presence": {"base": 0, "editor": "e"},
    "web:favourite_insert": {"group": GROUP, "favourite": str(NOBODY)},
    "web:sheet_attach_now": {"sheet": str(NOBODY)},
}
FORM_BODY: Mapping[str, str] = {"revision": "0", "liste": "jdv-tumeur-cisis", "code": "C50.4"}
"""What pages send to the clinician's addresses: well formed, and of no effect."""


def post_to(client: Client, name: str, url: str) -> Any:
    """Send to an address what its page would."""
    if name in JSON_BODIES:
        return client.post(url, JSON_BODIES[name], content_type="application/json")
    return client.post(url, FORM_BODY)
