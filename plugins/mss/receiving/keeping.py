"""A mail kept before anything is done of it: bytes in the storage, then one row; the server is told only afterwards."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from plugins.mss.models import InboundBox, InboundMail


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server gave it. ``size`` exceeds ``content`` when only the headers were taken."""

    mailbox: str
    uidvalidity: int
    uid: int
    size: int
    content: bytes
    at: datetime

    @property
    def whole(self) -> bool:
        """Whether all of it was taken."""
        return bool(self.content) and len(self.content) >= self.size


def keep(fetched: Fetched) -> InboundMail:
    """Keep it, once however often it is fetched; the place of the box moves on in the same transaction."""
    digest = hashlib.sha256(fetched.content).hexdigest()
    stored = ""
    if fetched.content:
        stored = storages["artifacts"].save(f"courriels/{digest[:2]}/{uuid.uuid4()}", ContentFile(fetched.content))
    place = {"mailbox": fetched.mailbox, "uidvalidity": fetched.uidvalidity, "uid": fetched.uid}
    try:
        with transaction.atomic(durable=True):
            row = InboundMail.objects.create(
                **place, received_at=fetched.at, digest=digest, size=fetched.size, storage_name=stored
            )
            box = InboundBox.objects.filter(address=fetched.mailbox, uidvalidity=fetched.uidvalidity, last_uid__lt=fetched.uid)
            box.update(last_uid=fetched.uid)
    except IntegrityError:
        _forget(stored)
        return InboundMail.objects.get(**place)
    except BaseException:
        _forget(stored)
        raise
    return row


def content_of(row: InboundMail) -> bytes:
    """The bytes that were kept; nothing when their retention is over, or the server never gave them."""
    if not row.storage_name:
        return b""
    with storages["artifacts"].open(row.storage_name) as file:
        content: bytes = file.read()
    return content


def _forget(stored: str) -> None:
    if stored:
        storages["artifacts"].delete(stored)
