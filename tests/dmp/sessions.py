"""A professional's session of the trust space, in tests: without a browser, and in front of the stand-in's proxy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

from pytest_django import Settings

from dcc.accounts.api import PscGrant, Situation, User
from plugins.dmp.models import Opening
from plugins.dmp.sessions import opening
from tests.dmp.fixtures import RunningDmp

HOSPITAL = Situation(
    key="0-0",
    family="MARTIN",
    given="Alice",
    prefix="MME",
    suffix="DR",
    profession="10",
    category="C",
    profession_code="G15_10/SM36",
    structure="Centre hospitalier de Démonstration",
    finess="490000031",
    sector="SA01",
    former_id="1490000031",
)


def grant_of(user: User, psc_session: UUID | None = None) -> PscGrant:
    """A live session of Pro Santé Connect."""
    assert user.practitioner is not None
    return PscGrant(user.practitioner.national_id, psc_session or uuid4(), "sid", time.time() + 120, "jeton")


def ask(user: User, situation: Situation | None = HOSPITAL, **said: Any) -> Opening:
    """Ask for a session; nothing waits for the proxy yet."""
    psc_session = said.pop("psc_session", None)
    return opening.open_session(
        user=user, grant=grant_of(user, psc_session), situation=situation, beside=lambda _work: None, **said
    )


def open_for(user: User, situation: Situation = HOSPITAL, **said: Any) -> Opening:
    """Ask, and wait for what becomes of it; the row as it is then."""
    row = ask(user, situation, **said)
    opening.wait(row)
    row.refresh_from_db()
    return row


@contextmanager
def reached(settings: Settings, dmp: RunningDmp, **changes: Any) -> Iterator[None]:
    """The plugin is set to the stand-in."""
    former = settings.DCC_PLUGIN_SETTINGS
    settings.DCC_PLUGIN_SETTINGS = {**former, "dmp": dmp.settings(**changes)}
    yield
    settings.DCC_PLUGIN_SETTINGS = former
