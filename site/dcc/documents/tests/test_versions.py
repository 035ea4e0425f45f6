"""A validated PPS is brought up to date by a new version, its own family and its own FRCP kept (R-066...R-071)."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.events import DocumentCreated
from dcc.contracts.registry import Registry, use_registry
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.documents.models import Attachment, DocumentVersion
from dcc.documents.queries import POLICY_OF
from dcc.documents.services.retention import purge_answers
from dcc.documents.states import ACTIONS, STATUSES, TRANSITIONS, Action, Status
from dcc.events.api import drain
from forms_config.terminology import api as terminology
from tests.fixtures import validate

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%%EOF\n"
REASON = "pps.statut.motif"
HANDED = "pps.statut.remise"


@pytest.fixture
def validated_pps_id(alice: User, bob: User, pps_id: uuid.UUID) -> uuid.UUID:
    """That PPS, with a file, validated by bob."""
    documents.add_attachment(actor=alice, document_id=pps_id, title="Effets", filename="effets.pdf", content=PDF)
    change = Change("pps.patient.commentaire", "Préfère le matin.", 0)
    documents.save_answers(actor=alice, document_id=pps_id, changes=[change])
    validate(alice, bob, pps_id)
    return pps_id


def reason() -> Change:
    """Some reason of update."""
    return Change(REASON, terminology.concepts("jdv-motif-mise-a-jour-cisis")[0].value, 0)


def test_a_new_version_says_what_the_former_said(alice: User, validated_pps_id: uuid.UUID) -> None:
    former = documents.open_document(alice, validated_pps_id)
    assert documents.amend_document(actor=alice, document_id=validated_pps_id) == 2
    view = documents.open_document(alice, validated_pps_id)
    assert (view.line.version, view.line.status, view.line.in_force) == (2, "en_cours", 1)
    gone = {REASON, "pps.statut.motif_precision", HANDED, "pps.statut.remis_par"}
    assert dict(view.answers) == {key: value for key, value in former.answers.items() if key not in gone}
    assert HANDED in former.answers, "something was left behind"
    mark = view.provenance["pps.patient.commentaire"]
    assert (mark["origin"], mark["source"]) == ("version", "1")
    assert view.provenance["pps.statut.date_rcp"]["origin"] == "reprise", "an origin is kept"
    kept = DocumentVersion.objects.get(document_id=validated_pps_id, number=1)
    assert (kept.status, kept.is_current) == ("valide", False)
    assert view.form_version_id == kept.form_version_id


def test_its_files_are_the_same_bytes(alice: User, validated_pps_id: uuid.UUID) -> None:
    documents.amend_document(actor=alice, document_id=validated_pps_id)
    first, second = Attachment.objects.order_by("version__number")
    assert first.pk != second.pk
    assert (first.sha256, first.storage_name, first.title) == (second.sha256, second.storage_name, second.title)
    documents.remove_attachment(actor=alice, document_id=validated_pps_id, attachment_id=second.pk)
    line, content = documents.attachment_content(alice, validated_pps_id, first.pk)
    assert (line.title, content) == ("Effets", PDF), "the former version keeps its own"


def test_bytes_that_a_validated_version_holds_are_never_forgotten(
    alice: User, validated_pps_id: uuid.UUID, django_capture_on_commit_callbacks: object
) -> None:
    documents.amend_document(actor=alice, document_id=validated_pps_id)
    version = DocumentVersion.objects.get(document_id=validated_pps_id, number=2)
    file = version.attachments.get()
    version.set_aside = [{"path": "x", "value": {"file": str(file.pk), "name": "f"}, "retention": 1, "revision": 0}]
    version.save()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]  # pytest-django's fixture
        assert purge_answers(timezone.now() + timedelta(days=100)) == 1
    assert not version.attachments.exists()
    assert storages["attachments"].exists(file.storage_name)


def test_a_second_version_says_why_and_a_first_does_not(alice: User, bob: User, pps_id: uuid.UUID) -> None:
    documents.save_answers(actor=alice, document_id=pps_id, changes=[reason()])
    with pytest.raises(documents.NotReady) as early:
        validate(alice, bob, pps_id)
    assert [(f.question_key, f.source) for f in early.value.findings] == [(REASON, "R-071")]
    documents.reopen_document(actor=alice, document_id=pps_id)
    revision = documents.open_document(alice, pps_id).revision
    documents.save_answers(actor=alice, document_id=pps_id, changes=[Change(REASON, None, revision)])
    validate(alice, bob, pps_id)
    documents.amend_document(actor=alice, document_id=pps_id)
    with pytest.raises(documents.NotReady) as missing:
        validate(alice, bob, pps_id)
    assert [finding.question_key for finding in missing.value.findings] == [REASON]
    documents.reopen_document(actor=alice, document_id=pps_id)
    revision = documents.open_document(alice, pps_id).revision
    documents.save_answers(actor=alice, document_id=pps_id, changes=[Change(REASON, reason().value, revision)])
    validate(alice, bob, pps_id)
    assert documents.open_document(alice, pps_id).line.in_force == 0


def test_the_family_and_the_frcp_stay_the_same(alice: User, sonia: User, validated_pps_id: uuid.UUID) -> None:
    before = documents.preview_snapshot(alice, validated_pps_id, as_of=timezone.now())
    documents.amend_document(actor=sonia, document_id=validated_pps_id)
    after = documents.preview_snapshot(sonia, validated_pps_id, as_of=timezone.now())
    assert (after.set_id, after.reference) == (before.set_id, before.reference)
    assert (before.version_number, after.version_number) == (1, 2)
    assert after.authors == before.authors, "an assistant writes for those who wrote the former version"


def test_cancelling_a_new_version_gives_the_former_back(alice: User, validated_pps_id: uuid.UUID) -> None:
    documents.amend_document(actor=alice, document_id=validated_pps_id)
    documents.cancel_document(actor=alice, document_id=validated_pps_id)
    view = documents.open_document(alice, validated_pps_id)
    assert (view.line.version, view.line.status) == (1, "valide")
    assert documents.amend_document(actor=alice, document_id=validated_pps_id) == 3, "a number is of one content"
    assert documents.document_history(alice, validated_pps_id)[0].version == 3


def test_a_pps_given_up_frees_its_frcp(alice: User, bob: User, pps_id: uuid.UUID, validated_frcp_id: uuid.UUID) -> None:
    documents.cancel_document(actor=alice, document_id=pps_id)
    assert documents.create_following(actor=bob, reference_id=validated_frcp_id) != pps_id


def test_each_new_version_is_told(alice: User, validated_pps_id: uuid.UUID, validated_frcp_id: uuid.UUID) -> None:
    told: list[tuple[int, uuid.UUID | None]] = []
    registry = Registry()
    registry.subscribe(DocumentCreated, lambda e, context: told.append((e.version_number, e.reference_id)), key="test.told")
    with use_registry(registry):
        documents.amend_document(actor=alice, document_id=validated_pps_id)
        drain()
    assert told == [(2, validated_frcp_id)]


def test_a_validated_frcp_is_not_amended(alice: User, validated_frcp_id: uuid.UUID) -> None:
    """R-210: each presentation is a new FRCP."""
    assert "amend" not in documents.open_document(alice, validated_frcp_id).actions
    with pytest.raises(documents.ActionForbidden, match="ne se modifie plus"):
        documents.amend_document(actor=alice, document_id=validated_frcp_id)


PEOPLE = "alice yes / bob yes / sonia yes / lea 403 / charlie 404 / edith 404 / adrien 404"


@pytest.mark.parametrize(("person", "cell"), [tuple(cell.split()) for cell in PEOPLE.split(" / ")])
def test_amending_by_people(person: str, cell: str, validated_pps_id: uuid.UUID, request: pytest.FixtureRequest) -> None:
    who: User = request.getfixturevalue(person)
    refusals: dict[str, type[Exception]] = {"404": documents.DocumentNotFound, "403": documents.ActionForbidden}
    if cell in refusals:
        with pytest.raises(refusals[cell]):
            documents.amend_document(actor=who, document_id=validated_pps_id)
    else:
        assert documents.amend_document(actor=who, document_id=validated_pps_id) == 2


def _brought_to(status: Status, alice: User, bob: User, pps_id: uuid.UUID) -> None:
    if status in ("valide", "cloture"):
        validate(alice, bob, pps_id)
    if status == "cloture":
        documents.close_document(actor=bob, document_id=pps_id)
    if status == "complete":
        revision = documents.open_document(alice, pps_id).revision
        documents.complete_document(actor=alice, document_id=pps_id, expected_revision=revision)
    if status == "annule":
        documents.cancel_document(actor=alice, document_id=pps_id)


@pytest.mark.parametrize("status", STATUSES)
def test_states_and_actions_of_a_pps(status: Status, alice: User, bob: User, pps_id: uuid.UUID) -> None:
    """Every action in every status: what the table allows is offered and done, the rest is refused and changes nothing."""
    _brought_to(status, alice, bob, pps_id)
    offered = {*documents.open_document(bob, pps_id).actions} | {"save"}
    allowed = {action for action in ACTIONS if (status, action) in TRANSITIONS}
    assert offered == allowed | {"save"}
    for action in sorted(set(ACTIONS) - allowed):
        with pytest.raises(documents.ForbiddenTransition):
            _attempt(action, bob, pps_id)
    assert documents.open_document(bob, pps_id).line.status == status
    assert set(POLICY_OF) == set(ACTIONS)


def _attempt(action: Action, who: User, pps_id: uuid.UUID) -> object:
    if action == "save":
        return documents.save_answers(actor=who, document_id=pps_id, changes=[Change("pps.patient.commentaire", "x", 0)])
    service = getattr(documents, f"{action}_document")
    if action in ("complete", "validate"):
        revision = documents.open_document(who, pps_id).revision
        return service(actor=who, document_id=pps_id, expected_revision=revision)
    return service(actor=who, document_id=pps_id)
