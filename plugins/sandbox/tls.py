"""A stand-in over TLS, on loopback: a client certificate of our authority is required, whatever is asked."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
from django.core.management.base import CommandError

from plugins.sandbox.authority import SERVER, Certificates


class TlsHandler(BaseHTTPRequestHandler):
    """One request; :func:`serve` sets ``service`` on the class that it makes of it."""

    protocol_version = "HTTP/1.0"
    timeout = 30

    def setup(self) -> None:
        """The handshake is made here, in the thread of the request: a silent client holds nobody back."""
        self.request.settimeout(self.timeout)
        self.request.do_handshake()
        super().setup()

    def subject(self) -> dict[str, str]:
        """The fields of the certificate of the client (``commonName``, ``organizationalUnitName``…)."""
        held: Any = self.connection.getpeercert() or {}
        return {name: value for row in held.get("subject", ()) for name, value in row}

    def log_message(self, *_: object) -> None:
        """Nothing: requests are identities."""


class Server(ThreadingHTTPServer):
    """Quiet about those who come without a certificate."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """A handshake that failed, a client that left."""


def serve(handler: type[TlsHandler], service: object, certificates: Certificates, port: int) -> Server:
    """A server of ``service`` on loopback, not running yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificates.certificate(SERVER), certificates.key(SERVER))
    context.load_verify_locations(certificates.authority)
    context.verify_mode = ssl.CERT_REQUIRED
    server = Server(("127.0.0.1", port), type("BoundHandler", (handler,), {"service": service}))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return server


def tell(address: str, mood: Mapping[str, Any], certificates: Certificates, client: str) -> None:
    """Change the mood of the stand-in that runs at ``address``; raises ``CommandError`` when it does not answer."""
    pair = (str(certificates.certificate(client)), str(certificates.key(client)))
    try:
        answer = requests.post(address, data=json.dumps(mood), cert=pair, verify=str(certificates.authority), timeout=5)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise CommandError(f"Le simulateur ne répond pas sur {address} : {type(error).__name__}") from None
