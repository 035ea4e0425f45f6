"""Run inside the platform that is scanned: opens a session for each account named, and writes their cookies as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

import django  # noqa: E402  (the paths come first)

django.setup()

from django.conf import settings  # noqa: E402  (Django comes first)
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402
from django.test import Client  # noqa: E402

from dcc.accounts.models import User  # noqa: E402
from dcc.accounts.sessions import Level  # noqa: E402
from dcc.trust import api as trust  # noqa: E402
from tests.fixtures import sign_in  # noqa: E402


def cookies_of(username: str) -> str:
    """The ``Cookie`` header of a browser in which the account is signed in with both factors, the terms of use accepted."""
    client, user = Client(), User.objects.get(username=username)
    sign_in(client, user)
    for asked in trust.asked_of(user):  # else the gate would let the scan see the page of the terms, and no other
        trust.accept_terms(actor=user, version_id=asked.version.pk, sha256=asked.version.sha256, level=Level.OTP)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_get_new_csrf_string()}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps({name: cookies_of(name) for name in sys.argv[1:]}))
