"""A mail that brings documents: the envelope is read, and its files are handed to the core with the patient it names."""

from __future__ import annotations

from dcc.accounts.api import Facility
from dcc.contracts.errors import Refused
from dcc.exchange import api as exchange
from dcc.exchange.api import Reception
from plugins.mss import xdm
from plugins.mss.models import InboundMail
from plugins.mss.receiving.answering import wants_answer
from plugins.mss.receiving.outcomes import Outcome, done, quarantine
from plugins.mss.receiving.reading import Reading
from plugins.mss.settings import in_force

UNREADABLE = "906"
"""What is answered of an envelope that is not taken (mss_hl7.md §5: any other error)."""


def take_documents(row: InboundMail, reading: Reading) -> Outcome:
    """Hand the documents of a mail to the core. Raises ``RetryLater`` when the platform is not ready for them."""
    if not reading.sender:
        return quarantine("no_sender")
    if len(reading.archives) != 1:
        return quarantine("several_envelopes", error=UNREADABLE, tell=True)
    facility = Facility.objects.filter(finess=in_force().facility).exclude(finess="").first()
    if facility is None:
        return quarantine("not_configured")
    try:
        envelope = xdm.read(reading.archives[0].content)
    except Refused as refusal:
        return quarantine("bad_envelope", refusal.reason, error=UNREADABLE, tell=True)
    if any(document.entry.action == "D" for document in envelope.documents):
        return quarantine("deletion", error=UNREADABLE, tell=True)
    incoming = exchange.Incoming(
        channel="mss",
        sender=reading.sender,
        recipient=reading.recipient or row.mailbox,
        message_id=reading.message_id or f"{row.digest}@sans-nom",
        received_at=row.received_at,
        files=[(document.name, document.content) for document in envelope.documents],
        patient_id=envelope.patient_id,
        facility_id=facility.pk,
    )
    remarks = [finding.message for finding in envelope.findings if finding.level != "info"]
    return _told(reading, exchange.receive_document(incoming=incoming), remarks)


def _told(reading: Reading, reception: Reception, remarks: list[str]) -> Outcome:
    """What the core says of it, worst document first; who is refused and told needs nobody here."""
    findings = [*remarks, *(one.words for one in (reception, *reception.others))]
    held = any(one.kept_aside for one in (reception, *reception.others))
    answered, document_id, error = reception.answered, reception.document_id, reception.error
    if not answered:
        return quarantine("unknown_sender", *findings, document_id=document_id)
    if held:
        return quarantine("aside", *findings, document_id=document_id, error=error, tell=True)
    if not error:
        return done("integrated", *findings, document_id=document_id, tell=True)
    if wants_answer(reading, error)[0]:
        return done("refused", *findings, document_id=document_id, error=error, tell=True)
    return quarantine("refused", *findings, document_id=document_id, error=error, tell=True)
