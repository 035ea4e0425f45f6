"""Facts of the document itself, written as if they were answers: its status and the time of it (§0.4).

They are put among the values before encoding and taken out after decoding; no form asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcc.contracts.snapshots import DocumentSnapshot
from forms_config.schema.model import Question
from plugins.cda.codecs.coded import Coded
from plugins.cda.codecs.datatypes import SNOMED, from_ts, instant
from plugins.cda.codecs.statements import Relation, Statement, Text
from plugins.cda.codecs.times import Moment
from plugins.cda.volets.templates import SIMPLE, cisis

STATUS = "@statut"
STATUS_TIME = "@statut_date"

QUESTIONS: Mapping[str, Question] = {
    STATUS: Question(STATUS, "Statut du document", "coded"),
    STATUS_TIME: Question(STATUS_TIME, "Date du statut du document", "datetime"),
}

STATUS_CODES: Mapping[str, tuple[str, str]] = {
    "en_cours": ("385651009", "en cours d'exécution"),
    "complete": ("398166005", "réalisé"),
    "valide": ("9571008", "approuvé"),
    "cloture": ("29179001", "clôturé"),
}
"""Document state -> code of jdv-statut-document-cisis (1.2.250.1.213.1.1.5.93); an « annulé » document is never written."""

_STATES = {code: state for state, (code, _) in STATUS_CODES.items()}
_WORDS = {"en_cours": "En cours", "complete": "Complété", "valide": "Validé", "cloture": "Clôturé"}


def facts_of(document: DocumentSnapshot) -> dict[str, Any]:
    """The facts as values."""
    code, label = STATUS_CODES[document.status]
    words = _WORDS[document.status]
    return {
        STATUS: {"code": code, "label": label, "system": SNOMED, "text": words},
        STATUS_TIME: from_ts(instant(document.status_time)),
    }


def status_statement(comment: Relation) -> Statement:
    """FR-Statut-document, with the comment on the document under it."""
    return Statement(
        "observation",
        (*SIMPLE, "1.2.250.1.213.1.1.3.48.16"),
        cisis("GEN-065", "Statut du document"),
        Text("statut-document"),
        parts=(Moment(STATUS_TIME), Coded(STATUS, "statut-document", beside=True)),
        relations=(comment,),
    )


def state_of(facts: Mapping[str, Any]) -> str | None:
    """The document state the facts mean; nothing for an unknown one."""
    return _STATES.get((facts.get(STATUS) or {}).get("code", ""))
