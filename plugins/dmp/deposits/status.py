"""Where a document stands towards the DMP, in lines for a terminal; nothing of the patient."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils import timezone

from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from plugins.dmp.deposits import ledger
from plugins.dmp.deposits.visibility import Situation, step_of
from plugins.dmp.models import Deposit


def lines_of(document_id: UUID) -> Iterator[str]:
    """What is known of it here. Raises ``LookupError`` when nothing of the document was ever to go to a DMP."""
    lines = exchange.follow_up_of(document_id, "dmp")
    if not lines:
        raise LookupError(f"Rien de ce document n'est destiné au DMP : {document_id}")
    deposits = {row.pk: row for row in Deposit.objects.filter(document_id=document_id)}
    for line in lines:
        yield " ".join(filter(None, [f"{line.state_label}{_beside(line.note)}", _why(line)]))
        if line.transmission_id in deposits:
            yield from _of(deposits[line.transmission_id])
    frcp_id = documents.followed_id(document_id) or document_id
    ins = ledger.ins_of(document_id) or InstanceId("")
    now = Situation("suite", ledger.pps_of(frcp_id, ins), ledger.frcp_of(frcp_id, ins))
    yield f"FRCP {now.frcp}, PPS {now.pps} : {step_of(now)}"


def _beside(note: str) -> str:
    return f", {note}" if note else ""


def _why(line: exchange.TransmissionLine) -> str:
    return f"({line.words} ; {line.unblock.value.replace('_', ' ')})" if line.words else ""


def _of(row: Deposit) -> Iterator[str]:
    """A line of the ledger."""
    yield f"  version {row.version_number}, {row.get_stage_display()}, {row.get_visibility_display()}, essais : {row.attempts}"
    yield f"  uniqueId {row.unique_id}, lot {row.lot}"
    if row.deposited_at:
        yield f"  le {timezone.localtime(row.deposited_at):%d/%m/%Y à %H:%M}, dans la session de {row.depositor}"
    if row.revealed_at:
        yield f"  rendu visible le {timezone.localtime(row.revealed_at):%d/%m/%Y à %H:%M}"
    if row.misplaced_at:
        yield f"  sous une autre INS que celle du patient depuis le {timezone.localtime(row.misplaced_at):%d/%m/%Y}"
    if row.replaced_by:
        yield f"  remplacé par {row.replaced_by}"
