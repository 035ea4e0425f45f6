"""Control of texts: what may be written in XML 1.0 and in JSON alike, in one normal form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

TEXT_LIMIT = 20_000
STRING_LIMIT = 500

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 excludes, and the other control characters, which nobody means."""


def clean_text(value: Any, limit: int = TEXT_LIMIT) -> str:
    """A text of several lines in its normal form (NFC, ``\\n``, no outer white space), empty for nothing.

    Raises ``ValueError`` in French.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("Un texte est attendu")
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if _FORBIDDEN.search(text):
        raise ValueError("Caractère non imprimable dans le texte")
    if len(text) > limit:
        raise ValueError(f"Texte trop long : {len(text)} caractères, {limit} au plus")
    return text


def clean_string(value: Any) -> str:
    """A text of one line in its normal form, empty for nothing; raises ``ValueError`` in French."""
    if isinstance(value, str) and value.isprintable() and unicodedata.is_normalized("NFC", value):  # most are: nothing to mend
        text = " ".join(value.split())
    else:
        text = " ".join(clean_text(value).split())
    if len(text) > STRING_LIMIT:
        raise ValueError(f"Texte trop long : {len(text)} caractères, {STRING_LIMIT} au plus")
    return text


def has_forbidden(data: Any) -> bool:
    """Whether JSON values hold, at any depth, a character that no document can carry."""
    if isinstance(data, str):
        return _FORBIDDEN.search(data) is not None
    if isinstance(data, Mapping):
        return any(has_forbidden(part) for item in data.items() for part in item)
    return isinstance(data, list | tuple) and any(has_forbidden(part) for part in data)


def without_forbidden(text: str) -> str:
    """A text that can be shown whatever was in it: a mark stands for each such character."""
    return _FORBIDDEN.sub("\ufffd", text)


def unbroken(text: str) -> str:
    """A sentence whose French punctuation no line end parts from its words."""
    for mark in ":;?!»":
        text = text.replace(f" {mark}", f"\u00a0{mark}")
    return text.replace("« ", "«\u00a0")
