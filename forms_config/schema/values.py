"""Answer values: their JSON shapes, their control, their French display.

======================  =============================================================================================
datatype                value
======================  =============================================================================================
string, text            non-empty text; ``string`` has one line
boolean, integer        JSON boolean, JSON integer
decimal                 text of a decimal number, ``"24.5"``
file                    ``{"file": id of an attachment of the document, "name"}``
date, datetime          see :mod:`.dates`
coded                   ``{"code", "system", "label"}`` and optional ``"text"`` (the words used, when not the label);
                        or ``{"text"}`` alone where the question is ``free``
professional            ``{"family", "given"?, "prefix"?, "suffix"?, "id"?, "profession"?, "address"?, "telecoms"?,
                        "organisation"?, "comment"?}``: ``id`` is ``{"root", "extension"}``, ``profession`` coded
organisation            ``{"name", "id"?, "address"?, "telecoms"?, "sector"?}``
address                 ``{"use"?, "house_number"?, "street"?, "unit"?, "locator"?, "postal_code"?, "city"?, "country"?,
                        "county"?}`` or ``{"use"?, "lines": [...]}``
telecoms                list of ``{"value": "tel:…", "use"?}``
any, if nulls allow it  ``{"null": "NA" | "UNK" | …}``
======================  =============================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from forms_config.schema.actors import (
    ADDRESS_KEYS,
    ORGANISATION_KEYS,
    PROFESSIONAL_KEYS,
    check_coded,
    check_organisation,
    check_professional,
)
from forms_config.schema.dates import check_date, check_datetime, french
from forms_config.schema.model import Question
from forms_config.schema.texts import STRING_LIMIT, TEXT_LIMIT, clean_string, clean_text

__all__ = [
    "ADDRESS_KEYS",
    "NULL_LABELS",
    "ORGANISATION_KEYS",
    "PROFESSIONAL_KEYS",
    "STRING_LIMIT",
    "TEXT_LIMIT",
    "check_value",
    "display",
    "display_answer",
    "display_professional",
]

MAX_ITEMS = 200
_DECIMAL = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,6})?\Z", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.ASCII)
NULL_LABELS = {
    "NA": "Sans objet",
    "UNK": "Inconnu",
    "NAV": "Non disponible",
    "OTH": "Autre",
    "ASKU": "Non communiqué",
    "NI": "Sans information",
    "NASK": "Non demandé",
    "MSK": "Masqué",
}


def check_value(question: Question, value: Any) -> Any:
    """Return the value in its normal form, or nothing when it is empty; raises ``ValueError`` in French when it does not fit.

    For a ``multiple`` question of a simple type, ``value`` is a list; rows of groups are checked column by column by the caller.
    """
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, Mapping) and "null" in value:
        if value["null"] not in question.nulls:
            raise ValueError("Une valeur est attendue ici")
        return {"null": value["null"]}
    if question.multiple and question.datatype != "group":
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise ValueError(f"Une liste de {MAX_ITEMS} valeurs au plus est attendue")
        checked = [_CHECKS[question.datatype](question, item) for item in value]
        return [item for item in checked if item is not None] or None
    return _CHECKS[question.datatype](question, value)


def _check_text(question: Question, value: Any) -> str | None:
    return (clean_string(value) if question.datatype == "string" else clean_text(value)) or None


def _check_boolean(_: Question, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("Répondre par oui ou par non")
    return value


def _check_integer(_: Question, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("Un nombre entier est attendu")
    if not -2_000_000_000 <= value <= 2_000_000_000:
        raise ValueError("Nombre hors des bornes")
    return value


def _check_decimal(_: Question, value: Any) -> str:
    if not isinstance(value, str) or not _DECIMAL.match(value):
        raise ValueError("Un nombre est attendu, par exemple 24,5")
    whole, _sep, rest = value.lstrip("+").partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return sign + (digits.lstrip("0") or "0") + (f".{rest}" if rest else "")


def _check_file(_: Question, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not _UUID.match(str(value.get("file", ""))):
        raise ValueError("Choisir une pièce jointe du document")
    return {"file": str(value["file"]), "name": clean_string(value.get("name")) or "pièce jointe"}


def _check_date(_: Question, value: Any) -> str:
    return check_date(value if isinstance(value, str) else "")


def _check_datetime(_: Question, value: Any) -> str:
    return check_datetime(value if isinstance(value, str) else "")


def _check_coded(question: Question, value: Any) -> dict[str, str] | None:
    return check_coded(value, free=question.free)


def _check_professional(_: Question, value: Any) -> dict[str, Any]:
    return check_professional(value)


def _check_organisation(_: Question, value: Any) -> dict[str, Any]:
    return check_organisation(value)


def _check_group(_: Question, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("Une liste de lignes est attendue")
    return value


_CHECKS = {
    "string": _check_text,
    "text": _check_text,
    "boolean": _check_boolean,
    "integer": _check_integer,
    "decimal": _check_decimal,
    "file": _check_file,
    "date": _check_date,
    "datetime": _check_datetime,
    "coded": _check_coded,
    "professional": _check_professional,
    "organisation": _check_organisation,
    "group": _check_group,
}


def display(value: Any) -> str:
    """A value as a French reader sees it, on screen, in the narrative and in the PDF alike; empty for no answer."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, list):
        return ", ".join(display(item) for item in value)
    if isinstance(value, Mapping):
        return _display_mapping(value)
    return str(value)


def display_answer(question: Question, value: Any) -> str:
    """As :func:`display`, knowing the question: dates are written the French way, numbers with their unit."""
    if question.datatype in ("date", "datetime"):
        if isinstance(value, list):
            return ", ".join(french(item) for item in value)
        if isinstance(value, str):
            return french(value)
    text = value.replace(".", ",") if question.datatype == "decimal" and isinstance(value, str) else display(value)
    measured = question.unit and text and not isinstance(value, Mapping)
    return f"{text}\u00a0{question.unit}" if measured else text


def _display_mapping(value: Mapping[str, Any]) -> str:
    if "null" in value:
        return NULL_LABELS.get(value["null"], str(value["null"]))
    if "code" in value or "text" in value:
        return str(value.get("text") or value.get("label") or value["code"])
    if "family" in value:
        return display_professional(value)
    return str(value.get("name", ""))


def display_professional(value: Mapping[str, Any]) -> str:
    """« DR Michel ZENBERGER (Centre hospitalier) »: title, given name, family name, structure."""
    name = " ".join(str(value[k]) for k in ("suffix", "given", "family") if value.get(k))
    organisation = (value.get("organisation") or {}).get("name")
    return f"{name} ({organisation})" if organisation else name
