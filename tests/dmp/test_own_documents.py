"""What the platform itself writes becomes valid requests, whatever the document holds, and the command takes it by its UUID."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from lxml import etree

from dcc.accounts.api import Facility, User
from dcc.audit.models import Entry
from dcc.contracts.snapshots import InstanceId
from dcc.patients import api as patients
from forms_config.schema.samples import Kind
from plugins.dmp.apps import DmpSettings
from plugins.dmp.transactions.dossier import requests_of, subject_of
from plugins.dmp.transactions.mtom import unpacked
from tests.dmp.test_transactions import HIDDEN
from tests.envelopes.test_own_documents import PARTS, document, written
from tests.fixtures import fill_document, reference_dir

pytestmark = [pytest.mark.reference, pytest.mark.django_db]
INS = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")
SETTINGS = DmpSettings(source_id="1.2.250.1.213.1.4.999.1", signed_lot=False)
SCHEMAS = {"td2.1-depot.xml": "IHE/IHEXDSB.xsd", "td3.3b-rendre-visible.xml": "ebRS30/lcm.xsd"}


@pytest.fixture(scope="module")
def schemas() -> dict[str, etree.XMLSchema]:
    """The official schema of each file."""
    folder = reference_dir() / "xds" / "wsdl" / "schema"
    return {name: etree.XMLSchema(etree.parse(str(folder / path))) for name, path in SCHEMAS.items()}


@pytest.mark.parametrize("kind", get_args(Kind))
@pytest.mark.parametrize("document_type", list(PARTS))
def test_requests_of_our_documents_are_valid(document_type: str, kind: Kind, schemas: dict[str, etree.XMLSchema]) -> None:
    snapshot = document(document_type, kind)
    cda = written(snapshot)[0]
    subject = subject_of(cda)
    hidden = replace(subject.entry, confidentiality=(*subject.entry.confidentiality, HIDDEN))
    files = dict(requests_of(replace(subject, entry=hidden), SETTINGS, snapshot.effective_time))
    for name, schema in schemas.items():
        assert schema.validate(etree.fromstring(files[name])), schema.error_log
    package = unpacked(files["td2.1-depot.mtom"], files["td2.1-depot.mtom.content-type"].decode().strip())
    assert list(package.parts.values()) == [cda]


def test_the_command_takes_a_document_of_the_platform(
    alice: User, facility: Facility, patient_id: UUID, frcp_id: UUID, tmp_path: Path
) -> None:
    fill_document(alice, frcp_id)
    with pytest.raises(CommandError, match="INS"):
        call_command("dmp", "requests", str(frcp_id), output=tmp_path)
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=INS)
    call_command("dmp", "requests", str(frcp_id), output=tmp_path)
    assert (tmp_path / "td2.1-depot.mtom").exists()
    traced = Entry.objects.filter(action="document.exported", subject=f"document:{frcp_id}")
    assert [event.facts["format"] for event in traced] == ["cda-n3", "cda-n3"]
