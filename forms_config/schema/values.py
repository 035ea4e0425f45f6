"""Answer values: their JSON shapes, their control, their French display.

======================  =============================================================================================
datatype                value
======================  =============================================================================================
string, text            non-empty text; ``string`` has one line
boolean, integer        JSON boolean, JSON integer
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

import unicodedata
from collections.abc import Mapping
from typing import Any

from forms_config.schema.dates import check_date, check_datetime, french
from forms_config.schema.model import Question

TEXT_LIMIT = 20_000
STRING_LIMIT = 500
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

PROFESSIONAL_KEYS = {"family", "given", "prefix", "suffix", "id", "profession", "address", "telecoms", "organisation", "comment"}
ORGANISATION_KEYS = {"name", "id", "address", "telecoms", "sector"}
ADDRESS_KEYS = {"use", "house_number", "street", "unit", "locator", "postal_code", "city", "country", "county", "lines"}


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
        if not isinstance(value, list):
            raise ValueError("Une liste de valeurs est attendue")
        checked = [_CHECKS[question.datatype](question, item) for item in value]
        return [item for item in checked if item is not None] or None
    return _CHECKS[question.datatype](question, value)


def _check_text(question: Question, value: Any) -> str | None:
    if not isinstance(value, str):
        raise ValueError("Un texte est attendu")
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in text):
        raise ValueError("Caractère non imprimable dans le texte")
    if question.datatype == "string":
        text = " ".join(text.split())
    limit = STRING_LIMIT if question.datatype == "string" else TEXT_LIMIT
    if len(text) > limit:
        raise ValueError(f"Texte trop long : {len(text)} caractères, {limit} au plus")
    return text or None


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


def _check_date(_: Question, value: Any) -> str:
    return check_date(value if isinstance(value, str) else "")


def _check_datetime(_: Question, value: Any) -> str:
    return check_datetime(value if isinstance(value, str) else "")


def _check_coded(question: Question, value: Any) -> dict[str, str]:
    """Shape only: whether the code belongs to its value set is asked of the terminology room."""
    if not isinstance(value, Mapping):
        raise ValueError("Choisir une valeur de la liste")
    data = {key: str(value[key]).strip() for key in ("code", "system", "label", "text") if value.get(key)}
    if "code" in data:
        if "system" not in data:
            raise ValueError("Le code est donné sans son système de codage")
        data.setdefault("label", data["code"])
        if data.get("text") == data["label"]:
            del data["text"]
        return data
    if "text" in data and question.free:
        return {"text": data["text"]}
    raise ValueError("Choisir une valeur de la liste")


def _check_mapping(value: Any, keys: set[str], name: str, what: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not str(value.get(name) or "").strip():
        raise ValueError(f"{what} attendu")
    unknown = set(value) - keys
    if unknown:
        raise ValueError(f"Donnée inattendue : {', '.join(sorted(unknown))}")
    return {key: item.strip() if isinstance(item, str) else item for key, item in value.items() if item not in (None, "", [], {})}


def _check_professional(_: Question, value: Any) -> dict[str, Any]:
    return _check_mapping(value, PROFESSIONAL_KEYS, "family", "Nom du professionnel")


def _check_organisation(_: Question, value: Any) -> dict[str, Any]:
    return _check_mapping(value, ORGANISATION_KEYS, "name", "Nom de la structure")


def _check_group(_: Question, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("Une liste de lignes est attendue")
    return value


_CHECKS = {
    "string": _check_text,
    "text": _check_text,
    "boolean": _check_boolean,
    "integer": _check_integer,
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
    """As :func:`display`, knowing the question: dates are written the French way."""
    if question.datatype in ("date", "datetime") and isinstance(value, str):
        return french(value)
    return display(value)


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
