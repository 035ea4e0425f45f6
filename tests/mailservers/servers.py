"""One running set of servers, and what tests do with it."""

from __future__ import annotations

import contextlib
import mailbox
import shutil
import smtplib
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from plugins.sandbox.authority import SERVER, Authority, Certificates
from tests.mailservers.configuration import Places, close_some, write
from tests.mailservers.processes import NotStarted, daemons, free_ports, possible

__all__ = ["DOMAINS", "MailServers", "NotStarted", "possible", "running"]

DOMAINS = (
    "region-a.mssante.fr",
    "region-b.mssante.fr",
    "patient.mssante.fr",
    "pdc.mssante.fr",
    "cabinet.mssante.fr",
    "hopital.mssante.fr",
)
UNIT = "490000031"
LARGEST = 30_000_000
LOOKED_AT = 1.1
"""Seconds after which Dovecot knows what the list of closed boxes says: it looks at it once a second."""


class MailServers:
    """Postfix (``smtp``: STARTTLS and client certificate; ``plain``: other systems, trusted), Dovecot (IMAP), one set of boxes.

    ``postfix`` and ``dovecot`` can be stopped, started, frozen and thawed.
    """

    def __init__(self, places: Places, authority: Authority) -> None:
        self.places, self._authority = places, authority
        self.postfix, self.dovecot = daemons(places)
        self._foreign = Certificates(places.folder / "foreign")
        self._closed_more = False

    # What a client presents

    def certificate(self, address: str, *, life: timedelta | None = None) -> tuple[Path, Path]:
        """Certificate and key of a box (its CN is the address), made when first asked for; a negative ``life``: it is over."""
        held, name = self.places.certificates, address if life is None else f"{address}.{int(life.total_seconds())}"
        if not held.key(name).is_file():
            self._authority.issue(held, name, unit=UNIT, life=life)
        return held.certificate(name), held.key(name)

    def foreign_certificate(self) -> tuple[Path, Path]:
        """One that another authority gave."""
        if not self._foreign.folder.is_dir():
            self._foreign.folder.mkdir()
            Authority("AUTRE AUTORITE", encrypts_with_rsa=True).issue(self._foreign, "autre", unit=UNIT)
        return self._foreign.certificate("autre"), self._foreign.key("autre")

    def settings(self, address: str, **changes: Any) -> dict[str, Any]:
        """What the plugin « mss » is set to, to send and receive as ``address`` (``DCC_PLUGIN_SETTINGS["mss"]``)."""
        certificate, key = self.certificate(address)
        return {
            "smtp_host": "localhost",
            "smtp_port": self.places.smtp,
            "imap_host": "localhost",
            "imap_port": self.places.imap,
            "imap_user": address,
            "imap_password": "sans-objet",
            "certificate": str(certificate),
            "certificate_key": str(key),
            "authorities": str(self.places.certificates.authority),
            "address": address,
            "name": "OncoDCC",
            "nil": "ONCODCC-1",
            "structure_name": "RESEAU REGIONAL DE CANCEROLOGIE",
            "structure_id": "1490000031",
            "timeout_seconds": 30,
            **changes,
        }

    # Other systems

    def deliver(
        self, message: EmailMessage | bytes, *, sender: str, to: Sequence[str], notify: str = "", envelope_id: str = ""
    ) -> None:
        """Send as another system does; ``notify`` asks for DSN (``SUCCESS,FAILURE``). Raises what smtplib does."""
        content = message if isinstance(message, bytes) else message.as_bytes(policy=policy.SMTP)
        asked = [f"NOTIFY={notify}"] if notify else []
        with smtplib.SMTP("127.0.0.1", self.places.plain, timeout=30) as client:
            client.sendmail(sender, list(to), content, [f"ENVID={envelope_id}"] if envelope_id else [], asked)

    # Boxes

    def folder(self, address: str) -> Path:
        """The Maildir of a box, which may not be there yet."""
        name, _, domain = address.lower().partition("@")
        return self.places.boxes / domain / name / "Maildir"

    def raw(self, address: str) -> list[bytes]:
        """What is in its INBOX, in the order it came, read or not."""
        files = [path for kind in ("new", "cur") for path in (self.folder(address) / kind).glob("[0-9]*")]
        return [path.read_bytes() for path in sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name))]

    def messages(self, address: str) -> list[EmailMessage]:
        """The same, parsed."""
        return [message_from_bytes(each, policy=policy.default) for each in self.raw(address)]

    def wait_for(self, address: str, count: int = 1, *, seconds: float = 60.0) -> list[EmailMessage]:
        """What is in a box, as soon as ``count`` messages are. Raises ``AssertionError`` with what Postfix said."""
        limit = time.monotonic() + seconds
        while len(self.raw(address)) < count:
            if time.monotonic() > limit:
                raise AssertionError(f"{address}: {len(self.raw(address))} of {count}\n{self.log()[-4000:]}")
            time.sleep(0.02)
        return self.messages(address)

    def put(self, address: str, message: EmailMessage | bytes) -> None:
        """Put a message in a box, as if it had come."""
        root = self.folder(address)
        root.parent.mkdir(parents=True, exist_ok=True)
        content = message if isinstance(message, bytes) else message.as_bytes(policy=policy.SMTP)
        mailbox.Maildir(root).add(content)
        self._give(self.places.boxes)

    def empty(self, *addresses: str) -> None:
        """Take away what is in these boxes, or in all of them."""
        folders = [self.folder(address) for address in addresses] or list(self.places.boxes.glob("*/*/Maildir"))
        for path in (each for folder in folders for kind in ("new", "cur") for each in (folder / kind).glob("*")):
            path.unlink(missing_ok=True)

    def close(self, address: str) -> None:
        """From now on what comes for this box is sent back (DSN of failure)."""
        with self.places.closed.open("a", encoding="utf-8") as out:
            out.write(f"{address.lower()}:{{PLAIN}}x\n")
        self._closed_more = True
        time.sleep(LOOKED_AT)

    def open_all(self) -> None:
        """Every box that was closed takes mail again, from now on."""
        if self._closed_more:
            close_some(self.places)
            self._closed_more = False
            time.sleep(LOOKED_AT)

    # What Postfix did

    def log(self) -> str:
        """What Postfix said so far."""
        return self.places.log.read_text(encoding="utf-8", errors="replace") if self.places.log.is_file() else ""

    def waiting(self) -> int:
        """Messages in its queue."""
        kinds = ("incoming", "active", "deferred", "maildrop")
        return sum(1 for kind in kinds for path in (self.places.folder / "queue" / kind).rglob("*") if path.is_file())

    def wait_until_idle(self, *, seconds: float = 60.0) -> None:
        """Until its queue is empty; looked at twice, since a message may change folders, or become a report, under a look."""
        limit = time.monotonic() + seconds
        while self.waiting() or self.waiting():
            assert time.monotonic() < limit, f"{self.waiting()} messages still wait\n{self.log()[-4000:]}"
            time.sleep(0.02)

    def reset(self) -> None:
        """As on the first day: both run, every box is open and empty."""
        self.postfix.thaw()
        self.dovecot.thaw()
        for daemon in (self.dovecot, self.postfix):
            daemon.start()
        self.open_all()
        self.wait_until_idle()
        self.empty()

    def _give(self, root: Path) -> None:
        for path in (root, *root.rglob("*")):
            shutil.chown(path, "mail", "mail")


@contextlib.contextmanager
def running(*, domains: Sequence[str] = DOMAINS, largest: int = LARGEST) -> Iterator[MailServers]:
    """Start a set of servers, stop it at the end. Raises :class:`NotStarted`."""
    with tempfile.TemporaryDirectory(prefix="mailservers-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # Postfix and Dovecot work in it as users of their own
        held = Certificates(folder / "certificates")
        held.folder.mkdir()
        authority = Authority("BAC A SABLE AC IGC-SANTE ELEMENTAIRE ORGANISATIONS", encrypts_with_rsa=True)
        authority.issue(held, SERVER, unit=UNIT)
        authority.write(held)
        smtp, plain, imap, lmtp = free_ports(4)
        places = Places(folder, held, tuple(domains), smtp, plain, imap, lmtp, largest)
        write(places)
        servers = MailServers(places, authority)
        try:
            servers.dovecot.start()
            servers.postfix.start()
            yield servers
        finally:
            servers.postfix.stop()
            servers.dovecot.stop()
