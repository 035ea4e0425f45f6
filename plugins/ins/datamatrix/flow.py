"""What was read, as a flow (R-145): a qualified identity of an unknown proof, handed to the door of the patients room."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.core import signing

from dcc.accounts import api as accounts
from dcc.contracts.datamatrix import InsDatamatrix, decode_payload
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import IdentityTraits, PatientSnapshot
from dcc.patients import api as patients

MINUTES = 15
_SALT = "plugins.ins.datamatrix"


def sealed(payload: str) -> str:
    """What was read, to be sent back by the page that shows it."""
    return signing.dumps(payload, salt=_SALT, compress=True)


def unsealed(seal: str) -> InsDatamatrix:
    """What was read; raises :class:`Refused` when it is not what this platform read, or was read too long ago."""
    try:
        payload: str = signing.loads(seal, salt=_SALT, max_age=MINUTES * 60)
    except signing.BadSignature:
        raise Refused("Cette lecture n'est plus valable : scanner de nouveau.") from None
    return decode_payload(payload)


def first_given_names(datamatrix: InsDatamatrix) -> Sequence[str]:
    """What may be the first given name: a compound one is maybe written with a space in the list (ins.md §1.5)."""
    return patients.characters.beginnings(datamatrix.given_names)


def header_of(datamatrix: InsDatamatrix, first_given_name: str = "") -> PatientSnapshot:
    """The picture of the person; ``first_given_name`` is one of :func:`first_given_names`, the shortest by default."""
    possible = first_given_names(datamatrix)
    traits = IdentityTraits(
        birth_name=datamatrix.birth_name,
        first_given_name=first_given_name if first_given_name in possible else possible[0],
        given_names=datamatrix.given_names,
        sex=datamatrix.sex,
        birth_date=datamatrix.birth_date,
        birth_place_code=datamatrix.birth_place_code,
    )
    return PatientSnapshot(patient_id=None, traits=traits, status="qualifiee", ins=datamatrix.ins)


def register(
    *, actor: accounts.User, facility_id: UUID, datamatrix: InsDatamatrix, first_given_name: str
) -> patients.Registration:
    """The patient who was scanned, known or created. Raises what ``patients.register_from_header`` raises."""
    header = header_of(datamatrix, first_given_name)
    return patients.register_from_header(
        actor=actor, facility_id=facility_id, header=header, source="datamatrix", reason="datamatrix"
    )
