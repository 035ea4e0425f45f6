"""The patient of a call as the header of any other flow: the patients room recognises both by the same rules. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dcc.accounts.api import Facility
from dcc.accounts.calls import api as calls
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import IdentityTraits, InstanceId, PatientSnapshot
from dcc.patients import api as patients

TRAITS = ("birth_name", "first_given_name", "given_names", "sex", "birth_date", "birth_place_code", "birth_place_name")
USED = ("used_name", "used_given_name")
INS = ("ins_oid", "ins_matricule")
KNOWN = frozenset({*TRAITS, *USED, *INS, "ipp"})
LONGEST = 200


def header_of(patient: Mapping[str, Any], facility: Facility) -> PatientSnapshot:
    """What a call says of its patient; raises ``CallRefused("patient")`` naming what is at fault, never quoting it.

    The local number counts under the establishment's own OID. The INS serves to recognise the patient: a call is no proof of
    identity, and qualifies nobody (decision 0234).
    """
    for name, value in patient.items():
        if name not in KNOWN or not isinstance(value, str) or len(value) > LONGEST:
            raise calls.CallRefused("patient", f"(« {name[:40]} »)")
    said = {name: str(patient.get(name, "")).strip() for name in KNOWN}
    if bool(said["ins_oid"]) != bool(said["ins_matricule"]):
        raise calls.CallRefused("patient", "(« ins_oid » et « ins_matricule » vont ensemble)")
    if said["ipp"] and not facility.identifier_oid:
        raise calls.CallRefused("patient", "(« ipp » : la structure n'a pas d'OID d'émission des IPP)")
    header = PatientSnapshot(
        patient_id=None,
        traits=IdentityTraits(**{name: said[name] for name in TRAITS}),  # type: ignore[arg-type]  # the patients room reads it
        status="provisoire",
        used_name=said["used_name"],
        used_given_name=said["used_given_name"],
        ins=InstanceId(said["ins_oid"], said["ins_matricule"]) if said["ins_oid"] else None,
        identifiers=(InstanceId(facility.identifier_oid, said["ipp"]),) if said["ipp"] else (),
    )
    try:
        patients.check_header(header)
    except Refused as error:
        raise calls.CallRefused("patient", error.reason) from error
    return header
