"""The same story with real CDA: what one region writes is what the other one reads, both ways (R-082, R-087, R-090)."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from dcc.accounts.api import Facility, User
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.events.api import drain
from dcc.exchange import api as exchange
from dcc.exchange import rendering
from dcc.exchange.models import Conformance, Intake, Rendition
from dcc.exchange.regions.outcomes import Outcome
from dcc.exchange.tests.regions import OURS, THEIRS, THERE, complete, two_regions

RCP = "frcp.rcp.identifiant"


def _brings(facility: Facility, *files: tuple[str, bytes]) -> exchange.Reception:
    return exchange.receive_document(
        incoming=exchange.Incoming(
            "mss", THERE, "ici@dcc.mssante.fr", f"<{uuid.uuid4()}>", timezone.now(), files, None, facility.pk
        )
    )


def test_both_ways(alice: User, bob: User, facility: Facility, frcp_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """One database plays both regions: what leaves is given another reference on the way, as another platform's would have."""
    monkeypatch.setattr(rendering, "check", lambda artifact: (Conformance.UNCHECKED, []))  # slow, and tested elsewhere
    two_regions()
    revision = complete(alice, frcp_id)
    sent = exchange.send_to_rcp(
        actor=alice, document_id=frcp_id, expected_revision=revision, rcp=THEIRS, attested=True, continuity_reason="Avis"
    )
    rendition = Rendition.objects.get(transmissions=sent)
    n3, n1, pdf = (exchange.get_or_render(rendition.pk, name) for name in ("cda-n3", "cda-n1", "pdf-a1"))
    assert n3.identifier is not None
    reference = Document.objects.get(pk=frcp_id).set_id_root.encode()

    bounced = _brings(facility, ("DOC0001.XML", n1.content), ("DOC0002.XML", n3.content))
    assert (bounced.outcome, bounced.document_id) == (Outcome.DUPLICATE, frcp_id), (
        "what we sent ourselves is known by its content"
    )
    alone = _brings(facility, ("DOC0001.XML", n1.content), ("f.pdf", pdf.content))
    assert (alone.outcome, alone.error) == (Outcome.NO_N3, "906")

    there = b"2.25.123456789"
    theirs = n3.content.replace(reference, there).replace(n3.identifier.root.encode(), b"2.25.987654321")
    theirs = theirs.replace(THEIRS.encode(), OURS.encode())
    received = _brings(facility, ("DOC0001.XML", n1.content), ("DOC0002.XML", theirs), ("f.pdf", pdf.content))
    assert (received.outcome, received.others) == (Outcome.TO_COMPLETE, ())
    assert received.document_id is not None
    assert Intake.objects.get(document=received.document_id).files.count() == 2, "level 1 and PDF are kept beside"
    view, source = documents.open_document(bob, received.document_id), documents.open_version(alice, frcp_id, 1)
    kept = [{key: value for key, value in answers.items() if key != RCP} for answers in (view.answers, source.answers)]
    assert documents.content_key(kept[0]) == documents.content_key(kept[1]), "nothing is retyped"

    documents.validate_document(actor=bob, document_id=received.document_id, expected_revision=view.revision)
    drain()
    validated = Rendition.objects.get(version__document_id=received.document_id)
    back = exchange.get_or_render(validated.pk, "cda-n3").content
    header = exchange.read_file(back).header
    assert (header.version_number, header.set_id, header.status) == (2, InstanceId(there.decode()), "valide")
    assert header.custodian is not None
    assert header.custodian["name"] == facility.name
    assert b"2.25.987654321" in back, "in place of what came (relatedDocument)"

    returned = _brings(facility, ("DOC0001.XML", back.replace(there, reference)))
    assert (returned.outcome, returned.document_id) == (Outcome.RETURNED, frcp_id)
    ours = documents.open_document(alice, frcp_id)
    assert (ours.versions, ours.line.status, ours.received["findings"]) == ([1, 2], "valide", [])
