"""The stand-in of the DMP over TLS, in a thread, for any test: ``running_dmp``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from plugins.sandbox.authority import Certificates
from plugins.sandbox.dmp import running
from plugins.sandbox.dmp.moods import Mood
from plugins.sandbox.dmp.service import Service
from tests.fixtures import reference_dir

SOURCE_ID = "1.2.250.1.213.1.4.999.1"


@dataclass(frozen=True, slots=True)
class RunningDmp:
    """The stand-in, and what those who test do with it."""

    own: running.Running

    @property
    def service(self) -> Service:
        """The DMP: ``service.put``, ``service.store``, ``service.received``."""
        return self.own.service

    @property
    def url(self) -> str:
        """The address of the proxy."""
        return self.own.url

    @property
    def certificates(self) -> Certificates:
        """Those of all."""
        return self.own.certificates

    def settings(self, **changes: Any) -> dict[str, Any]:
        """What the plugin is set to, for ``DCC_PLUGIN_SETTINGS["dmp"]``."""
        known = self.certificates
        return {
            "proxy": self.url,
            "client_id": running.CLIENT,
            "certificate": str(known.certificate(running.CLIENT)),
            "certificate_key": str(known.key(running.CLIENT)),
            "authorities": str(known.authority),
            "source_id": SOURCE_ID,
            "software_id": "1.2.250.1.213.1.4.999",
            "approval": "ESSAI",
            "timeout_seconds": 30,
            **changes,
        }

    def feel(self, **mood: Any) -> None:
        """Set the mood (:class:`Mood`)."""
        self.service.set_mood(Mood(**mood))

    def call(self, method: str, path: str, *, client: str = running.CLIENT, **said: Any) -> requests.Response:
        """A call of the proxy by hand."""
        known = self.certificates
        cert = (str(known.certificate(client)), str(known.key(client)))
        return requests.request(method, f"{self.url}{path}", cert=cert, verify=str(known.authority), timeout=60, **said)

    def connect(self, national_id: str, **changes: str) -> str:
        """Open a session of a professional; the secret of the session."""
        asked = {"nationalId": national_id, "bindingMessage": "42", "clientId": running.CLIENT, "channel": "MOBILE", **changes}
        answer = self.call("POST", "/connect", json=asked)
        answer.raise_for_status()
        return str(answer.json()["proxy_session_id"])


@pytest.fixture(scope="session")
def dmp_certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates of everybody."""
    return running.prepare(tmp_path_factory.mktemp("dmp"))


@pytest.fixture(scope="module")
def shared_dmp(dmp_certificates: Certificates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDmp]:
    """One DMP for the tests of a module that mind nothing that another left in it."""
    with running.served(tmp_path_factory.mktemp("dmp"), dmp_certificates, kit=reference_dir() / "xds") as own:
        own.service.remembered = 200
        yield RunningDmp(own)


@pytest.fixture
def running_dmp(dmp_certificates: Certificates, tmp_path: Path) -> Iterator[RunningDmp]:
    """An empty DMP, behind its proxy, in a good mood."""
    with running.served(tmp_path / "dmp", dmp_certificates, kit=reference_dir() / "xds") as own:
        own.service.remembered = 200
        yield RunningDmp(own)
