"""Professionals and organisations as sub-fields."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from forms_config.listing import Listing
from forms_config.rendering.coded import Rule, coded_parts, parse_coded
from forms_config.rendering.names import Raw, first, prefixed, within
from forms_config.schema.actors import ADDRESS_KEYS

PROFESSIONAL_ROOT = "1.2.250.1.71.4.2.1"
STRUCTURE_ROOT = "1.2.250.1.71.4.2.2"
"""Roots of national identifiers (CI-SIS, structuration minimale): professionals (RPPS) and structures (1 + FINESS)."""

PROFESSIONS = "JDV_J01_XdsAuthorSpecialty_CISIS"
SECTORS = "JDV_J04_XdsPracticeSettingCode_CISIS"
_NAMES = ("family", "given", "prefix", "suffix", "comment")
_TITLES = {"prefix", "suffix"}
_SCHEME = re.compile(r"[a-z]+:", re.ASCII)
_PHONE = re.compile(r"\+?\d{3,15}\Z", re.ASCII)


def parse_professional(raw: Raw, value_sets: Mapping[str, str], current: Any = None) -> dict[str, Any] | None:
    """The professional posted, nothing when all sub-fields are empty (titles apart); raises ``ValueError`` in French."""
    known = current if isinstance(current, Mapping) else {}
    value: dict[str, Any] = {name: text for name in _NAMES if (text := first(raw, name))}
    value |= _identified(raw, PROFESSIONAL_ROOT)
    value |= _coded(raw, "profession", PROFESSIONS, value_sets, known)
    organisation = parse_organisation(within(raw, "organisation"), value_sets, known.get("organisation"))
    if organisation:
        value["organisation"] = organisation
    return value if set(value) - _TITLES else None


def parse_organisation(raw: Raw, value_sets: Mapping[str, str], current: Any = None) -> dict[str, Any] | None:
    """The organisation posted, nothing when all sub-fields are empty; raises ``ValueError`` in French."""
    known = current if isinstance(current, Mapping) else {}
    value: dict[str, Any] = {"name": name} if (name := first(raw, "name")) else {}
    value |= _identified(raw, STRUCTURE_ROOT)
    value |= _coded(raw, "sector", SECTORS, value_sets, known)
    return value or None


def _coded(
    raw: Raw, part: str, values: str, value_sets: Mapping[str, str], known: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    coded = parse_coded(within(raw, part), Rule(Listing(values, value_sets.get(values) or None), free=True), known.get(part))
    return {part: coded} if coded else {}


def _identified(raw: Raw, root: str) -> dict[str, Any]:
    """Identifier, address and telecoms, which professionals and organisations share."""
    found: dict[str, Any] = {}
    extension, own_root = first(raw, "id"), first(raw, "id_root")
    if extension:
        found["id"] = {"root": own_root or root, "extension": extension}
    elif own_root and own_root != root:
        found["id"] = {"root": own_root}
    if address := _address(within(raw, "address")):
        found["address"] = address
    if telecoms := [_telecom(text) for text in raw.get("telecoms", ()) if text.strip()]:
        found["telecoms"] = telecoms
    return found


def _address(raw: Raw) -> dict[str, Any]:
    found: dict[str, Any] = {key: text for key in sorted(ADDRESS_KEYS - {"lines"}) if (text := first(raw, key))}
    if lines := [line.strip() for line in first(raw, "lines").splitlines() if line.strip()]:
        found["lines"] = lines
    return found if set(found) - {"use"} else {}


def _telecom(text: str) -> dict[str, str]:
    """``tel:…|WP``, a phone number or an e-mail address as typed."""
    value, _sep, use = text.strip().rpartition("|") if "|" in text else (text.strip(), "", "")
    if not _SCHEME.match(value):
        digits = re.sub(r"[\s.\-()]", "", value)
        if _PHONE.match(digits):
            value = f"tel:{digits}"
        elif "@" in value and " " not in value:
            value = f"mailto:{value}"
        else:
            raise ValueError(_("« %(text)s » : numéro de téléphone ou adresse électronique attendu") % {"text": value[:80]})
    return {"value": value, **({"use": use} if use else {})}


def professional_parts(value: Mapping[str, Any]) -> dict[str, list[str]]:
    """A professional as form fields; inverse of :func:`parse_professional`."""
    parts = {name: [value[name]] for name in _NAMES if name in value}
    parts |= _identity_parts(value)
    if "profession" in value:
        parts |= prefixed("profession", coded_parts(value["profession"]))
    if "organisation" in value:
        parts |= prefixed("organisation", organisation_parts(value["organisation"]))
    return parts


def organisation_parts(value: Mapping[str, Any]) -> dict[str, list[str]]:
    """An organisation as form fields; inverse of :func:`parse_organisation`."""
    parts = {"name": [value["name"]], **_identity_parts(value)}
    if "sector" in value:
        parts |= prefixed("sector", coded_parts(value["sector"]))
    return parts


def _identity_parts(value: Mapping[str, Any]) -> dict[str, list[str]]:
    parts: dict[str, list[str]] = {}
    if identifier := value.get("id"):
        parts |= {"id": [identifier.get("extension", "")], "id_root": [identifier["root"]]}
    address: Mapping[str, Any] = value.get("address", {})
    for key, text in address.items():
        parts[f"address.{key}"] = ["\n".join(text) if isinstance(text, list) else text]
    telecoms: Sequence[Mapping[str, str]] = value.get("telecoms", ())
    if telecoms:
        parts["telecoms"] = [_telecom_text(telecom) for telecom in telecoms]
    return parts


def _telecom_text(telecom: Mapping[str, str]) -> str:
    use = telecom.get("use", "")
    return f"{telecom['value']}|{use}" if use or "|" in telecom["value"] else telecom["value"]
