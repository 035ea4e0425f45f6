"""How the structure of a form speaks: a finding names the question as the editor knows it."""

from __future__ import annotations

from dcc.contracts.snapshots import Finding
from forms_config.schema.model import Question

SOURCE = "structure du formulaire"


def finding(code: str, question: Question | None, message: str, section_key: str | None = None) -> Finding:
    """An error that names the question as the editor knows it."""
    words = f"« {question.label} » : {message}" if question else message
    return Finding(code, "error", words, question.key if question else None, section_key, source=SOURCE)
