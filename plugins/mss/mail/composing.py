"""The mail that carries a package to one recipient. Pure: same package, key and time, same bytes.

Source: référentiel socle MSSanté #2 (mss_hl7.md §2, §3). One mail is about one patient: a package is about one document.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Artifact, Package, Recipient
from dcc.contracts.untrusted import MEGABYTE, too_heavy
from plugins.mss import xdm
from plugins.mss.apps import MssSettings
from plugins.mss.mail.addresses import PATIENT_DOMAIN, domain_of, for_wire
from plugins.mss.mail.flattening import POLICY, attachment, flattened
from plugins.mss.mail.header import CdaHeader, read_cda_header
from plugins.mss.mail.names import pdf_name_of, subject_of
from plugins.mss.mail.wording import body_for_patient, body_for_professional

PDF_FORMAT = "pdf-a1"
PATIENT_LARGEST_MB = 25
"""Of Mon espace santé, whatever the operator allows (mss_hl7.md §3)."""


def compose(
    package: Package,
    recipient: Recipient,
    *,
    key: UUID,
    settings: MssSettings,
    sent_at: datetime,
    former: str = "",
) -> EmailMessage:
    """The mail; ``former`` is the Message-ID of the one that it follows for this recipient, if it is known.

    Raises ``Refused`` with its cause: no CDA or no PDF in the package, an address that cannot be.
    """
    cdas = xdm.documents_of(package)
    pdf = package.artifacts.get(PDF_FORMAT)
    if not cdas or pdf is None:
        raise Refused(_("L'envoi n'a pas de document CDA, ou pas de PDF"), cause="not_conformant")
    # N1 and N3 are one document in two forms: one label, one code (decision 0291).
    headers = [read_cda_header(cda) for cda in cdas]
    message = EmailMessage(policy=POLICY)
    to_patient = domain_of(recipient.address) == PATIENT_DOMAIN
    _address(message, recipient, settings, to_patient=to_patient)
    message["Subject"] = subject_of(headers[:1], package.action)
    message["Date"] = format_datetime(sent_at)
    message["Message-ID"] = message_id_of(key, settings)
    if former:
        message["In-Reply-To"] = former
        message["References"] = former
    _mark(message, headers, settings, to_patient=to_patient)
    body = body_for_patient if to_patient else body_for_professional
    message.set_content(body(headers[0].label, package.action, settings), cte="quoted-printable")
    _attach(message, pdf, _envelope(package, key, settings, sent_at), pdf_name_of(headers[0]))
    message.set_boundary(f"=_{key.hex}")
    return message


def wire_of(message: EmailMessage, *, settings: MssSettings, address: str) -> bytes:
    """The bytes that the server gets. Raises ``Refused`` (cause ``too_big``) above what the recipient's side takes."""
    content = flattened(message)
    most = min(settings.largest_mb, PATIENT_LARGEST_MB) if domain_of(address) == PATIENT_DOMAIN else settings.largest_mb
    if len(content) > most * MEGABYTE:
        raise Refused(too_heavy(len(content), most * MEGABYTE).reason, cause="too_big")
    return content


def message_id_of(key: UUID, settings: MssSettings) -> str:
    """The same for a transmission whatever happens, so that whoever gets it twice can tell."""
    return f"<{key}@{domain_of(settings.address)}>"


def _address(message: EmailMessage, recipient: Recipient, settings: MssSettings, *, to_patient: bool) -> None:
    message["From"] = Address(_shown(settings.name), addr_spec=for_wire(settings.address))
    # Who a box of a patient belongs to is not written beside its number.
    message["To"] = Address("" if to_patient else _shown(recipient.label), addr_spec=for_wire(recipient.address))
    if settings.reply_to and not to_patient:
        message["Reply-To"] = Address(addr_spec=for_wire(settings.reply_to))
    message["Disposition-Notification-To"] = for_wire(settings.address)


def _mark(message: EmailMessage, headers: Sequence[CdaHeader], settings: MssSettings, *, to_patient: bool) -> None:
    """The headers X-MSS (ECO.2.4.1 to 2.4.3, 2.2.8)."""
    if settings.nil:
        message["X-MSS-NIL"] = settings.nil
    message["X-MSS-CODECDA"] = ",".join(dict.fromkeys(header.code for header in headers))
    message["X-MSS-INS"] = "O" if all(header.identifies for header in headers) else "N"
    if to_patient:
        message["X-MSS-MES"] = "FIN"


def _envelope(package: Package, key: UUID, settings: MssSettings, sent_at: datetime) -> bytes:
    try:
        return xdm.build(
            xdm.documents_of(package),
            sender=xdm.sender_of(settings),
            submitted_at=sent_at,
            action=xdm.action_of(package),
            key=key,
        )
    except Refused as refused:
        raise Refused(refused.reason, cause="not_conformant") from None


def _attach(message: EmailMessage, pdf: Artifact, envelope: bytes, name: str) -> None:
    message.make_mixed()
    message.attach(attachment(envelope, "zip", xdm.FILENAME))
    # One PDF whatever the number of CDA: those of N1 and N3 would be the same bytes (decision 0292).
    message.attach(attachment(pdf.content, "pdf", name))


def _shown(label: str) -> str:
    return " ".join(label.split())[:100]
