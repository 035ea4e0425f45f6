"""The poller: one process reads the box at a time; each mail is kept, filed on the server, then settled."""

from __future__ import annotations

import logging
import os
import socket
import threading
import uuid
from collections import Counter
from datetime import timedelta

from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from dcc.contracts.errors import DeliveryError, RetryLater
from dcc.security.api import scrub
from plugins.mss.apps import MssSettings
from plugins.mss.models import InboundBox, InboundMail
from plugins.mss.receiving.box import FAILURES, Box, Unreadable
from plugins.mss.receiving.keeping import keep
from plugins.mss.receiving.settling import settle

log = logging.getLogger("dcc.mss.receiving")
LONGEST_PAUSE = 60.0
TRIES = 5
"""Times that a mail may end the connection, or not be given, before it is passed over and shown. A server may say « not now »:
Dovecot answers NIL for the body of a mail that is just being delivered."""


class Poller:
    """Reads the box of the settings until :meth:`stop`."""

    def __init__(self, settings: MssSettings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._holder = f"{socket.gethostname()[:50]}|{os.getpid()}|{uuid.uuid4().hex[:8]}"
        self._lease = timedelta(seconds=3 * settings.poll_seconds + 2 * settings.timeout_seconds)
        self._failed_on: Counter[int] = Counter()

    def stop(self) -> None:
        """End after the mail at hand."""
        self._stopping.set()

    def run(self) -> None:
        """Read, wait, read again; a failure is written down and tried again after a growing pause."""
        pause = 1.0
        while not self._stopping.is_set():
            close_old_connections()
            if not self._wait_for_turn():
                continue
            try:
                self._session()
                pause = 1.0
            except (DeliveryError, DatabaseError, *FAILURES) as error:
                self._note(error.reason if isinstance(error, DeliveryError) else scrub(error))
                self._stopping.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def once(self) -> int:
        """Read what is there now, and leave; how many mails were kept. Raises what ends a session; nothing to do is 0."""
        if not self._take_turn():
            return 0
        box = Box(self._settings)
        try:
            return self._round(box)
        finally:
            box.close()
            InboundBox.objects.filter(holder=self._holder).update(holder="", held_until=None)

    def _session(self) -> None:
        box = Box(self._settings)
        try:
            while not self._stopping.is_set() and self._take_turn():
                self._round(box)
                box.wait(self._settings.poll_seconds, self._stopping)
        finally:
            box.close()

    def _round(self, box: Box) -> int:
        place = self._place(box)
        self._file_what_is_kept(box)
        kept = 0
        for uid in box.after(place.last_uid):
            if self._stopping.is_set():
                break
            kept += self._one(box, uid)
        InboundBox.objects.filter(address=box.address).update(read_at=timezone.now(), failing_since=None, failure="")
        return kept

    def _one(self, box: Box, uid: int) -> bool:
        """Keep a mail, then tell the server, then settle it. One that cannot be had is kept as such after a few times."""
        self._failed_on[uid] += 1
        try:
            fetched = box.fetch(uid) if self._failed_on[uid] <= TRIES else box.fetched(uid, 0, b"")
        except Unreadable:
            if self._failed_on[uid] < TRIES:
                raise RetryLater(_("Le serveur ne rend pas un message"), cause="unreachable") from None
            fetched = box.fetched(uid, 0, b"")
        del self._failed_on[uid]  # it was given: what fails from here on is ours, never a mail that is lost
        if fetched is None:
            return False
        row = keep(fetched)
        self._file(box, row)
        settle(row.pk)
        return True

    def _file(self, box: Box, row: InboundMail) -> None:
        """Tell the server that a mail is kept: only tidiness, which a refusal (folder over quota) puts off to the next round."""
        try:
            box.file(row.uid)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            log.warning("mail %s is not filed: %s", row.pk, scrub(error))
            return
        InboundMail.objects.filter(pk=row.pk).update(filed=True)

    def _file_what_is_kept(self, box: Box) -> None:
        """What a process kept and died before telling the server."""
        left = InboundMail.objects.filter(mailbox=box.address, uidvalidity=box.uidvalidity, filed=False).order_by("id")[:500]
        for row in left:
            self._file(box, row)

    @transaction.atomic
    def _place(self, box: Box) -> InboundBox:
        place = InboundBox.objects.select_for_update().get(address=box.address)
        if place.uidvalidity != box.uidvalidity:
            place.uidvalidity, place.last_uid = box.uidvalidity, 0
            place.save(update_fields=["uidvalidity", "last_uid"])
        return place

    def _wait_for_turn(self) -> bool:
        if self._take_turn():
            return True
        self._stopping.wait(min(self._settings.poll_seconds, self._lease.total_seconds() / 3))
        return False

    def _take_turn(self) -> bool:
        """Take the lease of the box, or keep it; no when another process has it."""
        now = timezone.now()
        InboundBox.objects.get_or_create(address=self._settings.address)
        free = Q(holder=self._holder) | Q(holder="") | Q(held_until__isnull=True) | Q(held_until__lt=now)
        mine = InboundBox.objects.filter(free, address=self._settings.address)
        return bool(mine.update(holder=self._holder, held_until=now + self._lease))

    def _note(self, words: str) -> None:
        log.warning("mailbox: %s", words)
        try:
            box = InboundBox.objects.filter(address=self._settings.address)
            box.update(failure=words[:300])
            box.filter(failing_since__isnull=True).update(failing_since=timezone.now())
        except DatabaseError as error:
            log.warning("mailbox: %s", scrub(error))
