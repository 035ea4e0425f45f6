"""The operator as a whole: certificates, boxes, list of allowed domains, both servers."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from plugins.sandbox.authority import SERVER, Certificates, make_certificates
from plugins.sandbox.mss.boxes import Boxes
from plugins.sandbox.mss.imap import ImapServer
from plugins.sandbox.mss.people import People, people
from plugins.sandbox.mss.smtp import Operator, SmtpServer

FOLDER = "sandbox-mss"
"""Where it keeps all it has, in the data folder."""
UNIT = "490000031"
AUTHORITY = "BAC A SABLE AC IGC-SANTE ELEMENTAIRE ORGANISATIONS"
LARGEST = 25_000_000
NAMESPACE = "https://listeblanche.mssante.fr/schema"


@dataclass(frozen=True, slots=True)
class Service:
    """What runs: the operator, its ports."""

    operator: Operator
    smtp_port: int
    imap_port: int


def prepare(folder: Path, known: People | None = None) -> Certificates:
    """Certificates (the client's is named ``dcc``) and list of allowed domains of a folder, made if need be."""
    held = make_certificates(folder, ("dcc",), common=AUTHORITY, unit=UNIT, encrypts_with_rsa=True)
    names = "".join(f"<Domaine><Nom>{domain}</Nom></Domaine>" for domain in (known or people()).domains)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<ListeBlanche xmlns="{NAMESPACE}">{names}</ListeBlanche>\n'
    (folder / "liste-blanche.xml").write_text(text, encoding="utf-8")
    return held


def server_context(held: Certificates) -> ssl.SSLContext:
    """TLS of a server that wants a certificate of our authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(held.certificate(SERVER), held.key(SERVER))
    context.load_verify_locations(held.authority)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


@contextmanager
def served(
    folder: Path, *, smtp_port: int = 0, imap_port: int = 0, patience: float = 0.0, known: People | None = None
) -> Iterator[Service]:
    """Run both servers of a folder; a port 0 is any that is free."""
    who = known or people()
    context = server_context(prepare(folder, who))
    boxes = Boxes(folder / "boites")
    operator = Operator(boxes, who, patience=patience)
    smtp = SmtpServer(operator, context, smtp_port, largest=LARGEST)
    imap = ImapServer(boxes, who.ours, context, imap_port)
    relieved = Thread(target=imap.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    smtp.start()
    relieved.start()
    try:
        yield Service(operator, smtp.port, imap.server_address[1])
    finally:
        imap.shutdown()
        imap.server_close()
        smtp.stop()
