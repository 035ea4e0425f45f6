"""The product as one signed-in person sees it, whatever her browser sends: the scanner loses no session and sees no secret."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from dcc.wsgi import application as product

COOKIES = os.environ.get("SCAN_COOKIES", "")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as the product does."""
    if COOKIES:
        environ["HTTP_COOKIE"] = COOKIES
    return product(environ, start_response)
