"""The mails that tell a sender what became of his documents. Pure: same mail, same code, same time, same bytes.

Three forms (volet « courriel MSSanté » 1.1.3; mss_hl7.md §5): a receipt « processed », a receipt « processed/error » with
``Error`` under the subject « KO », and, where no receipt was asked for, an ordinary mail under that subject. None repeats the
attachments beside the original; none asks for a receipt (RFC 8098 §2.1: no loops).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from plugins.mss.mail.names import without_accents
from plugins.mss.receiving.outcomes import ERRORS
from plugins.mss.receiving.reading import Reading

_POLICY = SMTP.clone(cte_type="7bit")
SUBJECT = 300
_SAFE_HEADERS = ("Message-ID", "Date", "From", "To")


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers, and when: the mailbox and its name, the domain and product of Reporting-UA, X-MSS-NIL, the Message-ID."""

    address: str
    name: str
    product: str
    nil: str
    message_id: str
    at: datetime
    largest: int


def compose_answer(original: bytes, reading: Reading, error: str, answering: Answering) -> EmailMessage:
    """The answer to a mail that brought documents; ``error`` is the code of the refusal, empty when they were taken."""
    message = EmailMessage(policy=_POLICY)
    receipt = bool(reading.answer_to)
    _address(message, reading, error, answering)
    message.set_content(_words(error, receipt=receipt), cte="quoted-printable")
    message.make_mixed()
    if receipt:
        message.replace_header("Content-Type", "multipart/report; report-type=disposition-notification")
        message.attach(_part("message/disposition-notification", _fields(reading, error, answering)))
    message.attach(_enclosed(original, reading, answering, whole_file=not receipt))
    message.set_boundary(f"=_{answering.message_id.partition('@')[0].strip('<')}")
    return message


def _address(message: EmailMessage, reading: Reading, error: str, answering: Answering) -> None:
    message["From"] = Address(" ".join(answering.name.split())[:100], addr_spec=answering.address)
    message["To"] = Address(addr_spec=reading.return_path)
    subject = reading.subject[:SUBJECT]
    message["Subject"] = f"[KO Intégration système !][{error}] {subject}" if error else subject
    message["Date"] = format_datetime(answering.at)
    message["Message-ID"] = answering.message_id
    message["In-Reply-To"] = f"<{reading.message_id}>"
    message["References"] = f"<{reading.message_id}>"
    message["Auto-Submitted"] = "auto-replied"
    if answering.nil:
        message["X-MSS-NIL"] = answering.nil


def _words(error: str, *, receipt: bool) -> str:
    if not error:
        return "Le document a été intégré.\n"
    if receipt:
        return f"Le document n'a pas pu être intégré : {error} {ERRORS[error]}\n"
    return f"Le système a retourné l'erreur {_coded(error)}\n"


def _coded(error: str) -> str:
    return f"{error}^{ERRORS[error]}^applicationErrorCondition| E^Error^errorSeverity"


def _fields(reading: Reading, error: str, answering: Answering) -> str:
    modifier = "/error" if error else ""
    lines = [
        f"Reporting-UA: {answering.address.rpartition('@')[2]}; {answering.product}",
        f"Original-Recipient: rfc822; {reading.recipient or answering.address}",
        f"Final-Recipient: rfc822; {answering.address}",
        f"Original-Message-ID: <{reading.message_id}>",
        f"Disposition: automatic-action/MDN-sent-automatically; processed{modifier}",
    ]
    if error:
        lines.append(f"Error: {_coded(error)}")
    return "\r\n".join(without_accents(line) for line in lines) + "\r\n"


def _part(kind: str, payload: str) -> EmailMessage:
    """A part whose payload is ASCII of the wire already: no generator looks into it."""
    part = EmailMessage(policy=_POLICY)
    part["Content-Type"] = kind
    part["Content-Transfer-Encoding"] = "7bit"
    part.set_payload(payload)
    del part["MIME-Version"]
    return part


def _enclosed(original: bytes, reading: Reading, answering: Answering, *, whole_file: bool) -> EmailMessage:
    """The original whole where it goes through as it is, otherwise the headers that name it (decision 0297)."""
    if original.isascii() and b"\x00" not in original and len(original) < answering.largest - 20_000:
        text = original.decode("ascii").replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
        part = _part("message/rfc822", text)
        if whole_file:
            part["Content-Disposition"] = 'attachment; filename="message_original.eml"'
        return part
    values = (f"<{reading.message_id}>", "", reading.sender, reading.recipient)
    lines = [f"{name}: {value}" for name, value in zip(_SAFE_HEADERS, values, strict=True) if value and value.isascii()]
    return _part("text/rfc822-headers", "\r\n".join(lines) + "\r\n")
