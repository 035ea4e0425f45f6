"""Running documents and the versions of their form, with people: carried, offered, accepted, never."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from dcc.accounts.api import User
from dcc.audit.models import Entry
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.documents.models import DocumentVersion, FormMove
from dcc.documents.services.following import follow_all
from dcc.documents.services.retention import purge_answers
from dcc.events.api import drain
from forms_config import api as forms
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.publishing import compile_draft, freeze
from forms_config.schema.model import schema_to_json
from tests.fixtures import fill_document

KEY = "frcp_standard"
SESSION = "frcp.rcp.session_identifiant"
NAME = "frcp.rcp.denomination"
DRAFT: dict[str, Any] = schema_to_json(default_schema(load_catalogue("frcp", "2025.01")))
Edit = Callable[[dict[str, Any]], None]


def questions(draft: dict[str, Any], key: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    return next((s["questions"], q) for s in draft["sections"] for q in s["questions"] if q["key"] == key)


def relabel(draft: dict[str, Any]) -> None:
    questions(draft, NAME)[1]["label"] = "Nom de la RCP"


def add_optional(draft: dict[str, Any]) -> None:
    draft["sections"][0]["questions"].append({"key": "regional.transport", "label": "Transport", "datatype": "string"})


def remove_session(draft: dict[str, Any]) -> None:
    beside, question = questions(draft, SESSION)
    beside.remove(question)


def require_session(draft: dict[str, Any]) -> None:
    questions(draft, SESSION)[1]["required"] = "validate"


def publish(*edits: Edit, key: str = KEY) -> forms.PublishedForm:
    """Publish the standard form with edits, without telling anybody yet (see :func:`drain`)."""
    draft = copy.deepcopy(DRAFT)
    for edit in edits:
        edit(draft)
    forms.save_draft(actor=None, key=key, document_type="frcp", title="FRCP", draft=draft)
    return forms.publish_form(actor=None, key=key)


def freeze_unproved(*edits: Edit) -> forms.PublishedForm:
    """A version that the gate refuses today: the type of a question changed (another volet may want it)."""
    draft = copy.deepcopy(DRAFT)
    for edit in edits:
        edit(draft)
    definition = forms.save_draft(actor=None, key=KEY, document_type="frcp", title="FRCP", draft=draft)
    with transaction.atomic():
        freeze(definition, compile_draft(definition.get_latest_revision_as_object()), actor=None)
    return forms.published_form(KEY)


def current(document_id: uuid.UUID) -> DocumentVersion:
    return DocumentVersion.objects.get(document_id=document_id, is_current=True)


def news_of(actor: User, document_id: uuid.UUID) -> list[documents.FormNews]:
    """What the page that ``actor`` opens tells."""
    return documents.form_news(actor, documents.open_document(actor, document_id))


def number_of(document_id: uuid.UUID) -> int:
    return current(document_id).form_version.number


def answer(actor: User, document_id: uuid.UUID, key: str, value: Any) -> documents.SaveResult:
    base = current(document_id).revision
    return documents.save_answers(actor=actor, document_id=document_id, changes=[Change(key, value, base)])


def actions(document_id: uuid.UUID) -> list[str]:
    rows = Entry.objects.filter(subject=f"document:{document_id}", action__startswith="document.form_")
    return list(rows.order_by("pk").values_list("action", flat=True))


def test_what_changes_no_answer_is_carried_and_told_to_each_reader(alice: User, bob: User, lea: User, frcp_id: uuid.UUID) -> None:
    answer(alice, frcp_id, SESSION, "S-12")
    before = current(frcp_id)
    publish(relabel, add_optional)
    assert number_of(frcp_id) == 1, "publishing tells, the worker does"
    drain()
    after = current(frcp_id)
    assert after.form_version.number == 2
    assert (after.answers, after.revision, after.status, after.provenance) == (
        before.answers, before.revision, before.status, before.provenance,
    )  # fmt: skip
    assert actions(frcp_id) == ["document.form_carried"]
    for reader in (alice, bob, lea):
        [news] = news_of(reader, frcp_id)
        assert (news.before, news.after, news.added, news.waits) == (1, 2, 1, False)
        assert any("devient «\u00a0Nom de la RCP\u00a0»" in words for words in news.words)
        documents.note_form_seen(actor=reader, document_id=frcp_id)
        assert news_of(reader, frcp_id) == []
    assert documents.document_history(alice, frcp_id)[0].kind == "form"


def test_a_completed_document_is_carried_too(alice: User, frcp_id: uuid.UUID) -> None:
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=0)
    publish(relabel)
    drain()
    assert (number_of(frcp_id), current(frcp_id).status) == (2, "complete")


def test_it_is_done_once(alice: User, frcp_id: uuid.UUID) -> None:
    publish(relabel)
    drain()
    for _ in range(2):
        assert documents.follow_form(KEY) == 0
        follow_all()
    assert FormMove.objects.count() == 1
    assert actions(frcp_id) == ["document.form_carried"]


def test_a_document_begun_while_the_form_was_published_is_found_later(alice: User, frcp_id: uuid.UUID) -> None:
    publish(relabel)
    assert number_of(frcp_id) == 1
    follow_all()
    assert number_of(frcp_id) == 2


def test_documents_of_other_forms_stay(alice: User, frcp_id: uuid.UUID) -> None:
    publish(relabel, key="frcp_sein")
    drain()
    assert number_of(frcp_id) == 1
    assert not FormMove.objects.exists()


@pytest.fixture
def offered(alice: User, frcp_id: uuid.UUID) -> forms.PublishedForm:
    """Alice answered a question, and the form lost it."""
    answer(alice, frcp_id, SESSION, "S-12")
    form = publish(remove_session, relabel)
    drain()
    return form


def test_a_document_that_uses_what_leaves_waits_for_its_author(
    alice: User, bob: User, frcp_id: uuid.UUID, offered: forms.PublishedForm
) -> None:
    assert number_of(frcp_id) == 1
    assert actions(frcp_id) == ["document.form_offered"]
    [news] = news_of(bob, frcp_id)
    assert news.waits
    offer = documents.form_offer(alice, frcp_id)
    assert (offer.before, offer.after, offer.may_accept) == (1, 2, True)
    assert [(c.answer, label) for c, label in offer.consequences] == [
        ("S-12", "réponse gardée à part, lisible et hors du formulaire")
    ]
    assert any("Nom de la RCP" in words for words in offer.others)
    assert offer.authors == [str(alice.practitioner)]
    documents.note_form_seen(actor=bob, document_id=frcp_id)
    assert news_of(bob, frcp_id), "what waits is told until it is decided"


WHO = {
    "alice": None,
    "bob": documents.ActionForbidden,
    "sonia": documents.ActionForbidden,
    "lea": documents.ActionForbidden,
    "charlie": documents.DocumentNotFound,
    "edith": documents.DocumentNotFound,
    "adrien": documents.DocumentNotFound,
}


@pytest.mark.parametrize("who", WHO)
def test_only_an_author_accepts(
    who: str, frcp_id: uuid.UUID, offered: forms.PublishedForm, request: pytest.FixtureRequest
) -> None:
    actor, refusal = request.getfixturevalue(who), WHO[who]
    accept: dict[str, Any] = {
        "document_id": frcp_id,
        "form_version_id": offered.version_id,
        "expected_revision": current(frcp_id).revision,
    }
    if refusal is None:
        documents.accept_form(actor=actor, **accept)
        assert number_of(frcp_id) == 2
        return
    with pytest.raises(refusal):
        documents.accept_form(actor=actor, **accept)
    assert number_of(frcp_id) == 1
    if refusal is documents.DocumentNotFound:
        with pytest.raises(documents.DocumentNotFound):
            documents.form_offer(actor, frcp_id)
    else:
        assert not documents.form_offer(actor, frcp_id).may_accept


def test_a_colleague_who_wrote_in_it_is_an_author(bob: User, frcp_id: uuid.UUID, offered: forms.PublishedForm) -> None:
    answer(bob, frcp_id, NAME, "Sénologie")
    revision = current(frcp_id).revision
    documents.accept_form(actor=bob, document_id=frcp_id, form_version_id=offered.version_id, expected_revision=revision)
    assert number_of(frcp_id) == 2


def test_accepting_sets_the_answer_aside_readable(
    alice: User, bob: User, frcp_id: uuid.UUID, offered: forms.PublishedForm
) -> None:
    before = current(frcp_id)
    documents.accept_form(actor=alice, document_id=frcp_id, form_version_id=offered.version_id, expected_revision=before.revision)
    after = current(frcp_id)
    assert SESSION not in after.answers
    assert {k: v for k, v in before.answers.items() if k != SESSION} == after.answers
    [kept] = after.set_aside
    assert (kept["path"], kept["value"], kept["text"], kept["form"], kept["by"]) == (SESSION, "S-12", "S-12", 1, str(alice.pk))
    assert documents.open_document(bob, frcp_id).set_aside == after.set_aside
    change = after.changes.latest("revision")
    assert (change.path, change.before, change.after, change.origin, change.actor) == (SESSION, "S-12", None, "formulaire", alice)
    assert after.revision == before.revision + 1
    assert actions(frcp_id) == ["document.form_offered", "document.form_accepted"]
    lines = documents.document_history(alice, frcp_id)
    assert any(line.label == kept["label"] and line.before == "S-12" for line in lines), (
        "in the words of the form it was given in"
    )
    assert news_of(alice, frcp_id) == []
    assert [news.waits for news in news_of(bob, frcp_id)] == [False]
    assert documents.draft(alice, frcp_id, revision=before.revision).answers[SESSION] == "S-12"


def test_the_form_of_before_is_what_history_reads(alice: User, frcp_id: uuid.UUID) -> None:
    publish(add_optional)
    drain()
    answer(alice, frcp_id, "regional.transport", "en taxi")
    form = freeze_unproved(add_optional, lambda d: questions(d, "regional.transport")[1].update(datatype="date", label="Jour"))
    drain()
    revision = current(frcp_id).revision
    documents.accept_form(actor=alice, document_id=frcp_id, form_version_id=form.version_id, expected_revision=revision)
    answer(alice, frcp_id, "regional.transport", "2026-10-05")
    told = [
        (line.label, line.before, line.after)
        for line in documents.document_history(alice, frcp_id)
        if line.kind in ("change", "aside")
    ]
    assert told[0] == ("Jour", "", "05/10/2026")
    assert ("Transport", "en taxi", "") in told
    view, past = documents.open_document(alice, frcp_id), documents.draft(alice, frcp_id, revision=revision)
    assert [(d.before, d.after) for d in documents.differences(view.schema, past.answers, view.answers)] == [
        ("en taxi", "05/10/2026")
    ]


def test_accepting_what_was_not_read_is_refused(alice: User, bob: User, frcp_id: uuid.UUID, offered: forms.PublishedForm) -> None:
    read = current(frcp_id).revision
    answer(bob, frcp_id, NAME, "Sénologie")
    with pytest.raises(documents.Stale):
        documents.accept_form(actor=alice, document_id=frcp_id, form_version_id=offered.version_id, expected_revision=read)
    newer = publish(remove_session, relabel, add_optional)
    drain()
    with pytest.raises(documents.Stale):
        documents.accept_form(
            actor=alice, document_id=frcp_id, form_version_id=offered.version_id, expected_revision=current(frcp_id).revision
        )
    assert documents.form_offer(alice, frcp_id).form_version_id == newer.version_id


def test_the_next_version_replaces_an_offer(alice: User, frcp_id: uuid.UUID, offered: forms.PublishedForm) -> None:
    publish(relabel, add_optional)
    drain()
    assert number_of(frcp_id) == 3, "the question is back: nothing is to be asked any more"
    assert list(FormMove.objects.order_by("pk").values_list("state", flat=True)) == ["depasse", "suivi"]
    with pytest.raises(documents.Stale):
        documents.form_offer(alice, frcp_id)
    assert [(n.before, n.after) for n in news_of(alice, frcp_id)] == [(1, 3)]


def test_a_new_obligation_is_always_asked(alice: User, frcp_id: uuid.UUID) -> None:
    publish(require_session)
    drain()
    offer = documents.form_offer(alice, frcp_id)
    assert [label for _c, label in offer.consequences] == ["à renseigner avant de valider"]
    documents.accept_form(actor=alice, document_id=frcp_id, form_version_id=offer.form_version_id, expected_revision=0)
    assert SESSION in [finding.question_key for finding in documents.validation_findings(alice, frcp_id)]
    assert current(frcp_id).set_aside == []


def test_what_an_open_page_sends_meanwhile(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    """Bob's page was opened in version 1; the form changes, he saves: his answers stay, the question that left says so."""
    base = current(frcp_id).revision
    publish(remove_session)
    drain()
    assert number_of(frcp_id) == 2
    result = documents.save_answers(
        actor=bob, document_id=frcp_id, changes=[Change(NAME, "Sénologie", base), Change(SESSION, "S-9", base)], editor="page"
    )
    assert result.saved == [NAME]
    assert "n'existe pas dans le formulaire" in result.refused[SESSION]


