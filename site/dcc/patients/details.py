"""What surrounds an identity: address, telecoms, contacts, local identifiers; controlled by the shapes of answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dcc.contracts.snapshots import InstanceId, RelatedPerson
from dcc.patients.models import Contact, LocalIdentifier, Patient
from dcc.patients.traits import IdentityErrors
from forms_config.schema.actors import check_coded, check_organisation, check_professional

KINDS = ("confiance", "urgence", "representant")
MAX_CONTACTS = 20


def write_details(patient: Patient, *, address: Mapping[str, Any] | None, telecoms: Sequence[Mapping[str, str]]) -> None:
    """Put an address and telecoms (shapes of answers) into the row, which is not saved. Raises ``IdentityErrors``."""
    try:
        checked = check_organisation({"name": "-", "address": address, "telecoms": list(telecoms)})
    except ValueError as error:
        raise IdentityErrors({"address": str(error)}) from error
    patient.address = checked.get("address")
    patient.telecoms = checked.get("telecoms", [])


def write_contacts(patient: Patient, contacts: Sequence[RelatedPerson]) -> None:
    """Replace the contacts of a saved patient. Raises ``IdentityErrors`` (``contacts``)."""
    if len(contacts) > MAX_CONTACTS:
        raise IdentityErrors({"contacts": f"{MAX_CONTACTS} personnes au plus"})
    rows = [_contact(patient, rank, person) for rank, person in enumerate(contacts, start=1)]
    patient.contacts.all().delete()
    Contact.objects.bulk_create(rows)


def _contact(patient: Patient, rank: int, person: RelatedPerson) -> Contact:
    if person.kind not in KINDS:
        raise IdentityErrors({"contacts": f"Rôle inconnu : {person.kind}"})
    parts = {
        "family": person.family,
        "given": person.given,
        "prefix": person.prefix,
        "address": person.address,
        "telecoms": list(person.telecoms),
    }
    try:
        checked = check_professional(parts)
        relation = check_coded(person.relation, free=True) if person.relation else None
    except ValueError as error:
        raise IdentityErrors({"contacts": str(error)}) from error
    return Contact(patient=patient, rank=rank, kind=person.kind, relation=relation, **checked)


def add_identifiers(patient: Patient, identifiers: Sequence[InstanceId]) -> None:
    """Add local identifiers that the patient does not have yet; whose they are was checked by the caller."""
    for identifier in identifiers:
        LocalIdentifier.objects.get_or_create(
            root=identifier.root, extension=identifier.extension or "", defaults={"patient": patient}
        )
