"""What a document found elsewhere proposes is decided as the rest, and stays when the place forgets it (R-176)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

import plugins.reprise
from dcc.accounts.models import User
from dcc.contracts.prefill import DocumentsElsewhere
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.testing import make_registry
from dcc.documents import api as documents
from dcc.documents.api import ItemDecision
from dcc.documents.tests.test_adjudication import COMMENT
from dcc.documents.tests.test_elsewhere import Elsewhere, pps
from plugins.reprise.apps import RepriseConfig

pytestmark = pytest.mark.django_db


def test_it_is_proposed_decided_and_remembered(alice: User, pps_id: UUID) -> None:
    place = Elsewhere([pps(timezone.now() + timedelta(minutes=1))])

    def register(registry: Registry) -> None:
        registry.add(DocumentsElsewhere, "essai", place)
        RepriseConfig("plugins.reprise", plugins.reprise).register(registry)

    with use_registry(make_registry(register)):
        (item,) = [p for p in documents.candidates(alice, pps_id).open if p.question.key == COMMENT]
        assert (item.value, item.candidate.kind, item.candidate.origin[:3]) == ("Vit chez sa fille", "dmp", "DMP")
        decision = ItemDecision(item.item, item.fingerprint, "keep")
        documents.adjudicate(actor=alice, document_id=pps_id, decisions=[decision], base=0)
        place.found = []
        assert COMMENT not in [p.question.key for p in documents.candidates(alice, pps_id).open]
    view = documents.open_document(alice, pps_id)
    mark = view.provenance[COMMENT]
    assert (view.answers[COMMENT], mark["author"], mark["words"][:3]) == ("Vit chez sa fille", "DR Ève NOUVEL", "DMP")
