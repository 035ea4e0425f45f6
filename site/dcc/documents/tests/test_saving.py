"""Saving answers: what fits is kept, what does not is refused at its place, nothing is overwritten silently (R-025)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from dcc.accounts.api import User
from dcc.documents import api as documents
from dcc.documents.api import Change
from dcc.documents.models import AnswerChange, DocumentVersion
from dcc.documents.services import session

SCREENING = "frcp.decouverte.depistage"
COMMENT = "frcp.patient.commentaire"
DATE = "frcp.decouverte.date"
NATURE = "frcp.motif.nature"
BY_ORGAN = {"code": "ORG-117", "system": "1.2.250.1.213.1.1.4.322", "label": "RCP Appareil - Organes"}


def _save(actor: User, frcp_id: uuid.UUID, path: str, value: Any, base: int, editor: str = "page") -> documents.SaveResult:
    return documents.save_answers(actor=actor, document_id=frcp_id, changes=[Change(path, value, base)], editor=editor)


def _answers(frcp_id: uuid.UUID) -> dict[str, Any]:
    answers: dict[str, Any] = DocumentVersion.objects.get(document_id=frcp_id, is_current=True).answers
    return answers


def test_values_are_kept_and_read_back(alice: User, frcp_id: uuid.UUID) -> None:
    changes = [Change(SCREENING, True, 0), Change(NATURE, BY_ORGAN, 0), Change(DATE, "2019-02", 0)]
    result = documents.save_answers(actor=alice, document_id=frcp_id, changes=changes)
    assert result.refused == {}
    assert result.saved == [SCREENING, NATURE, DATE]
    answers = documents.open_document(alice, frcp_id).answers
    assert (answers[SCREENING], answers[NATURE], answers[DATE]) == (True, BY_ORGAN, "2019-02")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (SCREENING, "oui"),
        (DATE, "2019-13"),
        (DATE, "hier"),
        (NATURE, {"code": "ORG-999", "system": "1.2.250.1.213.1.1.4.322", "label": "inventé"}),
        (NATURE, {"text": "libre"}),
        (COMMENT, "x" * 20_001),
        ("frcp.inconnue", "x"),
        ("frcp.tumeurs", [{"id": "1", "values": {}}]),
        ("frcp.tumeurs/nulle-part/frcp.tumeurs.commentaire", "x"),
        ("frcp.tumeurs/nulle-part", {"values": {}, "position": 0}),
        (SCREENING, {"null": "UNK"}),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_the_rest_is_saved(
    alice: User, frcp_id: uuid.UUID, path: str, value: Any
) -> None:
    result = documents.save_answers(
        actor=alice, document_id=frcp_id, changes=[Change(path, value, 0), Change(COMMENT + "_", "", 0), Change(DATE, "2019", 0)]
    )
    assert path in result.refused
    assert result.refused[path]
    assert DATE in result.saved
    assert _answers(frcp_id)[DATE] == "2019"


def test_erasing_is_a_change_of_its_own(alice: User, frcp_id: uuid.UUID) -> None:
    revision = _save(alice, frcp_id, COMMENT, "à revoir", 0).revision
    assert _save(alice, frcp_id, COMMENT, "", revision).saved == [COMMENT]
    assert COMMENT not in _answers(frcp_id)
    assert AnswerChange.objects.filter(version__document_id=frcp_id, path=COMMENT).count() == 2


def test_the_same_value_again_changes_nothing(alice: User, frcp_id: uuid.UUID) -> None:
    revision = _save(alice, frcp_id, DATE, "2019", 0).revision
    assert _save(alice, frcp_id, DATE, "2019", 0).revision == revision


def test_two_people_on_two_values_do_not_disturb_each_other(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    assert _save(alice, frcp_id, DATE, "2019", 0, "a").saved
    assert _save(bob, frcp_id, COMMENT, "avis de Bob", 0, "b").saved


def test_two_people_on_one_value_conflict_and_nothing_is_overwritten(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    base = documents.open_document(bob, frcp_id).revision
    _save(alice, frcp_id, COMMENT, "avis d'Alice", base, "a")
    result = _save(bob, frcp_id, COMMENT, "avis de Bob", base, "b")
    assert result.saved == []
    [conflict] = result.conflicts
    assert (conflict.mine, conflict.theirs) == ("avis de Bob", "avis d'Alice")
    assert "Alice" in conflict.by or "MARTIN" in conflict.by or conflict.by == "alice"
    assert _answers(frcp_id)[COMMENT] == "avis d'Alice"
    kept = _save(bob, frcp_id, COMMENT, "avis de Bob", result.revision, "b")
    assert kept.saved == [COMMENT], "having seen the other value, bob may keep his own"


def test_two_pages_of_one_person_are_two_editors(alice: User, frcp_id: uuid.UUID) -> None:
    _save(alice, frcp_id, COMMENT, "page 1", 0, "page-1")
    assert _save(alice, frcp_id, COMMENT, "page 2", 0, "page-2").conflicts
    assert _save(alice, frcp_id, COMMENT, "page 1 bis", 0, "page-1").saved == [COMMENT], "one page does not conflict with itself"


def test_agreeing_is_not_a_conflict(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    _save(alice, frcp_id, SCREENING, True, 0, "a")
    assert _save(bob, frcp_id, SCREENING, True, 0, "b").saved == [SCREENING]


def test_rows_keep_their_ids_through_moves_and_removals(alice: User, frcp_id: uuid.UUID) -> None:
    ids = [
        documents.add_row(
            actor=alice, document_id=frcp_id, group_key="frcp.antecedents", values={"frcp.antecedents.libelle": name}
        ).added_rows["frcp.antecedents"]
        for name in ("premier", "deuxième", "troisième")
    ]
    revision = documents.open_document(alice, frcp_id).revision
    common = {"actor": alice, "document_id": frcp_id, "group_key": "frcp.antecedents", "base": revision, "editor": "page"}
    documents.move_row(row_id=ids[2], position=0, **common)  # type: ignore[arg-type]  # one mapping for both calls
    documents.remove_row(row_id=ids[0], **common)  # type: ignore[arg-type]  # one mapping for both calls
    rows = _answers(frcp_id)["frcp.antecedents"]
    assert [row["id"] for row in rows] == [ids[2], ids[1]]
    assert rows[1]["values"]["frcp.antecedents.libelle"] == "deuxième"


def test_removing_a_row_somebody_changed_is_a_conflict(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    added = documents.add_row(actor=alice, document_id=frcp_id, group_key="frcp.antecedents", editor="a")
    row_id, base = added.added_rows["frcp.antecedents"], added.revision
    path = f"frcp.antecedents/{row_id}/frcp.antecedents.libelle"
    assert _save(bob, frcp_id, path, "diabète", base, "b").saved
    result = documents.remove_row(
        actor=alice, document_id=frcp_id, group_key="frcp.antecedents", row_id=row_id, base=base, editor="a"
    )
    assert result.conflicts
    assert _answers(frcp_id)["frcp.antecedents"][0]["values"] == {"frcp.antecedents.libelle": "diabète"}


def test_a_value_in_a_row_that_was_removed_is_refused(alice: User, bob: User, frcp_id: uuid.UUID) -> None:
    added = documents.add_row(actor=alice, document_id=frcp_id, group_key="frcp.antecedents", editor="a")
    row_id = added.added_rows["frcp.antecedents"]
    documents.remove_row(
        actor=bob, document_id=frcp_id, group_key="frcp.antecedents", row_id=row_id, base=added.revision, editor="b"
    )
    path = f"frcp.antecedents/{row_id}/frcp.antecedents.libelle"
    assert "supprimée" in _save(alice, frcp_id, path, "diabète", added.revision, "a").refused[path]


def test_a_group_has_a_limit(alice: User, frcp_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ROW_LIMIT", 1)
    documents.add_row(actor=alice, document_id=frcp_id, group_key="frcp.antecedents")
    with pytest.raises(ValueError, match="Aucune ligne"):
        documents.add_row(actor=alice, document_id=frcp_id, group_key="frcp.antecedents")


def test_the_title_follows_the_rcp(alice: User, frcp_id: uuid.UUID) -> None:
    changes = [
        Change("frcp.rcp.rrc_nom", "ONCO TEST", 0),
        Change("frcp.rcp.gestionnaire_nom", "3C TEST", 0),
        Change("frcp.rcp.denomination", "Sein", 0),
    ]
    documents.save_answers(actor=alice, document_id=frcp_id, changes=changes)
    assert documents.open_document(alice, frcp_id).line.title == "FRCP ONCO TEST / 3C TEST / Sein"


def test_a_taken_over_value_that_is_changed_says_so(alice: User, frcp_id: uuid.UUID) -> None:
    documents.save_answers(actor=alice, document_id=frcp_id, changes=[Change(COMMENT, "repris", 0)], origin="reprise")
    assert documents.open_document(alice, frcp_id).provenance[COMMENT]["origin"] == "reprise"
    revision = documents.open_document(alice, frcp_id).revision
    _save(alice, frcp_id, COMMENT, "corrigé", revision)
    assert documents.open_document(alice, frcp_id).provenance[COMMENT]["origin"] == "modifie"
