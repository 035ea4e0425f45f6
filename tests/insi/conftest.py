"""The stand-in on loopback, and the plugin set to it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from pytest_django import Settings

from dcc.contracts.capabilities import IdentityVerifier
from dcc.contracts.identity import IdentityQuery, IdentityVerdict
from dcc.contracts.registry import current
from dcc.contracts.snapshots import IdentityTraits
from plugins.sandbox.authority import Certificates
from plugins.sandbox.insi.authority import make_certificates
from plugins.sandbox.insi.server import PATH, serve
from plugins.sandbox.insi.service import Mood, Service
from tests.fixtures import reference_dir

IDAM = "BACASABLE001"


def traits(name: str, given: str, sex: Any, born: str, place: str = "", first: str = "") -> IdentityTraits:
    """Traits with the first word of the list as first given name."""
    return IdentityTraits(name, first or given.split()[0], given, sex, born, place)


@dataclass(frozen=True, slots=True)
class Insi:
    """The service, where it is, the certificates; :meth:`verify` asks it the way the core does."""

    service: Service
    url: str
    certificates: Certificates

    def settings(self, **changes: Any) -> dict[str, Any]:
        """What the plugin is set to."""
        known = self.certificates
        return {
            "endpoint": self.url,
            "certificate": str(known.certificate("INSI-MANU")),
            "certificate_key": str(known.key("INSI-MANU")),
            "automatic_certificate": str(known.certificate("INSI-AUTO")),
            "automatic_key": str(known.key("INSI-AUTO")),
            "authorities": str(known.authority),
            "idam": IDAM,
            "timeout_seconds": 20,
            **changes,
        }

    def verify(self, asked: IdentityTraits, **query: Any) -> IdentityVerdict:
        """Through the registry."""
        verifier = current().find(IdentityVerifier, "insi")
        assert verifier is not None
        return verifier.verify(IdentityQuery(asked, **query))

    def feel(self, **mood: Any) -> None:
        """Set the mood of the service."""
        self.service.set_mood(Mood(**mood))


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Insi]:
    certificates = make_certificates(tmp_path_factory.mktemp("insi"))
    kit = reference_dir() / "insi"
    service = Service(IDAM, kit if kit.is_dir() else None)
    server = serve(service, certificates, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield Insi(service, f"https://localhost:{server.server_port}{PATH}", certificates)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def insi(_served: Insi, settings: Settings) -> Iterator[Insi]:
    """INSi answers, and the plugin is set to it."""
    _served.service.received.clear()
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "ins": {"insi": _served.settings()}}
    yield _served
    _served.service.set_mood(Mood())
