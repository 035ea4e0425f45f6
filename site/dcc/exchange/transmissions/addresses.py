"""Where recipients can be reached: the secure-mail boxes that directories know, else what the document itself says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings

from dcc.contracts.mailbox import Mailbox, MailboxSource
from dcc.contracts.registry import current
from dcc.contracts.snapshots import PatientSnapshot
from dcc.exchange.transmissions.recipients import Named, patient_address, single
from dcc.patients import api as patients
from rcp_directory import api as directory


@dataclass(frozen=True, slots=True)
class Addressed:
    """A recipient and his address (empty: none is known); ``unlisted``: used, never shown."""

    named: Named
    address: str
    unlisted: bool = False


def boxes(named: Named) -> Sequence[Mailbox]:
    """Boxes of a recipient, best first: his in the structure where the document names him, then his anywhere."""
    asked = [(named.practitioner, named.structure), (named.practitioner, "")] if named.structure else [(named.practitioner, "")]
    if not named.practitioner:
        asked = []
    found = (
        box
        for practitioner, structure in asked
        for source in current().all(MailboxSource)
        for box in source.mailboxes(practitioner=practitioner, structure=structure)
    )
    return list({box.address.lower(): box for box in found}.values())


def address(named: Named) -> Addressed:
    """The best address of a recipient."""
    found = boxes(named)
    if found:
        return Addressed(named, found[0].address.lower(), found[0].unlisted)
    return Addressed(named, named.address.lower())


def address_all(recipients: Iterable[Named]) -> list[Addressed]:
    """All recipients with their addresses, none of a kind twice under one address."""
    kept: list[Addressed] = []
    at: dict[tuple[str, str], int] = {}
    for found in map(address, recipients):
        place = (found.named.kind, found.address)
        position = at.get(place) if found.address else None
        if position is None:
            at[place] = len(kept)
            kept.append(found)
            continue
        former = kept[position]
        roles = tuple(dict.fromkeys((*former.named.roles, *found.named.roles)))
        kept[position] = replace(former, named=replace(former.named, roles=roles))
    return kept


def patient(snapshot: PatientSnapshot) -> Named:
    """The patient, by his matricule; without address unless his INS is qualified, of a kind that has a box, and its key fits."""
    address = patient_address(snapshot.ins, test_identities=settings.DCC_TEST_IDENTITIES)
    return single("patient", address if _key_fits(address.partition("@")[0]) else "")


def _key_fits(matricule: str) -> bool:
    try:
        return patients.key_fits(matricule)
    except ValueError:
        return False


def pdc() -> Named:
    """The national cancer data platform, as the directory knows it."""
    box = directory.national_mailbox("pdc")
    return single("pdc", box.address if box else "")
