"""What a mail of the applicative mailbox is, and what it says: pure, on bytes, whatever they hold.

A kind is the first line of :data:`_KINDS` that fits: reports before anything else, for a report may enclose the whole mail
that it speaks of, archive included; an archive inside an enclosed mail is never taken for one that was sent to us.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plugins.mss.mail.addresses import PATIENT_DOMAIN, domain_of
from plugins.mss.receiving import reports
from plugins.mss.receiving.mime import Part, addresses, take_apart
from plugins.mss.receiving.reports import Report

ARCHIVES = ("application/zip", "application/x-zip-compressed", "application/octet-stream")
_ZIP = b"PK\x03\x04"


class Kind(StrEnum):
    """What a mail is."""

    DELIVERY = "dsn"
    RECEIPT = "mdn"
    REFUSAL = "ko"
    BOUNCE = "bounce"
    DOCUMENTS = "documents"
    PATIENT = "patient"
    AUTOMATIC = "automatique"
    OTHER = "autre"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of a mail: its name as sent (never used as a path) and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Reading:
    """A mail read. ``answer_to`` is where it wants a receipt, ``return_path`` where the transport says that it came from.

    ``findings`` are French words without a word of the mail; ``archives`` are what may be an XDM envelope, in order.
    """

    kind: Kind
    message_id: str
    sender: str
    recipient: str
    subject: str
    return_path: str
    answer_to: Sequence[str]
    reports: Sequence[Report]
    archives: Sequence[Enclosed]
    in_reply_to: Sequence[str]
    findings: Sequence[str]


def read(content: bytes) -> Reading:
    """Read a mail. Never raises."""
    taken = take_apart(content)
    root, findings = taken.root, list(taken.findings)
    archives = _archives(root)
    kind, told = next(found for rule in _KINDS if (found := rule(root, archives)) is not None)
    senders = addresses(root.header("From"))
    if len(senders) != 1:
        findings.append("Émetteur illisible" if not senders else "Plusieurs émetteurs annoncés")
    return Reading(
        kind=kind,
        message_id=next(iter(reports.message_ids(root.header("Message-ID"))), ""),
        sender=senders[0] if len(senders) == 1 else "",
        recipient=next(iter(_recipients(root)), ""),
        subject=root.header("Subject"),
        return_path=next(iter(addresses(root.header("Return-Path"))), ""),
        answer_to=addresses(root.header("Disposition-Notification-To")),
        reports=told,
        archives=archives if kind is Kind.DOCUMENTS else (),
        in_reply_to=[*reports.message_ids(root.header("In-Reply-To")), *reports.message_ids(root.header("References"))],
        findings=findings,
    )


Found = tuple[Kind, Sequence[Report]]
_Rule = Callable[[Part, Sequence[Enclosed]], Found | None]


def _delivery(root: Part, _archives: Sequence[Enclosed]) -> Found | None:
    told = reports.delivery_reports(root)
    return (Kind.DELIVERY, told) if told else None


def _receipt(root: Part, _archives: Sequence[Enclosed]) -> Found | None:
    told = reports.receipt(root)
    return (Kind.RECEIPT, [told]) if told else None


def _refusal(root: Part, _archives: Sequence[Enclosed]) -> Found | None:
    told = reports.refusal_without_receipt(root)
    return (Kind.REFUSAL, [told]) if told else None


def _bounce(root: Part, _archives: Sequence[Enclosed]) -> Found | None:
    told = reports.bounce(root)
    return (Kind.BOUNCE, [told]) if told else None


def _documents(_root: Part, archives: Sequence[Enclosed]) -> Found | None:
    return (Kind.DOCUMENTS, ()) if archives else None


def _patient(root: Part, _archives: Sequence[Enclosed]) -> Found | None:
    return (Kind.PATIENT, ()) if any(domain_of(one) == PATIENT_DOMAIN for one in addresses(root.header("From"))) else None


def _automatic(root: Part, _archives: Sequence[Enclosed]) -> Found | None:
    """An absence notice, or a report that says nothing readable: nobody has to look, nothing is answered (RFC 3834)."""
    said = root.header("Auto-Submitted").lower()
    return (Kind.AUTOMATIC, ()) if said and said != "no" and root.kind != "multipart/report" else None


def _other(_root: Part, _archives: Sequence[Enclosed]) -> Found | None:
    return Kind.OTHER, ()


_KINDS: Sequence[_Rule] = (_delivery, _receipt, _refusal, _bounce, _documents, _patient, _automatic, _other)


def _recipients(root: Part) -> list[str]:
    return [found for name in ("Delivered-To", "X-Original-To", "To") for found in addresses(root.header(name))]


def _archives(root: Part) -> list[Enclosed]:
    """What is named ``IHE_XDM.zip``, or is a ZIP by its type and its first bytes."""
    found: list[Enclosed] = []
    for part in root.walk():
        name = part.filename
        named = name.rsplit("/", 1)[-1].lower() == "ihe_xdm.zip"
        if not (named or name.lower().endswith(".zip") or part.kind in ARCHIVES):
            continue
        content = part.content()
        if named or content.startswith(_ZIP):
            found.append(Enclosed(name, content))
    return found
