"""What servers and recipients answer: delivery reports, receipts, refusals of integration, bounces. Pure; mss_hl7.md §3 and §5.

A delivery report (RFC 3464) speaks for the server, a receipt (RFC 8098) for the recipient. Of a refusal to integrate there are
two published forms (volet 1.1 in ``Disposition``, 1.1.3 in ``Error``) and a third without receipt, the subject alone; of a bounce
there is none, so it is recognised by what it encloses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32

from dcc.exchange.api import ERROR_CODES, State
from plugins.mss.mail.addresses import PATIENT_DOMAIN, domain_of
from plugins.mss.receiving.mime import Part, addresses, decoded, raw_header
from plugins.mss.sending.failures import failure_of

PER_MAIL = 50
"""Recipients that one report may speak of; ours have one."""
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,250})\s*>")
_CODE = re.compile(r"\b(90[0-6])\b")
KO = re.compile(r"\[\s*KO\b[^\]]{0,60}\]\s*\[\s*(\d{3})\s*\]", re.IGNORECASE)
_SMTP = re.compile(r"(?<![\d.])([245]\d\d)(?![\d.])")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_BOUNCED = re.compile(
    r"undeliver|non distribu|non remis|mail delivery (failed|system)|delivery status|returned to sender|failure notice",
    re.IGNORECASE,
)
_DELAYED = re.compile(r"\bdelay|retard|différé|\bwarning\b", re.IGNORECASE)
_ROBOT = re.compile(r"(mailer-daemon|postmaster|no-?reply|ne-?pas-?repondre)@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of one message to one recipient.

    ``about`` are the Message-IDs and envelope ids by which it may name the message, without brackets, best first. ``recipients``
    are the addresses it speaks of (final, original), lower case. ``state`` is nothing while the outcome is still open (delayed,
    relayed). ``words`` quote codes only: no text of the other side, which may name a patient.
    """

    kind: str
    about: Sequence[str]
    recipients: Sequence[str]
    state: State | None
    cause: str = ""
    words: str = ""


def message_ids(value: str) -> list[str]:
    """The Message-IDs of a header, without their brackets; a lone word without brackets is one too."""
    found = _MESSAGE_ID.findall(value)
    return found or ([value.strip()] if value.strip() and " " not in value.strip() and "@" in value else [])


def delivery_reports(root: Part) -> list[Report]:
    """The reports of a DSN, one for each recipient it speaks of."""
    part = _first(root, "message/delivery-status")
    if part is None:
        return []
    groups = [_fields(block) for block in re.split(rb"\r?\n[ \t]*\r?\n", part.content()[:200_000].strip())[: PER_MAIL + 1]]
    envelope = _field(groups[0], "Original-Envelope-Id") if groups else ""
    about = [*([envelope] if envelope else []), *_enclosed_ids(root)]
    spoken_of = [group for group in groups if group.get("Action")]
    return [_delivery(group, about) for group in spoken_of]


def _delivery(group: Message, about: Sequence[str]) -> Report:
    recipients = _recipients(group)
    action = _field(group, "Action").lower()
    diagnostic = _field(group, "Diagnostic-Code")
    status, code = _first_of(_STATUS, _field(group, "Status"), diagnostic), _first_of(_SMTP, diagnostic)
    words = " ".join(word for word in (code, status) if word)
    if action.startswith("failed"):
        return Report("dsn", about, recipients, State.FAILED, _cause(code, status, recipients), words)
    if action.startswith(_HANDED_OVER):
        return Report("dsn", about, recipients, State.DELIVERED, "", words)
    return Report("dsn", about, recipients, None, "deferred" if action.startswith("delayed") else "", words)


_HANDED_OVER = ("delivered", "relayed", "expanded")
"""The recipient's server has it; « relayed » is what Postfix says before a Dovecot, and no other report of success follows."""
_DISPOSED: Mapping[str, State] = {"displayed": State.READ, "processed": State.READ, "dispatched": State.DELIVERED}


def receipt(root: Part) -> Report | None:
    """What an MDN says, in one form or the other; nothing when it has no part that says it."""
    part = _first(root, "message/disposition-notification")
    if part is None:
        return None
    # the example of volet 1.1 has no blank line between the headers of the part and its fields
    groups = [_fields(part.content()[:50_000]), part.headers]
    read = [next((value for group in groups if (value := _field(group, name))), "") for name in _RECEIPT]
    original, disposition, error = read
    recipients = list(dict.fromkeys(address for group in groups for address in _recipients(group)))
    about = list(dict.fromkeys([*message_ids(original), *message_ids(root.header("In-Reply-To")), *_enclosed_ids(root)]))
    kind, _, modifier = disposition.partition(";")[2].partition("/")
    code = _error_code(error) or _error_code(modifier)
    if code or modifier.strip().lower().startswith(("error", "failure")) or kind.strip().lower() in ("failed", "denied"):
        code = code or _ko_code(root) or "906"
        return Report("mdn", about, recipients, State.FAILED, ERROR_CODES[code], code)
    state = _DISPOSED.get(kind.strip().lower())
    if kind.strip().lower() == "deleted":
        return Report("mdn", about, recipients, State.FAILED, "integration", "deleted")
    return Report("mdn", about, recipients, state, "", kind.strip().lower()[:20])


