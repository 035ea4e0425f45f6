"""One connection to the applicative mailbox by IMAP: STARTTLS under our certificate; mails by UID, never removed.

Source: RFC 3501, RFC 9051; référentiel socle MSSanté #2 (mss_hl7.md §4).
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event
from typing import Any

from django.utils.translation import gettext as _
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from dcc.contracts.errors import NotConfigured, RetryLater
from plugins.mss.apps import MssSettings
from plugins.mss.receiving.keeping import Fetched
from plugins.mss.tls import client_context

HEADERS = 131_072
"""Bytes of headers that are taken of a mail too heavy."""
SLICE = 1.0
"""Seconds between two looks at whether to stop, while the server has nothing to tell."""
FAILURES = (OSError, ssl.SSLError, IMAPClientError)


class Unreadable(Exception):
    """The server does not give one mail; the connection still holds."""


class Box:
    """An open mailbox. ``address`` is ours, ``uidvalidity`` the server's. Close it whatever happens."""

    def __init__(self, settings: MssSettings) -> None:
        """Connect, show who we are, open the folder. Raises ``NotConfigured`` or ``RetryLater`` in French."""
        self.address = settings.address
        self._limit = settings.largest_mb * 1_400_000  # what a server counts of a mail, encoded
        self._done = settings.imap_done_folder
        context = client_context(settings)
        try:
            self._client = IMAPClient(settings.imap_host, settings.imap_port, ssl=False, timeout=settings.timeout_seconds)
        except OSError:
            raise RetryLater(_("Le serveur IMAP ne répond pas"), cause="unreachable") from None
        try:
            self._open(settings, context)
        except BaseException:
            self.close()
            raise

    def _open(self, settings: MssSettings, context: ssl.SSLContext) -> None:
        try:
            self._client.starttls(context)
            _log_in(self._client, settings)
            selected = self._client.select_folder(settings.imap_folder)
            self.uidvalidity = int(selected.get(b"UIDVALIDITY", 0))
            if self._done and not self._client.folder_exists(self._done):
                self._client.create_folder(self._done)
        except LoginError:
            raise NotConfigured(_("Le serveur IMAP refuse l'identification"), cause="certificate") from None
        except ssl.SSLError:
            raise NotConfigured(_("Le serveur IMAP refuse le certificat, ou le sien est refusé"), cause="certificate") from None
        except (OSError, IMAPClientAbortError):
            raise RetryLater(_("Le serveur IMAP coupe la connexion"), cause="unreachable") from None
        except IMAPClientError:
            raise NotConfigured(_("Le dossier à relever n'existe pas, ou n'est pas accessible"), cause="not_configured") from None

    def after(self, uid: int) -> Sequence[int]:
        """The mails that came after this one, oldest first."""
        found = self._client.search(["UID", f"{uid + 1}:*"])  # « * » is the last mail, even one before
        return sorted(one for one in found if one > uid)

    def fetch(self, uid: int) -> Fetched | None:
        """A mail, its headers alone when it is too heavy, nothing when it is gone. Raises :class:`Unreadable`."""
        size = self._size(uid)
        if size is None:
            return None
        what = b"BODY[]" if size <= self._limit else b"BODY[HEADER]"
        try:
            row = self._client.fetch([uid], [what.replace(b"BODY", b"BODY.PEEK")])
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise Unreadable from error
        content = row.get(uid, {}).get(what)
        if not isinstance(content, bytes):
            raise Unreadable
        content = content if what == b"BODY[]" else content[:HEADERS]
        kept_whole = what == b"BODY[]"
        return self.fetched(uid, len(content) if kept_whole else max(size, len(content) + 1), content)

    def _size(self, uid: int) -> int | None:
        row: dict[bytes, Any] = self._client.fetch([uid], [b"RFC822.SIZE"]).get(uid, {})
        size = row.get(b"RFC822.SIZE")
        return int(size) if size is not None else None

    def fetched(self, uid: int, size: int, content: bytes) -> Fetched:
        """What is kept of a mail of this box."""
        return Fetched(self.address, self.uidvalidity, uid, size, content, datetime.now(UTC))

    def file(self, uid: int) -> None:
        """Mark a mail that was kept as seen, and move it where the settings say, if the server can."""
        self._client.add_flags([uid], [rb"\Seen"], silent=True)
        if self._done and self._client.has_capability("MOVE"):
            self._client.move([uid], self._done)

    def wait(self, seconds: float, stopping: Event) -> None:
        """Wait until the server has something new, the time is over, or somebody stops us."""
        if not self._client.has_capability("IDLE"):
            stopping.wait(seconds)
            return
        until = time.monotonic() + seconds
        self._client.idle()
        try:
            while not stopping.is_set() and (left := until - time.monotonic()) > 0:
                if self._client.idle_check(timeout=min(left, SLICE)):
                    return
        finally:
            self._client.idle_done()

    def close(self) -> None:
        """Leave; what fails then changes nothing."""
        with suppress(*FAILURES):
            self._client.logout()
        with suppress(*FAILURES):
            self._client.shutdown()


def _log_in(client: IMAPClient, settings: MssSettings) -> None:
    """By the certificate (SASL EXTERNAL) unless a password is set, which is for tests and demonstrations."""
    user = settings.imap_user or settings.address
    if settings.imap_password:
        client.login(user, settings.imap_password)
    else:
        client.sasl_login("EXTERNAL", lambda _challenge: user.encode())
