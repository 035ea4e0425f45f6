"""What the platform writes is described whole, and its envelope is read back without a remark."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from lxml import etree

from dcc.contracts import xds
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, InstanceId
from forms_config.schema.samples import Kind
from plugins.cda.api import CdaRenderer
from plugins.cda.tests.documents import MOMENT, PDF, PROVISIONAL, QUALIFIED, answers_of, make_document, make_pps, pps_answers_of
from plugins.mss import xdm
from plugins.ppac.apps import PPAC
from tests.fixtures import reference_dir

KINDS: tuple[Kind, ...] = get_args(Kind)
COPY = Artifact("pdf-a1", "application/pdf", PDF, "copie.pdf")
STATUSES = ("en_cours", "complete", "valide", "cloture")
PARTS = {"frcp": ("34794-8", "10", "urn:asip:ci-sis:frcp:2011"), "pps": ("18776-5", "44", "urn:asip:ci-sis:pps-cancer:2017")}


def document(document_type: str, kind: Kind, **changes: Any) -> DocumentSnapshot:
    if document_type == "frcp":
        return make_document(answers_of(kind), **changes)
    return make_pps(pps_answers_of(kind), **changes)


def written(snapshot: DocumentSnapshot) -> list[bytes]:
    """N3, then N1."""
    inputs = {"pdf-a1": COPY}
    return [CdaRenderer(name).render(snapshot, inputs, as_of=MOMENT).content for name in ("cda-n3", "cda-n1")]


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The OASIS schema of ``SubmitObjectsRequest``."""
    return etree.XMLSchema(etree.parse(str(reference_dir() / "xds" / "wsdl" / "schema" / "ebRS30" / "lcm.xsd")))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("document_type", list(PARTS))
def test_both_levels_are_described_whole(document_type: str, kind: Kind, schema: etree.XMLSchema) -> None:
    cdas = written(document(document_type, kind))
    envelope = xdm.read(xdm.build(cdas, sender=xdm.Sender(), submitted_at=MOMENT, action="C"))
    assert [document.content for document in envelope.documents] == cdas
    assert envelope.findings == []
    assert envelope.patient_id == QUALIFIED.ins
    type_code, class_code, format_code = PARTS[document_type]
    for read, expected in zip(envelope.documents, (format_code, "urn:ihe:iti:xds-sd:pdf:2008"), strict=True):
        entry = read.entry
        assert xds.missing(entry) == ()
        coded = (entry.type_code, entry.class_code, entry.format_code)
        assert [code.code for code in coded if code] == [type_code, class_code, expected]
        events = etree.fromstring(read.content).xpath(
            "count(/*/*[local-name()='documentationOf']/*/*[local-name()='code'][@code])"
        )
        assert len(entry.events) == events
        assert entry.creation_time == "20260105133015"
    parents = [read.described.parent for read in envelope.documents]
    assert parents == [InstanceId("2.25.1"), InstanceId("2.25.2")]
    metadata = xds.Submission(envelope.lots[0], [read.entry for read in envelope.documents])
    assert schema.validate(etree.fromstring(xds.write(metadata))), schema.error_log


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("document_type", list(PARTS))
def test_every_status_and_an_identity_without_ins(document_type: str, status: str) -> None:
    cdas = written(document(document_type, "minimal", status=status, patient=PROVISIONAL, legal_authenticator=None))
    envelope = xdm.read(xdm.build(cdas, sender=xdm.Sender(), submitted_at=MOMENT))
    assert envelope.patient_id == PROVISIONAL.identifiers[0]
    assert envelope.findings == []


def test_the_after_cancer_programme_travels_at_level_one_alone() -> None:
    registry = Registry()
    registry.add(DocumentType, PPAC.key, PPAC)
    changes = {"document_type": PPAC.key, "volet_version": PPAC.volet_version, "title": PPAC.title, "replaces": {}}
    with use_registry(registry):
        cda = CdaRenderer("cda-n1").render(make_document({}, **changes), {"pdf-a1": COPY}, as_of=MOMENT).content
    (read,) = xdm.read(xdm.build([cda], sender=xdm.Sender(), submitted_at=MOMENT)).documents
    assert xds.missing(read.entry) == ()
    coded = (read.entry.type_code, read.entry.class_code, read.entry.format_code)
    assert [code.code for code in coded if code] == ["34133-9", "11", "urn:ihe:iti:xds-sd:pdf:2008"]
