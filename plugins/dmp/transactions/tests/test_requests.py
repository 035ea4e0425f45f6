"""Every request against the official schemas, and every sample of the reference against ours, slot by slot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import etree

from dcc.contracts import xds
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions import depositing, mtom, query, retrieval, submission, update
from plugins.dmp.transactions.tests.exchanges import CALLER, INS, SETTINGS, cda, lot_of, sample, schema
from plugins.dmp.transactions.update import Status

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
FRCP = "CANCER-FRCP_2025.01_Appareil.xml"
SINCE = datetime(2024, 3, 1, tzinfo=UTC)
FRCP_ID = "1.2.250.1.213.1.1.1.8.2022.1.1"


def deposit(document: bytes, **changes: Any) -> etree._Element:
    """An ITI-41 with its document in base64, as schemas read it."""
    lot = lot_of(document)
    lot = xds.Submission(lot.lot, [replace(entry, **changes) for entry in lot.entries])
    made = submission.prepared(CALLER, INS, SETTINGS, lot)
    return mtom.inlined(submission.request(made), submission.contents(made, {made.entries[0].unique_id: document}))


def reveal() -> etree._Element:
    """An ITI-57 that makes the FRCP visible, from what the registry said of it."""
    said = etree.fromstring(etree.tostring(sample("iti57_rendre_visible_patient.xml")))
    (found,) = query.entries(said)
    lot = submission.lot_of(CALLER, INS, SETTINGS, xds.SubmissionSet("2.25.4", "", "20190301080000", "FRCP"))
    return update.metadata(lot, found, found.entry)


def restated(status: Status) -> etree._Element:
    """An ITI-57 that changes the status of a document."""
    lot = submission.lot_of(CALLER, INS, SETTINGS, xds.SubmissionSet("2.25.4", "", "20190301080000", "Archivage"))
    return update.status(lot, "urn:uuid:5d3c2b1a-0000-4000-8000-000000000002", status)


REQUESTS: Mapping[str, tuple[str, Callable[[], etree._Element]]] = {
    "deposit": ("IHE/IHEXDSB.xsd", lambda: deposit(cda(FRCP))),
    "replacement": ("IHE/IHEXDSB.xsd", lambda: deposit(cda(FRCP), replaces="urn:uuid:1f1f7d8e-6a1b-4f0a-9d7b-0a6f5a1c0002")),
    "retrieval": ("IHE/IHEXDSB.xsd", lambda: retrieval.request([FRCP_ID, "2.25.7"])),
    "documents": ("ebRS30/query.xsd", lambda: query.find_documents(INS, types=["34794-8", "18776-5"], since=SINCE)),
    "lots": ("ebRS30/query.xsd", lambda: query.find_lots(INS, since=SINCE)),
    "reference": ("ebRS30/query.xsd", lambda: query.get_documents(unique_ids=[FRCP_ID], returns="ObjectRef")),
    "associations": ("ebRS30/query.xsd", lambda: query.get_associations(["urn:uuid:1", "urn:uuid:2"])),
    "visibility": ("ebRS30/lcm.xsd", reveal),
    "archive": ("ebRS30/lcm.xsd", lambda: restated("Archived")),
    "deletion": ("ebRS30/lcm.xsd", lambda: restated("Deleted")),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_every_request_is_valid(name: str) -> None:
    official, make = REQUESTS[name]
    request = etree.fromstring(etree.tostring(make()))
    assert schema(official).validate(request), schema(official).error_log


def test_a_signed_lot_is_valid(signed_settings: DmpSettings) -> None:
    document = cda(FRCP)
    lot = lot_of(document)
    settings = replace(signed_settings, signed_lot=True)
    request, contents = depositing.deposit(CALLER, INS, settings, lot, {lot.entries[0].unique_id: document})
    whole = etree.fromstring(etree.tostring(mtom.inlined(request, contents)))
    assert schema("IHE/IHEXDSB.xsd").validate(whole), schema("IHE/IHEXDSB.xsd").error_log
    assert len(contents) == 2
