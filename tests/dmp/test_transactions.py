"""The client of the plugin against the stand-in, over mutual TLS: what is deposited is found, read, changed and replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dcc.contracts import xds
from dcc.contracts.errors import Refused
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions.client import ProxyDmp
from plugins.dmp.transactions.types import Caller
from tests.dmp.fixtures import RunningDmp
from tests.fixtures import reference_dir

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
FRCP = "CANCER-FRCP_2025.01_Appareil.xml"
HIDDEN = xds.Code("INVISIBLE_PATIENT", "1.2.250.1.213.1.1.4.13", "Non visible par le patient")
AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def client_of(running: RunningDmp, **changes: Any) -> ProxyDmp:
    settings = DmpSettings(**running.settings(**changes))
    return ProxyDmp(lambda: settings)


def lot_of(document: bytes, unique_id: str = "2.25.1", **changes: Any) -> xds.Submission:
    entry = replace(xds.describe(document), **changes)
    return xds.submission([entry], submitted_at=AT, unique_id=unique_id)


def caller_of(running: RunningDmp, national_id: str = "801234567897") -> Caller:
    return Caller(
        national_id=national_id,
        family="MULLER",
        given="Charles",
        profession="10",
        structure="1120456789",
        structure_name="Centre Hospitalier d'Angers",
        sector="SA01",
        specialty="SM36",
        author_specialty="G15_10/SM36",
        proxy_session=running.connect(national_id),
    )


def test_a_document_lives_in_the_dmp(running_dmp: RunningDmp) -> None:
    document = (reference_dir() / "cda-kit" / "ExemplesCDA" / FRCP).read_bytes()
    dmp, caller = client_of(running_dmp), caller_of(running_dmp)
    lot = lot_of(document, confidentiality=(xds.Code("N", "2.16.840.1.113883.5.25", "Normal"), HIDDEN))
    entry = lot.entries[0]
    ins = entry.patient_id
    assert ins is not None
    assert dmp.existence(caller, ins).exists
    assert dmp.reference_of(caller, ins, entry.unique_id) == ""
    dmp.submit(caller, ins, lot, {entry.unique_id: document})
    assert running_dmp.service.store.content(entry.unique_id) == document
    assert dmp.reference_of(caller, ins, entry.unique_id).startswith("urn:uuid:")
    dmp.authorise(caller, ins)
    assert dmp.existence(caller, ins).authorisation == "VALIDE"
    (found,) = dmp.find_documents(caller, ins, types=["34794-8"])
    assert [code.code for code in found.entry.confidentiality] == ["N", "INVISIBLE_PATIENT"]
    assert dict(dmp.retrieve(caller, ins, [entry.unique_id])) == {entry.unique_id: document}
    dmp.change_visibility(caller, ins, found, replace(found.entry, confidentiality=found.entry.confidentiality[:1]))
    (revealed,) = dmp.describe(caller, ins, [entry.unique_id])
    assert ([code.code for code in revealed.entry.confidentiality], revealed.version) == (["N"], 2)
    assert revealed.logical_id == found.logical_id
    with pytest.raises(Refused) as stale:
        dmp.change_visibility(caller, ins, found, replace(found.entry, confidentiality=found.entry.confidentiality[:1]))
    assert stale.value.cause == "dmp_version"
