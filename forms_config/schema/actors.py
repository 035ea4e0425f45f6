"""Control of what a header actor is made of: identifiers, addresses, telecoms, professionals, organisations.

Shapes are those of the table in :mod:`.values`. A received document may hold an unusual telecom or address: their parts are
controlled as texts, their kinds are not judged here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from forms_config.schema.texts import clean_string

PROFESSIONAL_KEYS = {"family", "given", "prefix", "suffix", "id", "profession", "address", "telecoms", "organisation", "comment"}
ORGANISATION_KEYS = {"name", "id", "address", "telecoms", "sector"}
ADDRESS_KEYS = {"use", "house_number", "street", "unit", "locator", "postal_code", "city", "country", "county", "lines"}
MAX_TELECOMS = 20
MAX_LINES = 10
_UID = re.compile(
    r"(?:[0-2](?:\.(?:0|[1-9]\d*))+|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[A-Za-z][A-Za-z0-9-]*)\Z", re.ASCII
)
"""The three kinds of HL7 ``uid``: OID, UUID, reserved name."""


def check_professional(value: Any) -> dict[str, Any]:
    """A professional in its normal form; raises ``ValueError`` in French."""
    return _check_parts(value, _PROFESSIONAL, "family", "Nom du professionnel attendu")


def check_organisation(value: Any) -> dict[str, Any]:
    """An organisation in its normal form; raises ``ValueError`` in French."""
    return _check_parts(value, _ORGANISATION, "name", "Nom de la structure attendu")


def check_coded(value: Any, *, free: bool = False) -> dict[str, str] | None:
    """A coded value in its normal form, nothing when it is empty; raises ``ValueError`` in French.

    Shape only: whether the code belongs to its value set is asked of the terminology room.
    """
    if not isinstance(value, Mapping):
        raise ValueError("Choisir une valeur de la liste")
    data = {key: text for key in ("code", "system", "label", "text") if (text := clean_string(value.get(key)))}
    if "code" in data:
        if not _is_root(data.get("system", "")):
            raise ValueError("Le code est donné sans son système de codage")
        data.setdefault("label", data["code"])
        if data.get("text") == data["label"]:
            del data["text"]
        return data
    if not data:
        return None
    if "text" in data and free:
        return {"text": data["text"]}
    raise ValueError("Choisir une valeur de la liste")


def _is_root(value: str) -> bool:
    return bool(_UID.match(value))


def _check_parts(value: Any, checks: Mapping[str, Callable[[Any], Any]], name: str, what: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not clean_string(value.get(name)):
        raise ValueError(what)
    unknown = {str(key) for key in value} - checks.keys()
    if unknown:
        raise ValueError(f"Donnée inattendue : {', '.join(sorted(unknown))}")
    parts = {key: check(value[key]) for key, check in checks.items() if value.get(key) not in (None, "", [], {})}
    return {key: part for key, part in parts.items() if part}


def _check_id(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) - {"root", "extension"} or not _is_root(clean_string(value.get("root"))):
        raise ValueError("Identifiant incorrect : une racine (OID) est attendue")
    return {key: text for key in ("root", "extension") if (text := clean_string(value.get(key)))}


def _check_address(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or set(value) - ADDRESS_KEYS:
        raise ValueError("Adresse incorrecte")
    if "lines" not in value:
        return {key: text for key in value if (text := clean_string(value[key]))}
    lines = value["lines"]
    if set(value) - {"use", "lines"} or not isinstance(lines, list) or len(lines) > MAX_LINES:
        raise ValueError("Adresse incorrecte : des lignes, ou des champs, pas les deux")
    kept = [text for line in lines if (text := clean_string(line))]
    use = clean_string(value.get("use"))
    return {**({"use": use} if use else {}), "lines": kept} if kept else {}


def _check_telecoms(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list) or len(value) > MAX_TELECOMS:
        raise ValueError("Coordonnées incorrectes : une liste est attendue")
    kept = []
    for item in value:
        if not isinstance(item, Mapping) or set(item) - {"value", "use"}:
            raise ValueError("Coordonnée incorrecte")
        parts = {key: text for key in ("value", "use") if (text := clean_string(item.get(key)))}
        if "value" in parts:
            kept.append(parts)
    return kept


def _check_profession(value: Any) -> dict[str, str] | None:
    return check_coded(value, free=True)


_ORGANISATION: dict[str, Callable[[Any], Any]] = {
    "name": clean_string,
    "id": _check_id,
    "address": _check_address,
    "telecoms": _check_telecoms,
    "sector": _check_profession,
}
_PROFESSIONAL: dict[str, Callable[[Any], Any]] = {
    "family": clean_string,
    "given": clean_string,
    "prefix": clean_string,
    "suffix": clean_string,
    "id": _check_id,
    "profession": _check_profession,
    "address": _check_address,
    "telecoms": _check_telecoms,
    "organisation": check_organisation,
    "comment": clean_string,
}
