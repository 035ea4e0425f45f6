"""Cards of people and structures as documents carry them, with the official labels of their codes."""

from __future__ import annotations

from typing import Any

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility, User
from dcc.documents.models import DocumentVersion
from forms_config.schema.values import display_professional
from forms_config.terminology import api as terminology

_VALUE_SETS = ("JDV_J01_XdsAuthorSpecialty_CISIS", "JDV_J04_XdsPracticeSettingCode_CISIS")


def professional_card(user: User) -> dict[str, Any]:
    """The ``professional`` mapping of a user who is a practitioner; empty for anybody else, who is never a CDA author."""
    return accounts.professional_value(user.practitioner, label=code_label) if user.practitioner else {}


def organisation_card(facility: Facility) -> dict[str, Any]:
    """The ``organisation`` mapping of a facility."""
    return accounts.organisation_value(facility, label=code_label)


def person_name(user: User) -> str:
    """How a user is called on screen: the practitioner's name, else the account's."""
    return str(user.practitioner or user.get_full_name() or user.username)


def validator_name(version: DocumentVersion) -> str:
    """Who validated a version, as he is called on screen: here, or where the document came from; empty when nobody is told."""
    if version.validated_by is not None:
        return person_name(version.validated_by)
    signed = version.received.get("legal_authenticator")
    return display_professional(signed["professional"]) if signed and version.validated_at else ""


def code_label(system: str, code: str) -> str:
    """Label of a profession or sector code in the current value sets; empty when it is in none."""
    found = (terminology.lookup(name, code, system=system) for name in _VALUE_SETS)
    return next((concept.label for concept in found if concept is not None), "")
