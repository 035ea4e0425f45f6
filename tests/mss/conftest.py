"""The moody server, and a transport set to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from dcc.contracts.snapshots import Package, Recipient
from plugins.mss.apps import MssSettings
from plugins.mss.mail.tests.letters import FRCP, PROFESSIONAL, SETTINGS, cda_of, package_of
from plugins.mss.sending.pool import Pool
from plugins.mss.sending.transport import MssTransport
from plugins.sandbox.authority import Certificates
from tests.mss.moody import CLIENT, Moody, certificates, server_context

KEY = UUID("5d3a5f0e-7f6b-4f3e-9a43-0d5ad3f7a002")


@dataclass
class Post:
    """A server, the settings of those who send to it, and a transport of their own connections."""

    server: Moody
    settings: MssSettings
    pool: Pool

    def transport(self, **changes: Any) -> MssTransport:
        """A transport; ``changes`` of the settings."""
        settings = replace(self.settings, **changes)
        return MssTransport(lambda: settings, self.pool)

    def send(self, key: UUID = KEY, recipient: Recipient = PROFESSIONAL, package: Package | None = None, **changes: Any) -> str:
        """Send; the reference."""
        return self.transport(**changes).send(package or package_of(cda_of(FRCP)), recipient, key=key).reference


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of everybody."""
    return certificates(tmp_path_factory.mktemp("mss"))


@pytest.fixture(scope="module")
def server(made: Certificates) -> Iterator[Moody]:
    """A server that asks for a certificate."""
    with Moody(server_context(made)) as running:
        yield running


@pytest.fixture
def post_to(made: Certificates) -> Iterator[Callable[[Moody], Post]]:
    """Makes a sender of any server."""
    pools: list[Pool] = []

    def make(server: Moody) -> Post:
        settings = replace(
            SETTINGS,
            smtp_host="localhost",
            smtp_port=server.port,
            certificate=str(made.certificate(CLIENT)),
            certificate_key=str(made.key(CLIENT)),
            authorities=str(made.authority),
            timeout_seconds=30,
        )
        pools.append(Pool())
        return Post(server, settings, pools[-1])

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture
def post(server: Moody, post_to: Callable[[Moody], Post]) -> Post:
    """A sender to the server, which is in a good mood and has nothing yet."""
    server.feel()
    server.kept.clear()
    server.connections = 0
    return post_to(server)
