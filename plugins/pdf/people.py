"""Professionals, structures, addresses and telecoms as a reader sees them on paper. Pure: shapes are those of form values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from forms_config.schema.values import display, display_professional

NBSP = "\N{NO-BREAK SPACE}"
_PS_NATIONAL_ID = "1.2.250.1.71.4.2.1"
_STRUCTURE_NATIONAL_ID = "1.2.250.1.71.4.2.2"
_PS_PREFIXES: Mapping[str, str] = {"8": "RPPS", "0": "ADELI"}
_STRUCTURE_PREFIXES: Mapping[str, str] = {"1": "FINESS", "2": "SIREN", "3": "SIRET"}
"""First digit of the national identifiers of the CI-SIS (PS_IdNat, Struct_IdNat) and the directory it stands for."""


@dataclass(frozen=True, slots=True)
class Person:
    """A professional or a structure: ``name`` in clear, then ``details`` in decreasing order of use, and a free comment."""

    name: str
    details: tuple[str, ...] = ()
    comment: str = ""
    role: str = ""


def person_of(value: Mapping[str, Any], *, role: str = "") -> Person:
    """A ``professional`` or ``organisation`` value (or a null flavour) as a :class:`Person`."""
    if "family" in value:
        organisation = value.get("organisation") or {}
        name = display_professional({**value, "organisation": None})
        details = _known(
            display(value.get("profession")),
            organisation.get("name"),
            identifier_text(value.get("id"), _PS_NATIONAL_ID, _PS_PREFIXES),
            *telecom_texts(value.get("telecoms")),
            address_text(value.get("address")),
            *_organisation_details(organisation),
        )
        return Person(name, details, str(value.get("comment") or ""), role)
    if "name" in value:
        return Person(str(value["name"]), _known(*_organisation_details(value)), "", role)
    return Person(display(value), role=role)


def _organisation_details(value: Mapping[str, Any]) -> Iterator[str]:
    yield identifier_text(value.get("id"), _STRUCTURE_NATIONAL_ID, _STRUCTURE_PREFIXES)
    yield display(value.get("sector"))
    yield address_text(value.get("address"))
    yield from telecom_texts(value.get("telecoms"))


def identifier_text(value: Any, national_root: str, prefixes: Mapping[str, str]) -> str:
    """« RPPS 10001234567 » for a national identifier, the bare identifier otherwise."""
    if not isinstance(value, Mapping) or not value.get("extension"):
        return ""
    extension = str(value["extension"])
    directory = prefixes.get(extension[0], "") if value.get("root") == national_root else ""
    return f"{directory}{NBSP}{extension[1:]}" if directory else f"{_('identifiant')}{NBSP}{extension}"


def address_text(value: Any) -> str:
    """An address on one line; ``value`` has the form value's shape."""
    if not isinstance(value, Mapping):
        return ""
    if value.get("lines"):
        return ", ".join(str(line) for line in value["lines"])
    street = " ".join(str(value[k]) for k in ("house_number", "street") if value.get(k))
    town = " ".join(str(value[k]) for k in ("postal_code", "city") if value.get(k))
    return ", ".join(_known(value.get("unit"), value.get("locator"), street, town, value.get("county"), value.get("country")))


def telecom_texts(values: Sequence[Mapping[str, str]] | None) -> tuple[str, ...]:
    """Phone numbers grouped by two digits, mail and web addresses without their scheme."""
    return _known(*(telecom_text(str(item.get("value", ""))) for item in values or ()))


def telecom_text(value: str) -> str:
    """« tél. 02 41 00 00 00 » for ``tel:0241000000``, the bare address otherwise."""
    scheme, colon, address = value.partition(":")
    if not colon or scheme.startswith("http"):
        return value
    if scheme in ("tel", "fax"):
        label = _("tél.") if scheme == "tel" else _("fax")
        return f"{label}{NBSP}{_grouped(address)}"
    return address


def _grouped(number: str) -> str:
    if len(number) == 10 and number.isdigit():
        return NBSP.join(number[i : i + 2] for i in range(0, 10, 2))
    return number


def _known(*texts: Any) -> tuple[str, ...]:
    """Texts that say something, once each, in their order."""
    return tuple(dict.fromkeys(str(text) for text in texts if text))
