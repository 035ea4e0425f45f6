"""Titles of documents, made from their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcc.documents.kinds import FRCP, type_of
from rcp_directory import api as directory

RCP_QUESTION, RCP_LENGTH = "frcp.rcp.identifiant", 30


def rcp_of(document_type: str, answers: Mapping[str, Any]) -> str:
    """National identifier of the RCP that an FRCP is addressed to; empty for other types, and as long as it is not known."""
    identifier = answers.get(RCP_QUESTION) if document_type == FRCP.key else ""
    return identifier if isinstance(identifier, str) and len(identifier) <= RCP_LENGTH else ""


def title_of(document_type: str, answers: Mapping[str, Any]) -> str:
    """The title of a document; an FRCP is named by its RCP (see the directory), once it is known, others by their type."""
    if document_type == FRCP.key:
        known = all(answers.get(f"frcp.rcp.{key}") for key in ("rrc_nom", "gestionnaire_nom", "denomination"))
        return directory.frcp_title_of(answers) if known else "FRCP (RCP à préciser)"
    found = type_of(document_type)
    return found.document_title or found.title if found else document_type.upper()
