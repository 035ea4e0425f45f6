"""The stand-in as a whole: certificates, service, server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from plugins.sandbox.authority import Certificates, make_certificates
from plugins.sandbox.dmp.server import serve
from plugins.sandbox.dmp.service import Service

FOLDER = "sandbox-dmp"
"""Where it keeps all it has, in the data folder."""
CLIENT = "oncodcc-demonstration"
"""CN of the certificate of the platform, and its clientId."""
CLIENTS = (CLIENT, "autre-logiciel")
UNIT = "490000031"
AUTHORITY = "BAC A SABLE AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"


@dataclass(frozen=True, slots=True)
class Running:
    """What runs, and where."""

    service: Service
    certificates: Certificates
    port: int

    @property
    def url(self) -> str:
        """The address of the proxy."""
        return f"https://localhost:{self.port}"


def prepare(folder: Path) -> Certificates:
    """The certificates of a folder, made if they are not there: RSA, as those who sign VIHF and lots."""
    return make_certificates(folder, CLIENTS, common=AUTHORITY, unit=UNIT, encrypts_with_rsa=True)


def make_service(folder: Path, certificates: Certificates, kit: Path | None = None) -> Service:
    """The service of a folder; it knows one software."""
    authority = x509.load_pem_x509_certificate(certificates.authority.read_bytes())
    return Service(folder, authority, (CLIENT,), kit if kit is not None and kit.is_dir() else None)


@contextmanager
def served(folder: Path, certificates: Certificates, *, port: int = 0, kit: Path | None = None) -> Iterator[Running]:
    """Run it in a thread; a port 0 is any that is free."""
    service = make_service(folder, certificates, kit)
    server = serve(service, certificates, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Running(service, certificates, server.server_port)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        service.store.close()
