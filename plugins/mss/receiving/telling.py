"""What ``manage.py mss read`` says of a mail: what it is, what it tells, what would be done of it. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dcc.contracts.errors import Refused
from plugins.mss import xdm
from plugins.mss.receiving.answering import wants_answer
from plugins.mss.receiving.reading import Kind, Reading, read
from plugins.mss.receiving.reports import Report

WHAT = {
    Kind.DELIVERY: gettext_lazy("met à jour le suivi de l'envoi dont il parle"),
    Kind.RECEIPT: gettext_lazy("met à jour le suivi de l'envoi dont il parle"),
    Kind.REFUSAL: gettext_lazy("met à jour le suivi de l'envoi dont il parle"),
    Kind.BOUNCE: gettext_lazy("met à jour le suivi de l'envoi dont il parle"),
    Kind.DOCUMENTS: gettext_lazy("remis à la plateforme, qui intègre, garde à part ou refuse"),
    Kind.PATIENT: gettext_lazy("gardé en quarantaine : le patient a répondu"),
    Kind.AUTOMATIC: gettext_lazy("sans effet"),
    Kind.OTHER: gettext_lazy("gardé en quarantaine"),
}


def told_of(content: bytes) -> dict[str, Any]:
    """A mail as JSON-ready values."""
    reading = read(content)
    return {
        "kind": reading.kind.value,
        "message_id": reading.message_id,
        "sender": reading.sender,
        "recipient": reading.recipient,
        "return_path": reading.return_path,
        "receipt_wanted_by": list(reading.answer_to),
        "would_be": str(WHAT[reading.kind]),
        "receipt_would_leave": wants_answer(reading, "")[0],
        "reports": [_report(report) for report in reading.reports],
        "envelopes": [_envelope(archive.content) for archive in reading.archives],
        "findings": _remarks(reading),
    }


def lines_of(told: Mapping[str, Any]) -> Iterator[str]:
    """The same for people."""
    yield _("Nature : %s, %s") % (told["kind"], told["would_be"])
    for name in ("message_id", "sender", "recipient", "return_path"):
        yield f"{name} : {told[name] or '—'}"
    for report in told["reports"]:
        yield _("Dit de %(about)s : %(state)s %(cause)s (%(recipients)s)") % {
            "about": ", ".join(report["about"]) or "—",
            "state": report["state"] or _("issue à venir"),
            "cause": report["cause"],
            "recipients": ", ".join(report["recipients"]) or "—",
        }
    for envelope in told["envelopes"]:
        yield _("Enveloppe : %s") % (envelope["refused"] or ", ".join(envelope["documents"]))
    for finding in told["findings"]:
        yield _("Remarque : %s") % finding


def _report(report: Report) -> dict[str, Any]:
    return {
        "about": list(report.about),
        "recipients": list(report.recipients),
        "state": report.state.value if report.state else None,
        "cause": report.cause,
        "words": report.words,
    }


def _envelope(content: bytes) -> dict[str, Any]:
    try:
        envelope = xdm.read(content)
    except Refused as refusal:
        return {"refused": refusal.reason, "documents": []}
    return {"refused": "", "documents": [document.name for document in envelope.documents]}


def _remarks(reading: Reading) -> list[str]:
    why_not = wants_answer(reading, "")[1]
    return [*reading.findings, *([why_not] if why_not else [])]
