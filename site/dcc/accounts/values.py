"""Practitioners and facilities in the answer shapes ``professional`` and ``organisation`` of ``forms_config.schema.values``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dcc.accounts.models import Facility, Practitioner, User

PROFESSIONAL_ROOT = "1.2.250.1.71.4.2.1"
STRUCTURE_ROOT = "1.2.250.1.71.4.2.2"
PROFESSIONS = "1.2.250.1.213.1.1.4.5"
SECTORS = "1.2.250.1.213.1.1.4.9"

Label = Callable[[str, str], str]
"""``label(system, code)``: the label of a code; the terminology room has one."""


def professional_value(practitioner: Practitioner, *, label: Label | None = None) -> dict[str, Any]:
    """The ``professional`` value of a practitioner, structure included.

    ``label`` gives the labels of profession (JDV_J01) and sector (JDV_J04) codes; without it the code stands for its label.
    """
    value = {
        "family": practitioner.family,
        "given": practitioner.given,
        "prefix": practitioner.prefix,
        "suffix": practitioner.suffix,
        "id": _identifier(PROFESSIONAL_ROOT, practitioner.national_id),
        "profession": _coded(PROFESSIONS, practitioner.profession_code, label),
        "telecoms": _telecoms(practitioner.phone),
        "organisation": organisation_value(practitioner.facility, label=label) if practitioner.facility else None,
    }
    return _filled(value)


def professional_of(user: User, *, label: Label | None = None) -> dict[str, Any]:
    """The ``professional`` value of whoever signs in: the practitioner, or the name and the first facility of the account."""
    if user.practitioner is not None:
        return professional_value(user.practitioner, label=label)
    post = user.memberships.filter(facility__isnull=False).select_related("facility").order_by("pk").first()
    return _filled(
        {
            "family": user.last_name or user.username,
            "given": user.first_name,
            "organisation": organisation_value(post.facility, label=label) if post and post.facility else None,
        }
    )


def organisation_value(facility: Facility, *, label: Label | None = None) -> dict[str, Any]:
    """The ``organisation`` value of a facility; its identifier is ``1`` followed by the FINESS number (volet, id structure)."""
    address = {
        "use": "WP",
        "house_number": facility.house_number,
        "street": facility.street,
        "postal_code": facility.postal_code,
        "city": facility.city,
    }
    known = _filled({key: part for key, part in address.items() if key != "use"})
    return _filled(
        {
            "name": facility.name,
            "id": _identifier(STRUCTURE_ROOT, f"1{facility.finess}" if facility.finess else ""),
            "address": {"use": "WP", **known} if known else None,
            "telecoms": _telecoms(facility.phone),
            "sector": _coded(SECTORS, facility.sector, label),
        }
    )


def _identifier(root: str, extension: str) -> dict[str, str] | None:
    return {"root": root, "extension": extension} if extension else None


def _coded(system: str, code: str, label: Label | None) -> dict[str, str] | None:
    return {"code": code, "system": system, "label": (label(system, code) if label else "") or code} if code else None


def _telecoms(phone: str) -> list[dict[str, str]]:
    digits = "".join(c for c in phone if c.isdigit() or c == "+")
    return [{"value": f"tel:{digits}", "use": "WP"}] if digits else []


def _filled(value: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in value.items() if part}
