"""Who sees a document, changed through the client of the plugin: masked and back, archived; what is refused before it is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dcc.contracts import xds
from dcc.contracts.errors import Refused
from plugins.dmp.transactions.types import Caller, FoundEntry
from tests.dmp.fixtures import RunningDmp
from tests.dmp.test_transactions import FRCP, HIDDEN, INS, caller_of, client_of, lot_of
from tests.fixtures import reference_dir

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
NORMAL = xds.Code("N", "2.16.840.1.113883.5.25", "Normal")
MASKED = xds.Code("MASQUE_PS", "1.2.250.1.213.1.1.4.13", "Masqué aux professionnels de santé")
PATIENT, OTHER = "279035121518989", "810000000003"


def deposited(running: RunningDmp, *codes: xds.Code, both: bool = False) -> tuple[Caller, FoundEntry]:
    """A document of the caller, and what the registry says of it."""
    document = (reference_dir() / Path("cda-kit/ExemplesCDA") / FRCP).read_bytes()
    dmp, caller = client_of(running, both_hidden=both), caller_of(running)
    lot = lot_of(document, confidentiality=(NORMAL, *codes))
    dmp.submit(caller, INS, lot, {lot.entries[0].unique_id: document})
    dmp.authorise(caller, INS)
    (found,) = dmp.describe(caller, INS, [lot.entries[0].unique_id])
    return caller, found


def shown(running: RunningDmp) -> tuple[int, int]:
    """How many documents the patient sees, and a professional who wrote none of them."""
    return len(running.service.patient_sees(PATIENT)), len(running.service.professional_sees(PATIENT, OTHER))


def test_a_document_is_masked_and_unmasked_by_its_author(running_dmp: RunningDmp) -> None:
    caller, found = deposited(running_dmp)
    dmp = client_of(running_dmp)
    assert shown(running_dmp) == (1, 1)
    dmp.change_visibility(caller, INS, found, replace(found.entry, confidentiality=(NORMAL, MASKED)))
    assert shown(running_dmp) == (1, 0)
    (masked,) = dmp.describe(caller, INS, [found.entry.unique_id])
    dmp.change_visibility(caller, INS, masked, replace(masked.entry, confidentiality=(NORMAL,)))
    assert shown(running_dmp) == (1, 1)


def test_a_document_is_archived(running_dmp: RunningDmp) -> None:
    caller, found = deposited(running_dmp)
    dmp = client_of(running_dmp)
    dmp.change_status(caller, INS, dmp.reference_of(caller, INS, found.entry.unique_id), "Archived")
    assert shown(running_dmp) == (0, 0)
    (archived,) = dmp.describe(caller, INS, [found.entry.unique_id])
    assert archived.status == "Archived"


def test_what_the_patient_saw_is_not_hidden_again(running_dmp: RunningDmp) -> None:
    caller, found = deposited(running_dmp)
    running_dmp.service.received = []
    with pytest.raises(Refused, match="ne lui est plus caché"):
        client_of(running_dmp).change_visibility(
            caller, INS, found, replace(found.entry, confidentiality=(*found.entry.confidentiality, HIDDEN))
        )
    assert running_dmp.service.received == [], "nothing is sent"


def test_a_document_is_not_hidden_from_all(running_dmp: RunningDmp) -> None:
    caller, found = deposited(running_dmp, HIDDEN)
    with pytest.raises(Refused, match="à la fois"):
        client_of(running_dmp).change_visibility(
            caller, INS, found, replace(found.entry, confidentiality=(*found.entry.confidentiality, MASKED))
        )


def test_hidden_from_all_is_a_setting(running_dmp: RunningDmp) -> None:
    with pytest.raises(Refused, match="à la fois") as refusal:
        deposited(running_dmp, HIDDEN, MASKED)
    assert refusal.value.cause == "not_conformant"
    assert running_dmp.service.received == []
    running_dmp.service.both_hidden = True
    deposited(running_dmp, HIDDEN, MASKED, both=True)
    assert shown(running_dmp) == (0, 0)
