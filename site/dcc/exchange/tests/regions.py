"""Two regions for tests: their RCP in the directory, what the other one sends, and how ours leaves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.capabilities import Reader
from dcc.contracts.events import RenditionReady, TransmissionChanged
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange.regions.following import follow_transmission, give_back
from dcc.exchange.tests.received import FakeReader, result
from dcc.exchange.transmissions.tests.stage import Stage
from rcp_directory import api as directory
from tests.fixtures import fill_document

THERE = "dcc@dcc-la-bas.mssante.fr"
OURS, THEIRS = "27011113", "2801184"


@dataclass
class Post:
    """What arrives: the reader that reads it, the box it comes to."""

    reader: FakeReader
    facility: Facility

    def brings(self, content: bytes = b"READ 1", **more: Any) -> exchange.Reception:
        """A message with a CDA and its PDF; ``more`` are other fields of it."""
        incoming = exchange.Incoming(
            channel="mss",
            sender=THERE,
            recipient="dcc@dcc-ici.mssante.fr",
            message_id=f"<{uuid.uuid4()}@la-bas>",
            received_at=timezone.now(),
            files=[("DOC0001.XML", content), ("fiche.pdf", b"%PDF-1.4")],
            patient_id=None,
            facility_id=self.facility.pk,
        )
        return exchange.receive_document(incoming=replace(incoming, **more))

    def reads(self, rcp: str = OURS, comment: str = "lu", **header: Any) -> None:
        """What the next files say."""
        answers = {"frcp.patient.commentaire": comment, "frcp.rcp.identifiant": rcp}
        self.reader.result = replace(result(**header), answers=answers)


def two_regions() -> None:
    """An RCP of this region, and one of another that has a mailbox."""
    here, there = (
        directory.Named("5201", "ICI", "Réseau d'ici"),
        directory.Named("5202", "LABAS", "Réseau de là-bas", False, THERE),
    )
    for code, name, network, centre in (
        (OURS, "Sénologie", here, directory.Named("520114", "3C ICI", "Centre d'ici")),
        (THEIRS, "Sarcomes", there, directory.Named("520214", "3C LB", "Centre de là-bas")),
    ):
        directory.record_rcp(national_id=code, denomination=name, network=network, centre=centre)


def staged(facility: Facility) -> tuple[Stage, Post]:
    """A stage on which documents leave, come, and go back."""
    two_regions()
    stage, reader = Stage(), FakeReader()
    stage.registry.add(Reader, "fake", reader)
    stage.registry.subscribe(RenditionReady, give_back, key="exchange.giving_back")
    stage.registry.subscribe(TransmissionChanged, follow_transmission, key="exchange.entrusted")
    return stage, Post(reader, facility)


def complete(author: User, document_id: uuid.UUID, rcp: str = THEIRS) -> int:
    """Fill an FRCP addressed to an RCP and declare it completed; its revision."""
    view = documents.open_document(author, document_id)
    change = documents.Change("frcp.rcp.identifiant", rcp, view.revision)
    assert not documents.save_answers(actor=author, document_id=document_id, changes=[change]).refused
    fill_document(author, document_id)
    revision = documents.open_document(author, document_id).revision
    documents.complete_document(actor=author, document_id=document_id, expected_revision=revision)
    return revision
