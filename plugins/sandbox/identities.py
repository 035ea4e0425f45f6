"""What the demonstration shows of identities: one typed and to qualify, one that a flow contradicts, two who may be one person.

All are official test identities (CNDA), which the stand-in of INSi knows.
"""

from __future__ import annotations

from dcc.accounts.api import Facility, User
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from dcc.patients import api as patients

TYPED = IdentityTraits("D'ARTAGNAN DE L'HERAULT", "PIERRE-ALAIN", "", "M", "2001-06-17", "")
SLIPPED = IdentityTraits("ECETINSI", "PIERRE-ALAIN", "PIERRE-ALAIN", "M", "2009-07-04", "63220")
RECEIVED = IdentityTraits("ECETINSI", "PIERRE-ALAIN", "PIERRE-ALAIN MURIEL FLORIANT", "M", "2009-07-14", "63220")
RECEIVED_INS = InstanceId("1.2.250.1.213.1.4.8", "109076322083489")
TWINS = (
    IdentityTraits("TCHITCHI", "OLA", "OLA CATARINA BELLA", "F", "1936-06-21", "63220"),
    IdentityTraits("TCHITCHI", "CATARINA", "CATARINA BELLA", "F", "1936-06-21", "63220"),
)
IPP = "H-2009"
TOLD = "Identités à traiter : une à qualifier, une à rapprocher, un doublon possible"


def show_identities(facility: Facility, alice: User) -> str:
    """Make them through the doors, as people and a hospital would; says so. Called once, when the documents are made."""
    patients.create_patient(actor=alice, facility_id=facility.pk, traits=TYPED)
    known_id = patients.create_patient(actor=alice, facility_id=facility.pk, traits=SLIPPED)
    patients.add_local_identifier(actor=alice, patient_id=known_id, expected_revision=1, facility_id=facility.pk, number=IPP)
    header = PatientSnapshot(
        None, RECEIVED, "qualifiee", ins=RECEIVED_INS, identifiers=(InstanceId(facility.identifier_oid, IPP),)
    )
    try:
        patients.register_from_header(
            actor=None, facility_id=facility.pk, header=header, source="hl7", received="qualifiee", reason="hl7"
        )
    except patients.IdentityConflict:
        pass  # kept, to be reconciled: what is shown
    else:
        raise ValueError("L'identité reçue devait contredire celle qui est connue")
    first_id = patients.create_patient(actor=alice, facility_id=facility.pk, traits=TWINS[0])
    patients.create_patient(actor=alice, facility_id=facility.pk, traits=TWINS[1], despite=[first_id])
    return TOLD
