"""What would leave if a document were sent as it stands to chosen recipients: shown before it is asked, nothing is written."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts.api import Action, User
from dcc.documents import api as documents
from dcc.exchange.transmissions.errors import SendingRefused
from dcc.exchange.transmissions.figure import channel_words, sent_format_words
from dcc.exchange.transmissions.follow_up import CAUSES
from dcc.exchange.transmissions.planning import Planned
from dcc.exchange.transmissions.policy import DOCUMENT_TYPES
from dcc.exchange.transmissions.requesting import RecipientChoice, planned_for


@dataclass(frozen=True, slots=True)
class SendingLine:
    """One sending that was not asked yet. ``address`` is empty when it must not be shown; ``words`` say what would hold it."""

    label: str
    address: str
    reachable: bool
    channel_words: str
    format_words: str
    continuity: bool
    words: str


def preview_sending(actor: User, document_id: uuid.UUID, recipients: Sequence[RecipientChoice]) -> list[SendingLine]:
    """A line per recipient; raises ``DocumentNotFound``, ``ActionForbidden``, :class:`SendingRefused` as ``send_document``."""
    documents.reference(actor, Action.SEND_DOCUMENT, document_id)
    if not recipients:
        raise SendingRefused(_("Choisir au moins un destinataire"))
    _version, snapshot = documents.current_picture(document_id, as_of=timezone.now(), with_attachments=False)
    if snapshot.document_type not in DOCUMENT_TYPES:
        raise SendingRefused(_("Ce type de document n'est pas transmis par messagerie (CDC, figure 10)"))
    return [_line(planned_for(snapshot, choice)) for choice in recipients]


def _line(planned: Planned) -> SendingLine:
    to, cell, held = planned.to, planned.cell, CAUSES[planned.cause].words
    return SendingLine(
        to.named.label,
        "" if to.unlisted else to.address,
        bool(to.address) or cell.channel != "mss",
        channel_words(cell.channel, to.named.kind),
        sent_format_words(cell.channel, cell.formats),
        cell.continuity,
        _(held) if held else "",
    )
