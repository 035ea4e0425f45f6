"""What the database itself keeps true of deposits and authorisations."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from dcc.accounts.models import User
from plugins.dmp.models import Consent, Deposit
from tests.fixtures import make_facility, make_patient, make_user

pytestmark = pytest.mark.django_db


def test_a_document_identifier_is_deposited_under_one_key() -> None:
    Deposit.objects.create(key=uuid.uuid4(), document_id=uuid.uuid4(), document_type="frcp", unique_id="2.25.1", lot="2.25.2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Deposit.objects.create(key=uuid.uuid4(), document_id=uuid.uuid4(), document_type="frcp", unique_id="2.25.1", lot="2.25.3")


def test_a_patient_authorises_a_professional_once() -> None:
    facility = make_facility()
    alice: User = make_user("alice", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001")
    patient_id = make_patient(alice, facility)
    Consent.objects.create(patient_id=patient_id, user=alice, authorisation="VALIDE")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(patient_id=patient_id, user=alice)
