"""Mails that pass between the regions, altered and handed to Postfix as a box of its own: what a clumsy system may send."""

from __future__ import annotations

import io
import smtplib
import ssl
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from plugins.mss import xdm
from plugins.mss.mail.flattening import attachment
from tests.mailservers import MailServers
from tests.two_regions.regions import A, B, Region

OF_TRANSPORT = ("Return-Path", "Delivered-To", "Received", "X-Original-To")
METADATA = "IHE_XDM/SUBSET01/METADATA.XML"
SENDER = xdm.Sender("Réseau régional de cancérologie de la Région A (fictif)", "1490000031", A.mailbox)

Change = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it was sent: what carried it is taken off."""

    message: EmailMessage

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def envelope(self) -> bytes:
        """The archive that it brings."""
        content: bytes = self._zip().get_content()
        return content

    @property
    def documents(self) -> list[bytes]:
        """The CDA in it, N3 first."""
        with zipfile.ZipFile(io.BytesIO(self.envelope)) as archive:
            return [archive.read(name) for name in sorted(archive.namelist()) if name.endswith(".XML") and name != METADATA]

    def _zip(self) -> EmailMessage:
        return next(part for part in self.message.walk() if part.get_filename() == xdm.FILENAME)

    def again(self) -> Letter:
        """The same files in another message."""
        return self.bringing(self.envelope)

    def saying(self, change: Change) -> Letter:
        """The same documents changed, in an envelope that agrees with them."""
        return self.enclosing(*[change(content) for content in self.documents])

    def enclosing(self, *documents: bytes) -> Letter:
        """Other documents."""
        at = datetime.now(UTC)
        return self.bringing(xdm.build(documents, sender=SENDER, submitted_at=at, key=uuid.uuid4()))

    def announcing(self, change: Change) -> Letter:
        """The same documents, in an envelope that says something else of them."""
        output = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.envelope)) as former, zipfile.ZipFile(output, "w") as archive:
            for name in former.namelist():
                content = former.read(name)
                archive.writestr(name, change(content) if name == METADATA else content)
        return self.bringing(output.getvalue())

    def bringing(self, envelope: bytes) -> Letter:
        """Another message with this archive."""
        message = _parsed(self.message.as_bytes())
        for part in message.walk():
            if part.get_filename() == xdm.FILENAME:
                part.set_payload(attachment(envelope, "zip", xdm.FILENAME).get_payload())
        return Letter(_signed(message, str(message["From"])))

    def written_by(self, address: str) -> Letter:
        """The same from another box."""
        message = _parsed(self.message.as_bytes())
        message.replace_header("Disposition-Notification-To", address)
        return Letter(_signed(message, address))


def _signed(message: EmailMessage, sender: str) -> EmailMessage:
    message.replace_header("From", sender)
    message.replace_header("Date", format_datetime(datetime.now(UTC)))
    message.replace_header("Message-ID", f"<{uuid.uuid4()}@{sender.rpartition('@')[2].strip('>')}>")
    return message


def _parsed(content: bytes) -> EmailMessage:
    parsed: Any = message_from_bytes(content, policy=policy.SMTP)
    message: EmailMessage = parsed
    for name in OF_TRANSPORT:
        del message[name]
    return message


@dataclass(frozen=True, slots=True)
class PostOffice:
    """The servers between the regions, as somebody uses them who has a box there."""

    servers: MailServers

    def letters(self, to: Region) -> list[Letter]:
        """Mails that bring an envelope, in the box of a region, in the order they came; reports enclose those they speak of."""
        found = [_parsed(content) for content in self.servers.raw(to.mailbox)]
        mails = [one for one in found if one.get_content_type() == "multipart/mixed"]
        return [Letter(one) for one in mails if any(part.get_filename() == xdm.FILENAME for part in one.iter_attachments())]

    def letter(self, to: Region, set_id: str) -> Letter | None:
        """The last one about a reference."""
        about = [one for one in self.letters(to) if any(set_id.encode() in content for content in one.documents)]
        return about[-1] if about else None

    def lose(self, to: Region, set_id: str) -> Letter:
        """Take the mail about a reference out of a box, before its region reads it. Raises ``LookupError``."""
        letter = self.letter(to, set_id)
        if letter is None:
            raise LookupError(set_id)
        files = [path for kind in ("new", "cur") for path in (self.servers.folder(to.mailbox) / kind).glob("[0-9]*")]
        for path in files:
            if letter.message_id.encode() in path.read_bytes():
                path.unlink()
        return letter

    def send(self, letter: Letter, *, sender: str, to: Region = B) -> Letter:
        """Hand it to Postfix with the certificate of a box, as its system does."""
        places, (certificate, key) = self.servers.places, self.servers.certificate(sender)
        context = ssl.create_default_context(cafile=str(places.certificates.authority))
        context.load_cert_chain(certificate, key)
        with smtplib.SMTP("localhost", places.smtp, timeout=30) as client:
            client.starttls(context=context)
            client.sendmail(sender, [to.mailbox], letter.message.as_bytes())
        return letter

    def answers(self, sender: str, letter: Letter) -> list[EmailMessage]:
        """Receipts and refusals that came to a box about a letter."""
        name = letter.message_id.strip("<> ")
        return [one for one in self.servers.messages(sender) if name in str(one) and one["Message-ID"] != letter.message_id]
