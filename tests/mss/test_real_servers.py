"""The transport « mss » with Postfix and Dovecot: what arrives in the box, what comes back, who is not let in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from dcc.contracts.errors import DeliveryError, Refused
from dcc.contracts.snapshots import Recipient
from plugins.mss import xdm
from plugins.mss.apps import MssSettings
from plugins.mss.mail.checking import check_mail
from plugins.mss.mail.tests.letters import FRCP, PPS, cda_of, package_of
from plugins.mss.sending.pool import Pool
from plugins.mss.sending.transport import MssTransport
from tests.mailservers import MailServers

pytestmark = pytest.mark.django_db

OURS = "dcc@region-a.mssante.fr"
PHYSICIAN = Recipient("ps", "dr.muller@cabinet.mssante.fr", "Dr Charles MULLER")


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Connections of one test."""
    held = Pool()
    yield held
    held.close()


def transport(mail_servers: MailServers, pool: Pool, **changes: Any) -> MssTransport:
    """Set to the servers."""
    settings = MssSettings(**mail_servers.settings(OURS, **changes))
    return MssTransport(lambda: settings, pool)


def test_a_document_arrives_whole_and_keeps_every_rule(mail_servers: MailServers, pool: Pool) -> None:
    package, key = package_of(cda_of(FRCP)), uuid4()
    reference = transport(mail_servers, pool).send(package, PHYSICIAN, key=key).reference
    (message,) = mail_servers.wait_for(PHYSICIAN.address)
    (raw,) = mail_servers.raw(PHYSICIAN.address)
    assert message["Message-ID"] == reference
    assert [found for found in check_mail(raw) if found.code.startswith("mss.")] == []
    zipped, pdf = message.iter_attachments()
    envelope = xdm.read(zipped.get_content())
    artifacts = package.artifacts
    assert [document.content for document in envelope.documents] == [artifacts[name].content for name in ("cda-n3", "cda-n1")]
    assert pdf.get_content() == artifacts["pdf-a1"].content
    (report,) = mail_servers.wait_for(OURS)
    assert report.get_content_type() == "multipart/report"
    assert key.hex in report.as_string(), "the report of delivery names the transmission (ENVID)"


def test_a_patient_gets_it_closed(mail_servers: MailServers, pool: Pool) -> None:
    patient = Recipient("patient", "279035121518989@patient.mssante.fr")
    transport(mail_servers, pool).send(package_of(cda_of(PPS)), patient, key=uuid4())
    (message,) = mail_servers.wait_for(patient.address)
    assert (message["X-MSS-MES"], message["To"]) == ("FIN", patient.address)
    assert [found for found in check_mail(mail_servers.raw(patient.address)[0]) if found.code.startswith("mss.")] == []


def test_a_box_that_is_not_there_is_refused_at_once(mail_servers: MailServers, pool: Pool) -> None:
    for address, cause in (("inconnu@cabinet.mssante.fr", "unknown_box"), ("inconnu1@patient.mssante.fr", "closed_box")):
        with pytest.raises(Refused) as raised:
            transport(mail_servers, pool).send(package_of(cda_of(FRCP)), Recipient("ps", address), key=uuid4())
        assert raised.value.cause == cause
    transport(mail_servers, pool).send(package_of(cda_of(FRCP)), PHYSICIAN, key=uuid4())


@pytest.mark.parametrize("who", ["nobody", "foreign", "expired"])
def test_who_shows_no_good_certificate_is_not_let_in(mail_servers: MailServers, pool: Pool, who: str) -> None:
    pair = mail_servers.foreign_certificate() if who == "foreign" else mail_servers.certificate(OURS, life=timedelta(days=-1))
    certificate, key = ("", "") if who == "nobody" else map(str, pair)
    with pytest.raises(DeliveryError) as raised:
        transport(mail_servers, pool, certificate=certificate, certificate_key=key).send(
            package_of(cda_of(FRCP)), PHYSICIAN, key=uuid4()
        )
    assert raised.value.cause == "certificate"