def test_two_people_while_an_author_accepts(alice: User, bob: User, frcp_id: uuid.UUID, offered: forms.PublishedForm) -> None:
    base = current(frcp_id).revision
    documents.accept_form(actor=alice, document_id=frcp_id, form_version_id=offered.version_id, expected_revision=base)
    result = documents.save_answers(actor=bob, document_id=frcp_id, changes=[Change(NAME, "Sénologie", base)], editor="page")
    assert (result.saved, result.conflicts, result.refused) == ([NAME], [], {})
    assert current(frcp_id).answers[NAME] == "Sénologie"
    assert current(frcp_id).set_aside


def frozen(status: str, alice: User, bob: User, document_id: uuid.UUID) -> None:
    if status == "annule":
        documents.cancel_document(actor=alice, document_id=document_id)
        return
    fill_document(alice, document_id)
    revision = current(document_id).revision
    documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
    documents.validate_document(actor=bob, document_id=document_id, expected_revision=revision)
    if status == "cloture":
        documents.close_document(actor=alice, document_id=document_id)


@pytest.mark.parametrize("status", ["valide", "cloture", "annule"])
def test_frozen_documents_never_follow(status: str, alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    frozen(status, alice, bob, frcp_id)
    before = current(frcp_id)
    publish(relabel)
    assert documents.follow_form(KEY) == 0
    after = current(frcp_id)
    assert (after.form_version_id, after.status, after.answers) == (before.form_version_id, status, before.answers)
    assert news_of(alice, frcp_id) == []


def test_validating_ends_what_was_offered(alice: User, bob: User, frcp_id: uuid.UUID, offered: forms.PublishedForm) -> None:
    frozen("valide", alice, bob, frcp_id)
    assert number_of(frcp_id) == 1
    assert news_of(alice, frcp_id) == []
    with pytest.raises(documents.Stale):
        documents.accept_form(
            actor=alice, document_id=frcp_id, form_version_id=offered.version_id, expected_revision=current(frcp_id).revision
        )
    assert documents.form_use(KEY) == {}


@pytest.mark.parametrize("columns", [{"set_aside": [{"path": "x"}]}, {"form_version_id": None}])
def test_the_database_keeps_a_validated_document_on_its_form(
    columns: dict[str, Any], alice: User, bob: User, frcp_id: uuid.UUID
) -> None:
    frozen("valide", alice, bob, frcp_id)
    form = publish(relabel)
    changes = {name: value if value is not None else form.version_id for name, value in columns.items()}
    with pytest.raises(DatabaseError, match="immuable"), transaction.atomic():
        DocumentVersion.objects.filter(document_id=frcp_id).update(**changes)


def test_counts_by_version(
    alice: User, frcp_id: uuid.UUID, offered: forms.PublishedForm, facility: Any, patient_id: uuid.UUID
) -> None:
    documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    assert {n: (use.running, use.waiting) for n, use in documents.form_use(KEY).items()} == {2: (1, 0), 1: (1, 1)}
    assert documents.form_use("inconnu") == {}


TIMED = {"key": "regional.mot", "label": "Mot", "datatype": "file", "retention": 6}


def test_a_file_set_aside_is_not_sent_and_goes_at_the_end_of_its_retention(alice: User, frcp_id: uuid.UUID) -> None:
    publish(lambda draft: draft["sections"][0]["questions"].append(TIMED))
    drain()
    documents.answer_with_file(
        actor=alice, document_id=frcp_id, path="regional.mot", filename="mot.pdf", content=b"%PDF-1.4", base=0
    )
    form = publish()
    drain()
    revision = current(frcp_id).revision
    documents.accept_form(actor=alice, document_id=frcp_id, form_version_id=form.version_id, expected_revision=revision)
    [kept] = current(frcp_id).set_aside
    assert (kept["text"], kept["retention"]) == ("mot.pdf", 6)
    assert documents.preview_snapshot(alice, frcp_id, as_of=timezone.now()).attachments == ()
    assert len(documents.open_document(alice, frcp_id).attachments) == 1, "still here to be read"
    assert purge_answers(timezone.now() + timedelta(days=31 * 5)) == 0
    assert purge_answers(timezone.now() + timedelta(days=31 * 7)) == 1
    after = current(frcp_id)
    assert after.set_aside == []
    assert not after.attachments.exists()
    assert not after.changes.filter(path="regional.mot").exclude(before=None, after=None).exists()
    assert purge_answers(timezone.now() + timedelta(days=31 * 7)) == 0