_RECEIPT = ("Original-Message-ID", "Disposition", "Error")


def refusal_without_receipt(root: Part) -> Report | None:
    """The third form: an ordinary mail whose subject says « KO Intégration système » and the code (1.1.3, no MDN asked)."""
    code = _ko_code(root)
    if not code:
        return None
    about = [*message_ids(root.header("In-Reply-To")), *_enclosed_ids(root), *message_ids(root.header("References"))]
    return Report("ko", list(dict.fromkeys(about)), addresses(root.header("From")), State.FAILED, ERROR_CODES[code], code)


def bounce(root: Part) -> Report | None:
    """A server's words that are no delivery report: « Message non distribué » with the original, or its headers, enclosed."""
    automatic = root.header("Auto-Submitted").lower() not in ("", "no")
    nobody = root.header("Return-Path").replace(" ", "") == "<>"
    if not (_ROBOT.search(root.header("From")) or nobody or (automatic and _BOUNCED.search(root.header("Subject")))):
        return None  # a person who answers « non remis » is no server: somebody reads it
    about = [*_enclosed_ids(root), *message_ids(root.header("In-Reply-To")), *message_ids(root.header("References"))]
    text = _text(root)
    about += [found for found in _MESSAGE_ID.findall(text) if found not in about][:5]
    to = [address for mail in _enclosed(root) for address in addresses(raw_header(mail, "To"))]
    failed = addresses(root.header("X-Failed-Recipients"))
    status, code = _first_of(_STATUS, text), _first_of(_SMTP, text)
    if not about:
        return None
    recipients = list(dict.fromkeys([*failed, *to]))
    if _DELAYED.search(root.header("Subject")):
        return Report("bounce", about, recipients, None, "deferred")
    return Report(
        "bounce", about, recipients, State.FAILED, _cause(code, status, recipients), " ".join(filter(None, (code, status)))
    )


def _first(root: Part, kind: str) -> Part | None:
    kinds = (kind, kind.replace("delivery-status", "global-delivery-status").replace("message/disp", "message/global-disp"))
    return next((part for part in root.walk() if part.kind in kinds), None)


def _fields(block: bytes) -> Message:
    return BytesHeaderParser(policy=compat32).parsebytes(block[:50_000].replace(b"\x00", b"").lstrip() + b"\n\n")


def _field(group: Message, name: str) -> str:
    return decoded(raw_header(group, name))


def _recipients(group: Message) -> list[str]:
    """``rfc822;address`` of the final recipient, then of the original one."""
    values = [_field(group, name).partition(";")[2] for name in ("Final-Recipient", "Original-Recipient")]
    return list(dict.fromkeys(address for value in values for address in addresses(value.strip())))


def _enclosed(root: Part) -> Iterator[Message]:
    """Headers of the mail that is sent back, whole or headers alone."""
    for part in root.walk():
        if part.kind == "text/rfc822-headers":
            yield _fields(part.content())
        elif part.kind.startswith("message/") and part.children:
            yield part.children[0].headers
        elif part.kind in ("message/rfc822", "message/global"):
            yield part.headers  # the example of volet 1.1 puts it nowhere else


def _enclosed_ids(root: Part) -> list[str]:
    return [found for mail in _enclosed(root) for found in message_ids(raw_header(mail, "Message-ID"))]


def _text(root: Part) -> str:
    parts = [part.text()[:20_000] for part in root.walk() if part.kind == "text/plain"]
    return "\n".join(parts[:3])


def _ko_code(root: Part) -> str:
    found = KO.search(root.header("Subject"))
    return "" if found is None else found[1] if found[1] in ERROR_CODES else "906"


def _error_code(value: str) -> str:
    found = _CODE.search(value)
    return found[1] if found else ""


def _first_of(pattern: re.Pattern[str], *values: str) -> str:
    return next((found[1] for value in values if (found := pattern.search(value))), "")


def _cause(code: str, status: str, recipients: Sequence[str]) -> str:
    """The cause of a failure that the server calls final, whatever digit its code begins with (RFC 3464 §2.3.3)."""
    patient = any(domain_of(address) == PATIENT_DOMAIN for address in recipients)
    cause = failure_of(int(code or f"{status[:1] or 5}00"), status, patient=patient).cause
    return "unreachable" if cause == "deferred" else cause
