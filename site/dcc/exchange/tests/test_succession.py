"""What leaves of a PPS: after the files of its FRCP, which it names; a new version only once validated, replacing the former."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dcc.accounts.api import User
from dcc.contracts.capabilities import DocumentType
from dcc.contracts.errors import Refused
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import DocumentSnapshot, InstanceId
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.documents.kinds import PPS
from dcc.documents.models import DocumentVersion
from dcc.events.api import drain
from dcc.events.models import Delivery
from dcc.exchange import api as exchange
from dcc.exchange.models import Rendition, StoredArtifact
from dcc.exchange.pictures import from_json
from dcc.exchange.tests.test_renditions import FakeRenderer, Stage
from forms_config.terminology import api as terminology
from tests.fixtures import validate

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Renderers for both types, of two formats."""
    monkeypatch.setattr(FakeRenderer, "supports", lambda self, snapshot: True)
    made = Stage()
    made.registry.add(DocumentType, "pps", replace(PPS, formats=("pdf-a1", "cda-n3")))
    with use_registry(made.registry):
        yield made


def _identifier(document_id: uuid.UUID, number: int) -> InstanceId:
    made = StoredArtifact.objects.filter(rendition__version__document_id=document_id, format="cda-n3")
    stored = made.get(rendition__version__number=number)
    return InstanceId(stored.identifier_root, stored.identifier_extension or None)


def _picture(document_id: uuid.UUID, number: int) -> DocumentSnapshot:
    rendition = Rendition.objects.get(version__document_id=document_id, version__number=number)
    return from_json(rendition.snapshot, documents.attachment_bytes)


def _amend(alice: User, pps_id: uuid.UUID) -> None:
    documents.amend_document(actor=alice, document_id=pps_id)
    why = terminology.concepts("jdv-motif-mise-a-jour-cisis")[0].value
    documents.save_answers(actor=alice, document_id=pps_id, changes=[Change("pps.statut.motif", why, 0)])


def test_a_pps_names_the_cda_of_its_frcp(
    stage: Stage, alice: User, bob: User, validated_frcp_id: uuid.UUID, pps_id: uuid.UUID
) -> None:
    drain()
    validate(alice, bob, pps_id)
    drain()
    reference = _picture(pps_id, 1).reference
    assert reference is not None
    assert reference.identifier == _identifier(validated_frcp_id, 1)
    assert reference.date is not None, "a date comes out of the store as one"


def test_its_files_wait_for_those_of_its_frcp(
    stage: Stage, alice: User, bob: User, validated_frcp_id: uuid.UUID, pps_id: uuid.UUID
) -> None:
    Delivery.objects.all().update(state="blocked")  # those of the FRCP
    validate(alice, bob, pps_id)
    drain()
    assert not Rendition.objects.exists()
    waits = Delivery.objects.get(subject=f"document:{pps_id}")
    assert "document de référence" in waits.reason


def test_a_new_version_replaces_the_former_one(stage: Stage, alice: User, bob: User, pps_id: uuid.UUID) -> None:
    validate(alice, bob, pps_id)
    drain()
    first = exchange.download(alice, pps_id, "cda-n3").content
    _amend(alice, pps_id)
    assert exchange.download(alice, pps_id, "cda-n3").content == first, "nothing else is given out meanwhile (R-070)"
    validate(alice, bob, pps_id)
    drain()
    before, after = _picture(pps_id, 1), _picture(pps_id, 2)
    assert dict(before.replaces) == {}
    assert dict(after.replaces) == {"cda-n3": _identifier(pps_id, 1)}
    [row] = after.answers["pps.documents"]
    assert row["values"] == {"pps.documents.nature": "PPS", "pps.documents.racine": _identifier(pps_id, 1).root}
    assert (after.set_id, after.reference) == (before.set_id, before.reference)
    assert (before.version_number, after.version_number) == (1, 2)
    assert exchange.download(alice, pps_id, "cda-n3", version=1).content == first
    assert [line.version for line in exchange.renditions_of(alice, pps_id)] == [2, 1]


def test_a_first_version_may_leave_before_it_is_validated_and_an_update_may_not(
    stage: Stage, alice: User, bob: User, pps_id: uuid.UUID
) -> None:
    version = DocumentVersion.objects.get(document_id=pps_id)
    assert exchange.freeze_rendition(version.pk, pps_id, reason="envoi").number == 1
    validate(alice, bob, pps_id)
    _amend(alice, pps_id)
    version = DocumentVersion.objects.get(document_id=pps_id, is_current=True)
    with pytest.raises(Refused, match="avant d'être validée"):
        exchange.freeze_rendition(version.pk, pps_id, reason="envoi")
