"""The prefill door: what sources are given, what they propose, what is decided of it and remembered (R-031, R-043...R-047)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from dcc.accounts.models import Facility, User
from dcc.audit.models import Entry
from dcc.contracts.capabilities import PrefillSource
from dcc.contracts.errors import RetryLater
from dcc.contracts.prefill import Candidate, PrefillRequest
from dcc.contracts.registry import Registry, use_registry
from dcc.contracts.testing import make_registry
from dcc.documents import api as documents
from dcc.documents.api import Change, ItemDecision, Proposal
from dcc.documents.models import AnswerChange, Document, PrefillDecision
from forms_config.schema.model import Question
from tests.fixtures import publish_with, validate

pytestmark = pytest.mark.django_db
COMMENT = "pps.patient.commentaire"
ACTS = "pps.suivis"


@dataclass
class Given:
    """A source that proposes what it is told, and keeps what it was asked."""

    proposed: list[Candidate] = field(default_factory=list)
    asked: list[PrefillRequest] = field(default_factory=list)
    error: Exception | None = None
    title: str = "Source d'essai"

    def candidates(self, request: PrefillRequest) -> Sequence[Candidate]:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        return list(self.proposed)


def text(value: str = "Vit seule", **changed: Any) -> Candidate:
    """A comment that some source proposes."""
    return replace(
        Candidate(COMMENT, value, "FRCP du 12/03/2026", "source@1", None, "DR Bob BERNARD", "a/b", kind="frcp"), **changed
    )


def act(**changed: Any) -> Candidate:
    """A row that some source proposes."""
    row = {"question_key": ACTS, "value": {f"{ACTS}.complement": "IRM"}, "path": "frcp.examens/r1"}
    return replace(text(), **{**row, **changed})


@pytest.fixture
def given(pps_id: UUID) -> Iterator[Given]:
    """The one source there is; the documents were made before."""
    source = Given()

    def register(registry: Registry) -> None:
        registry.add(PrefillSource, "essai", source)

    with use_registry(make_registry(register)):
        yield source


def open_items(actor: User, document_id: UUID) -> list[Proposal]:
    """What waits for a decision."""
    return list(documents.candidates(actor, document_id).open)


def decide(actor: User, document_id: UUID, *choices: documents.Choice, value: Any = None) -> documents.Adjudicated:
    """Decide what waits, in order."""
    items = open_items(actor, document_id)
    decisions = [ItemDecision(p.item, p.fingerprint, c, value) for p, c in zip(items, choices, strict=True)]
    base = documents.open_document(actor, document_id).revision
    return documents.adjudicate(actor=actor, document_id=document_id, decisions=decisions, base=base)


class TestSources:
    """What a source is given, and what becomes of what it answers."""

    def test_only_validated_documents_are_given(self, given: Given, alice: User, pps_id: UUID, validated_frcp_id: UUID) -> None:
        documents.candidates(alice, pps_id)
        (request,) = given.asked
        assert request.reference is not None
        assert request.reference.document_id == validated_frcp_id
        assert (request.reference.author, request.reference.custodian["name"]) == (
            "DR Bob BERNARD",
            "Centre hospitalier de Démonstration",
        )
        assert request.reference.answers["frcp.rcp.denomination"]
        assert (request.earlier, request.document_id, request.document_type) == ((), pps_id, "pps")
        assert ACTS in request.question_keys

    def test_a_draft_is_not_given(
        self, given: Given, alice: User, bob: User, pps_id: UUID, patient_id: UUID, facility: Facility
    ) -> None:
        draft = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
        documents.candidates(alice, pps_id)
        assert not given.asked[-1].earlier
        validate(alice, bob, draft)
        documents.candidates(alice, pps_id)
        assert [source.document_id for source in given.asked[-1].earlier] == [draft]

    def test_what_the_actor_may_not_open_is_not_given(
        self, given: Given, alice: User, sonia: User, pps_id: UUID, validated_frcp_id: UUID, other_facility: Facility
    ) -> None:
        Document.objects.filter(pk=validated_frcp_id).update(facility=other_facility)
        documents.candidates(alice, pps_id)
        assert given.asked[-1].reference is not None, "she wrote it"
        documents.candidates(sonia, pps_id)
        assert given.asked[-1].reference is None

    def test_the_former_version_is_given_to_an_update(self, given: Given, alice: User, bob: User, pps_id: UUID) -> None:
        validate(alice, bob, pps_id)
        documents.amend_document(actor=alice, document_id=pps_id)
        documents.candidates(alice, pps_id)
        assert [(source.document_id, source.version_number) for source in given.asked[-1].earlier] == [(pps_id, 1)]

    @pytest.mark.parametrize(
        ("error", "reason"),
        [
            (RetryLater("Annuaire occupé"), "Annuaire occupé"),
            (ValueError("DUPONT Jeanne"), "erreur interne, signalée à l'exploitation"),
        ],
    )
    def test_a_source_that_fails_is_said(
        self, given: Given, alice: User, pps_id: UUID, error: Exception, reason: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        given.error = error
        found = documents.candidates(alice, pps_id)
        assert [(f.title, f.reason) for f in found.failures] == [("Source d'essai", reason)]
        assert "DUPONT" not in caplog.text

    @pytest.mark.parametrize("origin_id", ["", "Mme DUPONT", "x" * 121])
    def test_a_source_that_does_not_identify_what_it_read_is_said(
        self, given: Given, alice: User, pps_id: UUID, origin_id: str
    ) -> None:
        given.proposed = [text(origin_id=origin_id)]
        found = documents.candidates(alice, pps_id)
        assert [f.reason for f in found.failures] == ["elle ne dit pas de quel document viennent ses valeurs"]
        assert not found.proposals

    def test_what_was_not_asked_or_not_admitted_is_left_out(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [text(question_key="frcp.inconnu"), text()]
        assert [p.question.key for p in open_items(alice, pps_id)] == [COMMENT]

    def test_a_form_admits_what_it_names(self, alice: User, patient_id: UUID, facility: Facility, legal_texts: None) -> None:
        questions = [
            Question(f"region.q{n}", f"Q{n}", "text", sources=names)
            for n, names in enumerate(((), ("frcp",), ("essai",), ("dmp",)))
        ]
        publish_with(*questions)
        frcp_id = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
        source = Given([text(question_key=q.key, path=q.key) for q in questions])
        with use_registry(make_registry(lambda registry: registry.add(PrefillSource, "essai", source))):
            assert [p.question.key for p in open_items(alice, frcp_id)] == ["region.q0", "region.q1", "region.q2"]

    def test_what_does_not_fit_is_named_and_the_rest_can_be_kept(self, given: Given, alice: User, pps_id: UUID) -> None:
        values = {f"{ACTS}.complement": "IRM", f"{ACTS}.debut": "demain", f"{ACTS}.couleur": "bleu"}
        given.proposed = [act(value=values), text(question_key="pps.decouverte.date", value="hier", path="x")]
        row, day = open_items(alice, pps_id)
        assert row.value == {f"{ACTS}.complement": "IRM"}
        assert len(row.left_out) == 2
        assert day.value is None
        assert day.left_out[0].startswith("« Date »")
        done = decide(alice, pps_id, "keep", "keep")
        assert (list(done.kept), done.refused) == ([row.item], {day.item: "Rien de cette proposition ne convient au formulaire"})

    def test_the_same_value_of_two_places_is_one_item(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [text(), text(path="c/d"), text(origin="PPS du 01/02/2026", origin_id="other@1")]
        (item,) = open_items(alice, pps_id)
        assert item.also == ("PPS du 01/02/2026",)

    def test_what_the_document_holds_is_not_proposed(self, given: Given, alice: User, pps_id: UUID) -> None:
        documents.add_row(
            actor=alice, document_id=pps_id, group_key=ACTS, values={f"{ACTS}.complement": "IRM", f"{ACTS}.rythme": "2 fois"}
        )
        documents.save_answers(actor=alice, document_id=pps_id, changes=[Change(COMMENT, "Vit seule", 99)])
        given.proposed = [text(), act()]
        found = documents.candidates(alice, pps_id)
        assert (found.open, [p.there for p in found.proposals]) == ([], [True, True])

    def test_an_update_holds_what_stands_at_the_same_place(self, given: Given, alice: User, pps_id: UUID) -> None:
        row = documents.add_row(actor=alice, document_id=pps_id, group_key=ACTS, values={f"{ACTS}.complement": "IRM"}).added_rows[
            ACTS
        ]
        documents.save_answers(
            actor=alice, document_id=pps_id, changes=[Change(f"{ACTS}/{row}/{ACTS}.complement", "IRM faite", 99)]
        )
        given.proposed = [
            act(origin_id=f"{pps_id}@1", path=f"{ACTS}/{row}"),
            act(origin_id=f"{pps_id}@1", path=f"{ACTS}/{uuid4()}", value={f"{ACTS}.complement": "Scanner"}),
        ]
        assert [p.value for p in open_items(alice, pps_id)] == [{f"{ACTS}.complement": "Scanner"}]

    def test_reading_proposals_leaves_a_trace(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [text()]
        documents.candidates(alice, pps_id)
        entry = Entry.objects.filter(action="document.proposals_read").latest("pk")
        assert entry.facts["sources"] == ["source@1"]

    def test_many_origins_fit_a_trace(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [text(f"Texte {n}", origin_id=f"{n:0115}@1") for n in range(100)]
        assert len(open_items(alice, pps_id)) == 100


class TestDecisions:
    """What a decision does, and that it is remembered."""

    def test_kept_values_carry_their_origin(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [text(), act()]
        done = decide(alice, pps_id, "keep", "keep")
        view = documents.open_document(alice, pps_id)
        (row,) = view.answers[ACTS]
        assert set(done.kept.values()) == {COMMENT, f"{ACTS}/{row['id']}"}
        assert (view.answers[COMMENT], row["values"][f"{ACTS}.complement"]) == ("Vit seule", "IRM")
        for path in (COMMENT, f"{ACTS}/{row['id']}", f"{ACTS}/{row['id']}/{ACTS}.complement"):
            mark = view.provenance[path]
            assert mark["origin"] == "reprise"
            assert (mark["source"], mark["words"], mark["mechanism"]) == ("source@1", "FRCP du 12/03/2026", "essai")
            assert (mark["author"], mark["by"]) == ("DR Bob BERNARD", str(alice.pk))
        assert open_items(alice, pps_id) == []
        assert "Commentaire sur le patient (valeur reprise)" in {h.label for h in documents.document_history(alice, pps_id)}

    def test_a_kept_value_that_a_person_changes_stays_traced(self, given: Given, alice: User, bob: User, pps_id: UUID) -> None:
        given.proposed = [text()]
        decide(alice, pps_id, "keep")
        documents.save_answers(actor=bob, document_id=pps_id, changes=[Change(COMMENT, "Vit avec sa sœur", 99)])
        mark = documents.open_document(alice, pps_id).provenance[COMMENT]
        assert (mark["origin"], mark["by"], mark["words"]) == ("modifie", str(bob.pk), "FRCP du 12/03/2026")

    def test_a_changed_value_is_kept_as_changed(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [text()]
        decide(alice, pps_id, "change", value="Vit en ville")
        view = documents.open_document(alice, pps_id)
        assert (view.answers[COMMENT], view.provenance[COMMENT]["origin"]) == ("Vit en ville", "modifie")

    def test_a_text_may_be_added_to_what_is_written(self, given: Given, alice: User, pps_id: UUID) -> None:
        documents.save_answers(actor=alice, document_id=pps_id, changes=[Change(COMMENT, "Écrit", 0)])
        given.proposed = [text()]
        decide(alice, pps_id, "add")
        assert documents.open_document(alice, pps_id).answers[COMMENT] == "Écrit\nVit seule"

    @pytest.mark.parametrize("choice", ["keep", "ignore"])
    def test_it_is_proposed_again_only_when_its_value_changed(
        self, given: Given, alice: User, pps_id: UUID, choice: documents.Choice
    ) -> None:
        given.proposed = [text()]
        decide(alice, pps_id, choice)
        given.proposed = [text(origin_id="source@2", origin="FRCP du 12/03/2026, version 2")]
        assert open_items(alice, pps_id) == []
        given.proposed = [text("Vit en couple", origin_id="source@2")]
        assert [p.value for p in open_items(alice, pps_id)] == ["Vit en couple"]

    def test_deciding_the_same_again_changes_nothing(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [text(), act()]
        items = open_items(alice, pps_id)
        decisions = [ItemDecision(p.item, p.fingerprint, "keep") for p in items]
        for _ in range(3):
            documents.adjudicate(actor=alice, document_id=pps_id, decisions=decisions, base=0)
        assert len(documents.open_document(alice, pps_id).answers[ACTS]) == 1
        assert AnswerChange.objects.filter(version__document=pps_id, path=COMMENT).count() == 1
        assert PrefillDecision.objects.filter(document=pps_id).count() == 2

    def test_what_was_kept_and_taken_out_can_be_kept_again(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [act()]
        (item,) = open_items(alice, pps_id)
        kept = decide(alice, pps_id, "keep").kept[item.item]
        documents.remove_row(actor=alice, document_id=pps_id, group_key=ACTS, row_id=kept.partition("/")[2], base=99)
        assert open_items(alice, pps_id) == []
        again = [ItemDecision(item.item, item.fingerprint, "keep")]
        documents.adjudicate(actor=alice, document_id=pps_id, decisions=again, base=99)
        assert len(documents.open_document(alice, pps_id).answers[ACTS]) == 1

    def test_refusals_hold_nothing_else_back(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [text(), text("Vit en ville", path="c/d"), act()]
        row, one, two = open_items(alice, pps_id)
        decisions = [ItemDecision(p.item, p.fingerprint, "keep") for p in (one, two, row)]
        decisions += [ItemDecision("inconnu", "", "keep"), ItemDecision(row.item, "other", "ignore")]
        done = documents.adjudicate(actor=alice, document_id=pps_id, decisions=decisions, base=0)
        assert set(done.refused) == {two.item, "inconnu", row.item}
        assert done.refused[two.item].startswith("Deux valeurs sont gardées")
        assert documents.open_document(alice, pps_id).answers[COMMENT] == "Vit seule"

    def test_what_others_changed_since_is_a_conflict(self, given: Given, alice: User, bob: User, pps_id: UUID) -> None:
        given.proposed = [text()]
        (item,) = open_items(alice, pps_id)
        documents.save_answers(actor=bob, document_id=pps_id, changes=[Change(COMMENT, "Écrit par Bob", 0)])
        decisions = [ItemDecision(item.item, item.fingerprint, "keep")]
        done = documents.adjudicate(actor=alice, document_id=pps_id, decisions=decisions, base=0)
        assert done.conflicts[item.item].theirs == "Écrit par Bob"
        assert [p.item for p in open_items(alice, pps_id)] == [item.item]

    def test_decisions_are_audited_without_any_value(self, given: Given, alice: User, pps_id: UUID) -> None:
        given.proposed = [text(), act()]
        decide(alice, pps_id, "keep", "ignore")
        entry = Entry.objects.filter(action="document.prefilled").latest("pk")
        assert (entry.facts["keep"], entry.facts["ignore"], entry.facts["sources"]) == (1, 1, ["source@1"])
        kept = PrefillDecision.objects.filter(document=pps_id)
        assert not [d for d in kept if "Vit seule" in repr(d.__dict__)]

    def test_who_may_not_write_decides_nothing(self, given: Given, lea: User, charlie: User, pps_id: UUID) -> None:
        for who, error in ((lea, documents.ActionForbidden), (charlie, documents.DocumentNotFound)):
            with pytest.raises(error):
                documents.candidates(who, pps_id)
            with pytest.raises(error):
                documents.adjudicate(actor=who, document_id=pps_id, decisions=[], base=0)

    def test_a_validated_document_takes_nothing_over(self, given: Given, alice: User, bob: User, pps_id: UUID) -> None:
        validate(alice, bob, pps_id)
        with pytest.raises(documents.ForbiddenTransition):
            documents.adjudicate(actor=alice, document_id=pps_id, decisions=[], base=0)


class TestBeforehand:
    """What may be chosen when the page opens (decision 0191)."""

    @pytest.mark.parametrize(
        ("changed", "present", "expected"),
        [
            ({"nature": "administrative"}, "", True),
            ({"nature": "clinical"}, "", False),
            ({"nature": "administrative", "remark": "À confirmer"}, "", False),
            ({"nature": "administrative"}, "Écrit", False),
        ],
    )
    def test_only_what_is_administrative_and_sure(
        self, given: Given, alice: User, pps_id: UUID, changed: dict[str, Any], present: str, expected: bool
    ) -> None:
        if present:
            documents.save_answers(actor=alice, document_id=pps_id, changes=[Change(COMMENT, present, 0)])
        given.proposed = [text(**changed)]
        (item,) = open_items(alice, pps_id)
        assert item.chosen_beforehand is expected
