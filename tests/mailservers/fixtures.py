"""The fixture ``mail_servers``, of every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.mailservers.servers import MailServers, possible, running


@pytest.fixture(scope="session")
def _mail_servers() -> Iterator[MailServers]:
    """One set for each process of the run. Where they cannot run the test is skipped; with CI=true it fails."""
    why = possible()
    if why and os.environ.get("CI") == "true":
        pytest.fail(why, pytrace=False)
    if why:
        pytest.skip(why)
    with running() as servers:
        yield servers


@pytest.fixture
def mail_servers(_mail_servers: MailServers) -> MailServers:
    """Real servers: both run, every box is empty."""
    _mail_servers.reset()
    return _mail_servers
