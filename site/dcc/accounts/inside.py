"""Pages of this site: what a request may be sent on to."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def inside(request: HttpRequest, wanted: str) -> str:
    """``wanted`` when it is the address of a page of this site, from its root; else nothing."""
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    # From the root, or « redirect() » would take a word for the name of an address.
    return wanted if safe and wanted.startswith("/") and wanted.isprintable() else ""
