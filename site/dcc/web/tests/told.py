"""An FRCP that has much to tell its PPS: treatments, propositions, an examination, wishes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.documents.api import Change
from forms_config.terminology import api as terminology
from tests.fixtures import validate

ROWS: dict[str, list[dict[str, Any]]] = {
    "frcp.propositions": [
        {"intention": 1, "sequence": 1, "type": "C15632", "precision": "4 cures EC", "debut": "2026-12-01", "fin": "2027-02"},
        {"intention": 2, "sequence": 1, "type": "C547"},
    ],
    "frcp.traitements": [
        {"type": "387713003", "statut": "completed", "debut": "2026-09-03"},
        {"type": "C15313", "statut": "cancelled"},
        {"type": "C15252", "statut": "active", "debut": "2026-10", "precision": "Équipe mobile"},
    ],
    "frcp.examens": [{"libelle": "IRM mammaire", "au_plus_tard": "2026-12"}],
}
LISTS = {"type": "jdv-type-traitement-frcp-cisis", "statut": "statut-acte"}


def answer(column: str, value: Any) -> Any:
    """A value of the table above as an answer."""
    concept = terminology.lookup(LISTS[column], value) if column in LISTS else None
    return concept.value if concept else value


def tell_all(author: User, physician: User, frcp_id: UUID) -> None:
    """Write all of it and validate the FRCP."""
    for group, rows in ROWS.items():
        for row in rows:
            values = {f"{group}.{column}": answer(column, value) for column, value in row.items()}
            assert not documents.add_row(actor=author, document_id=frcp_id, group_key=group, values=values).refused
    comments = {
        "frcp.patient.commentaire": "Vit seule",
        "frcp.souhaits.texte": "Continuer à nager",
        "frcp.souhaits.date": "2026-11",
    }
    revision = documents.open_document(author, frcp_id).revision
    changes = [Change(key, value, revision) for key, value in comments.items()]
    assert not documents.save_answers(actor=author, document_id=frcp_id, changes=changes).refused
    validate(author, physician, frcp_id)
