"""What comes back of a mail: reports of delivery (RFC 3464), receipts (RFC 8098). Pure: written in the form that is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage, Message
from email.utils import format_datetime, parseaddr

from plugins.sandbox.mss.people import Behaviour

HOST = "operateur.bac-a-sable.mssante.fr"
UNKNOWN = "902^Identifiant de patient inconnu^applicationErrorCondition| E^Error^errorSeverity"
AUTOMATIC = "automatic-action/MDN-sent-automatically"
DISPOSITIONS = {
    "processed": f"Disposition: {AUTOMATIC}; processed\n",
    "displayed": "Disposition: manual-action/MDN-sent-manually; displayed\n",
    "902": f"Disposition: {AUTOMATIC}; processed/error\nError: {UNKNOWN}\n",
}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail for one recipient, as it was handed over: envelope, wishes (``NOTIFY`` of RFC 3461) and content."""

    sender: str
    recipient: str
    notify: str
    envelope_id: str
    content: bytes

    @property
    def head(self) -> Message:
        """Its headers."""
        return message_from_bytes(self.content, policy=policy.default)

    def wants(self, what: str) -> bool:
        """Whether the sender asked for this report; a failure is told unless it was declined."""
        return what in self.notify.upper().split(",") if self.notify else what == "FAILURE"


def reports(mail: Mail, behaviour: Behaviour, at: datetime) -> Iterator[tuple[str, EmailMessage]]:
    """To whom and what: of the operator first, then of the recipient."""
    if not behaviour.delivered:
        if mail.sender and mail.wants("FAILURE"):
            yield mail.sender, delivery(mail, "failed", "5.1.1", "550 5.1.1 Message non distribue : boite fermee", at)
        return
    if mail.sender and mail.wants("SUCCESS"):
        yield mail.sender, delivery(mail, "delivered", "2.0.0", "250 2.0.0 Remis", at)
    asked = parseaddr(str(mail.head.get("Disposition-Notification-To", "")))[1]
    if behaviour.receipt and asked:
        yield asked, receipt(mail, behaviour.receipt, at)


def delivery(mail: Mail, action: str, status: str, words: str, at: datetime) -> EmailMessage:
    """What the operator says."""
    subject = "Undelivered Mail Returned to Sender" if action == "failed" else "Successful Mail Delivery Report"
    made = _begun(mail.sender, f"MAILER-DAEMON@{HOST}", subject, at)
    made.set_content(f"<{mail.recipient}> : {words}\n")
    fields = (
        f"Reporting-MTA: dns; {HOST}\n"
        + (f"Original-Envelope-Id: {mail.envelope_id}\n" if mail.envelope_id else "")
        + f"Arrival-Date: {format_datetime(at)}\n\n"
        f"Final-Recipient: rfc822; {mail.recipient}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: smtp; {words}\n"
    )
    return _reported(made, "delivery-status", fields, mail)


def receipt(mail: Mail, kind: str, at: datetime) -> EmailMessage:
    """What the recipient, or his software, says."""
    subject = str(mail.head.get("Subject", ""))
    subject = f"[KO Intégration système !][902] {subject}" if kind == "902" else f"Lu : {subject}"
    made = _begun(mail.sender, mail.recipient, subject, at)
    made.set_content("Ce patient n'est pas connu.\n" if kind == "902" else "Le message a été traité.\n")
    fields = (
        f"Reporting-UA: {HOST}; LGC de demonstration\nOriginal-Recipient: rfc822;{mail.recipient}\n"
        f"Final-Recipient: rfc822;{mail.recipient}\nOriginal-Message-ID: {mail.head.get('Message-ID', '')}\n{DISPOSITIONS[kind]}"
    )
    return _reported(made, "disposition-notification", fields, mail)


def _begun(to: str, sender: str, subject: str, at: datetime) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = format_datetime(at)
    made["Auto-Submitted"] = "auto-replied"
    return made


def _reported(made: EmailMessage, kind: str, fields: str, mail: Mail) -> EmailMessage:
    made.make_mixed()
    made.replace_header("Content-Type", f"multipart/report; report-type={kind}")
    made.attach(message_from_string(f"Content-Type: message/{kind}\n\n{fields}", policy=policy.default))
    head = EmailMessage()
    head.set_content(mail.content.partition(b"\r\n\r\n")[0].decode("ascii", "replace").replace("\r\n", "\n"), cte="8bit")
    head.replace_header("Content-Type", "text/rfc822-headers")
    made.attach(head)
    return made
