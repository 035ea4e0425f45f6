"""What the platform really writes, every kind of it, is taken by the strict stand-in: metadata, hash, size, codes, authors."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import get_args
from uuid import UUID

import pytest
from django.utils import timezone
from lxml import etree

from dcc.contracts.snapshots import Artifact, AttachmentSnapshot, DocumentSnapshot
from forms_config.schema.samples import Kind
from plugins.cda.api import CdaRenderer
from plugins.cda.tests.documents import MOMENT, PDF, answers_of, make_document, make_pps, pps_answers_of
from plugins.dmp.deposits.ledger import practitioners_of
from plugins.dmp.deposits.lots import entry_of, lot_of
from tests.dmp.deposits.stage import INS, SandboxStage

pytestmark = [pytest.mark.reference, pytest.mark.django_db]


def snapshot_of(document_type: str, kind: Kind) -> DocumentSnapshot:
    """A document of the fictitious patient."""
    return make_document(answers_of(kind)) if document_type == "frcp" else make_pps(pps_answers_of(kind))


@pytest.mark.parametrize("document_type", ["frcp", "pps"])
def test_attachments_go_with_their_document(stage: SandboxStage, document_type: str) -> None:
    """R-175, decision 0331: their bytes are in what the DMP holds, which is one document."""
    attached = [AttachmentSnapshot(UUID(int=n), f"Pièce {n}", "application/pdf", "", PDF + b"%%%d" % n) for n in (1, 2)]
    snapshot = replace(snapshot_of(document_type, "typical"), attachments=attached)
    cda = deposited(stage, snapshot, ())
    held = etree.fromstring(cda)
    embedded = {
        base64.b64decode("".join(map(str, each.itertext())))
        for each in held.iter("{*}value", "{*}text")
        if each.get("representation")
    }
    assert {each.content for each in attached} <= embedded
    assert stage.views() == ({document_type: 1}, {document_type: 1})


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize(("document_type", "codes"), [("frcp", ("INVISIBLE_PATIENT",)), ("pps", ())])
def test_it_is_taken(stage: SandboxStage, document_type: str, kind: Kind, codes: tuple[str, ...]) -> None:
    deposited(stage, snapshot_of(document_type, kind), codes)
    assert stage.views()[1] == {document_type: 1}
    assert bool(stage.views()[0]) == (not codes)


def deposited(stage: SandboxStage, snapshot: DocumentSnapshot, codes: tuple[str, ...]) -> bytes:
    """What the DMP holds of a document that was written and deposited."""
    inputs = {"pdf-a1": Artifact("pdf-a1", "application/pdf", PDF, "copie.pdf")}
    cda = CdaRenderer("cda-n3").render(snapshot, inputs, as_of=MOMENT).content
    entry = entry_of(cda, codes)
    assert snapshot.patient.ins is not None
    assert snapshot.patient.ins.extension == INS
    caller = stage.caller(practitioners_of(snapshot)[0])
    lot = lot_of([entry], unique_id="2.25.42", at=timezone.now())
    stage.reached.submit(caller, snapshot.patient.ins, lot, {entry.unique_id: cda})
    assert stage.running.service.store.content(entry.unique_id) == cda
    return cda
