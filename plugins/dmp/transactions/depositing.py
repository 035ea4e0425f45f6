"""What a deposit sends: the lot as the DMP wants it, signed when the settings say so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.errors import NotConfigured
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import Submission, document_id, oid_of
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions import lot_signature, submission
from plugins.dmp.transactions.signing import signer_of
from plugins.dmp.transactions.types import Caller

_SPACE = UUID("0d9b1f0a-5a49-5d0e-8a54-6f2c1b7d3e90")


def deposit(
    caller: Caller, ins: InstanceId, settings: DmpSettings, lot: Submission, documents: Mapping[str, bytes]
) -> tuple[etree._Element, Mapping[str, bytes]]:
    """The request, and the documents beside it by their symbol. Raises ``Refused`` or :class:`NotConfigured`."""
    made = submission.prepared(caller, ins, settings, lot)
    held = dict(submission.contents(made, documents))
    if not settings.signed_lot:
        return submission.request(made), held
    signer = signer_of(settings)
    if signer is None:
        raise NotConfigured(_("DMP : aucun certificat ne signe les lots (DCC_DMP_SIGNING_CERTIFICATE)"), cause="certificate")
    unique_id = oid_of(uuid5(_SPACE, made.lot.unique_id))
    at = datetime.strptime(made.lot.submission_time, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    signature = lot_signature.sign(made, documents, signer, unique_id=unique_id, author=made.lot.authors[0], at=at)
    place = len(made.entries)
    signed = replace(made, entries=(*made.entries, signature.entry))
    held[document_id(place)] = signature.content
    return submission.request(signed, associations=[submission.signs(place)]), held
