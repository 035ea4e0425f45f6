"""What other systems send: each outcome of the table, through the database (R-082, R-086...R-090)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dcc.accounts.api import Facility, User
from dcc.contracts.registry import use_registry
from dcc.contracts.snapshots import InstanceId
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.exchange import api as exchange
from dcc.exchange.models import Entrustment, Intake
from dcc.exchange.regions.outcomes import Outcome
from dcc.exchange.tests.regions import OURS, THEIRS, THERE, Post, staged
from rcp_directory import api as directory


@pytest.fixture
def post(facility: Facility, alice: User, configuration: None) -> Iterator[Post]:
    """What arrives, in a region whose RCP are known."""
    stage, made = staged(facility)
    with use_registry(stage.registry):
        yield made


def test_a_validated_document_is_received_once(post: Post, alice: User) -> None:
    post.reads(status="valide")
    first = post.brings()
    assert (first.outcome, first.error, first.kept_aside) == (Outcome.RECEIVED, "", False)
    assert first.document_id is not None
    view = documents.open_document(alice, first.document_id)
    assert (view.line.status, view.line.version, view.editable) == ("valide", 1, False)
    again = post.brings()
    assert (again.document_id, again.error) == (first.document_id, "")
    assert Document.objects.count() == 1
    intake = Intake.objects.get(document=first.document_id)
    assert [(f.filename, f.size) for f in intake.files.all()] == [("fiche.pdf", 8)]
    assert intake.received_by is None


def test_a_completed_frcp_is_worked_on_here(post: Post, alice: User, bob: User) -> None:
    """R-082, R-086: prefilled, addressed to our RCP, its version is the next one; what came stays as it came."""
    post.reads(status="complete", version_number=3)
    received = post.brings()
    assert (received.outcome, received.error) == (Outcome.TO_COMPLETE, "")
    assert received.document_id is not None
    view = documents.open_document(alice, received.document_id)
    assert (view.line.version, view.line.status, view.versions) == (4, "complete", [3, 4])
    assert view.answers["frcp.patient.commentaire"] == "lu"
    assert view.provenance["frcp.patient.commentaire"]["origin"] == "import"
    assert [a.title for a in view.attachments] == ["Bilan"]
    assert view.contributors == ["Charles MULLER"]
    came = documents.open_version(alice, received.document_id, 3)
    assert (came.held_elsewhere, came.editable) == ("Centre Hospitalier d'Angers", False)
    documents.reopen_document(actor=alice, document_id=received.document_id)
    change = documents.Change(
        "frcp.patient.commentaire", "complété ici", documents.open_document(alice, received.document_id).revision
    )
    documents.save_answers(actor=alice, document_id=received.document_id, changes=[change])
    row = Entrustment.objects.get(document=received.document_id)
    assert (row.direction, row.state, row.address, row.rcp) == ("in", "a_completer", THERE, OURS)
    assert row.label == "Centre Hospitalier d'Angers (LABAS)"
    between = exchange.between_regions(alice, received.document_id)
    assert (between.may_act, between.may_entrust) == (True, False), "it goes back, not to a third region"


def test_members_of_the_rcp_see_what_came_for_it(post: Post, charlie: User, edith: User) -> None:
    """R-082: a physician elsewhere who sits in the RCP prepares it; an editor sees nothing of it."""
    post.reads(status="complete")
    document_id = post.brings().document_id
    assert document_id is not None
    with pytest.raises(documents.DocumentNotFound):
        documents.open_document(charlie, document_id)
    board = directory.rcp_by_code(OURS)
    assert board is not None
    assert charlie.practitioner is not None
    directory.record_member(rcp_id=board.rcp_id, practitioner_id=charlie.practitioner.pk)
    assert documents.open_document(charlie, document_id).line.title == "FRCP REÇUE"
    with pytest.raises(documents.DocumentNotFound):
        documents.open_document(edith, document_id)


@pytest.mark.parametrize(
    ("header", "message", "outcome", "error"),
    [
        ({"status": "valide"}, {"sender": "inconnu@ailleurs.fr"}, Outcome.UNKNOWN_SENDER, ""),
        ({"status": "valide"}, {"content": b"READ broken"}, Outcome.UNREADABLE, "906"),
        ({"status": "valide"}, {"files": [("fiche.pdf", b"%PDF-1.4")]}, Outcome.UNREADABLE, "906"),
        ({"status": "valide"}, {"files": []}, Outcome.NO_N3, "906"),
        ({"status": "valide", "version_number": 0}, {}, Outcome.UNREADABLE, "906"),
        ({"status": "complete", "rcp": THEIRS}, {}, Outcome.OTHER_RCP, "906"),
        ({"status": "en_cours"}, {}, Outcome.NOT_EXCHANGED, "906"),
        (
            {"status": "valide"},
            {"patient_id": InstanceId("1.2.250.1.213.1.4.10", "279035121518990")},
            Outcome.OTHER_INS,
            "904",
        ),
    ],
)
def test_what_is_not_taken_is_kept_with_its_reason(
    post: Post, header: dict[str, Any], message: dict[str, Any], outcome: Outcome, error: str
) -> None:
    post.reads(**header)
    told = post.brings(**message)
    assert (told.outcome, told.error, told.document_id) == (outcome, error, None)
    assert told.words
    kept = Intake.objects.get()
    assert (kept.outcome, kept.document_id, bool(kept.reason)) == (outcome, None, True)
    assert not Document.objects.exists()
