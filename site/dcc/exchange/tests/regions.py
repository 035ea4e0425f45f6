"""Two regions for tests: their RCP in the directory, what the other one sends, and how ours leaves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.capabilities import Reader
from dcc.contracts.events import RenditionReady, TransmissionChanged
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.documents.models import DocumentVersion
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange.models import Entrustment, Transmission
from dcc.exchange.regions.following import follow_transmission, give_back, goes_to_another_dcc
from dcc.exchange.tests.received import FakeReader, result
from dcc.exchange.transmissions.tests.stage import Stage
from dcc.patients import api as patients
from rcp_directory import api as directory
from tests.fixtures import fill_document

THERE = "dcc@dcc-la-bas.mssante.fr"
OURS, THEIRS = "27011113", "2801184"
ANSWERS = {"frcp.patient.commentaire": "validé là-bas"}
REASON = "Avis demandé au centre de référence"


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
    stage.registry.subscribe(TransmissionChanged, follow_transmission, key="exchange.entrusted", concerns=goes_to_another_dcc)
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


@dataclass
class Source:
    """The region that sends: an FRCP of alice's, entrusted to the RCP of another region."""

    stage: Stage
    post: Post
    document_id: uuid.UUID
    alice: User

    @property
    def state(self) -> str:
        return Entrustment.objects.latest("opened_at").state

    def send(self, **more: Any) -> uuid.UUID:
        view = documents.open_document(self.alice, self.document_id)
        asked = {"rcp": THEIRS, "attested": True, "continuity_reason": REASON, "expected_revision": view.revision, **more}
        return exchange.send_to_rcp(actor=asked.pop("actor", self.alice), document_id=self.document_id, **asked)

    def told(self, state: str, cause: str = "") -> None:
        """What the other system answers to the last message."""
        drain()
        key = Transmission.objects.filter(recipient_kind="dcc").latest("requested_at").pk
        exchange.report(key=key, state=state, cause=cause, at=timezone.now())
        drain()

    def comes_back_with(self, number: int = 2, **more: Any) -> None:
        """What the next file says: the FRCP, validated by the other region, in the name of our patient."""
        row = DocumentVersion.objects.get(document_id=self.document_id, number=1)
        header = {"set_id": InstanceId(row.document.set_id_root), "version_number": number, "status": "valide", **more}
        patient = header.pop("patient", None) or patients.patient_snapshot(row.document.patient_id)
        read = result(identifier=InstanceId(f"1.2.9.{number}"), **header)
        self.post.reader.result = replace(read, identity=replace(patient, patient_id=None), answers=ANSWERS)

    def comes_back(self, content: bytes = b"READ back", **more: Any) -> exchange.Reception:
        """It comes back so."""
        self.comes_back_with(**more)
        return self.post.brings(content)
