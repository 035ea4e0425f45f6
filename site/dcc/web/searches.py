"""A search names a patient: the address that keeps it holds it sealed, for one person and one day (decision 0211)."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from django.http import HttpRequest

from dcc.accounts.api import Unreadable, User, seal, unseal

PARAMETER = "recherche"
LONGEST = 200
"""Characters of a search that are read."""
KEPT_SECONDS = 24 * 3600


def sealed_search(actor: User, text: str) -> str:
    """The query string that brings a search back, empty without text."""
    return f"?{urlencode({PARAMETER: seal(f'{int(time.time())} {text}', context=_context(actor))})}" if text else ""


def searched(request: HttpRequest) -> str:
    """The text that the address keeps; empty when there is none, when it is old, altered, or of somebody else."""
    sealed = request.GET.get(PARAMETER, "")
    if not sealed or not isinstance(request.user, User):
        return ""
    try:
        since, _, text = unseal(sealed, context=_context(request.user)).decode().partition(" ")
    except Unreadable:
        return ""
    return text if time.time() - int(since) < KEPT_SECONDS else ""


def _context(actor: User) -> str:
    return f"web.search:{actor.pk}"
