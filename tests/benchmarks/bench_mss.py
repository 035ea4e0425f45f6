"""MSSanté: a transmission from the queue to the answer of the server, beside a bare smtplib loop with the same bytes."""

from __future__ import annotations

import smtplib
import ssl
import time
from contextlib import ExitStack
from uuid import UUID

from django.conf import settings

from tests.benchmarks.protocol import Bench
from tests.faults.mss.queueing import address_of, queue_many
from tests.mailservers import MailServers, possible, running

OURS = "dcc@region-a.mssante.fr"
MAILS = 40
_open = ExitStack()
_servers: list[MailServers] = []
_renditions: list[UUID] = []
_sent = 0
_content: list[bytes] = []


def prepare() -> None:
    """Servers, a validated FRCP with its files, one mail of it to take the bytes from."""
    from dcc.contracts.snapshots import InstanceId
    from dcc.documents import api as documents
    from dcc.events.api import drain
    from dcc.exchange.models import Rendition
    from dcc.patients import api as patients
    from forms_config import api as forms
    from forms_config.legal import api as legal
    from tests.fixtures import make_facility, make_patient, make_user, validate

    servers = _open.enter_context(running())
    _servers.append(servers)
    settings.DCC_PLUGIN_SETTINGS = {**settings.DCC_PLUGIN_SETTINGS, "mss": servers.settings(OURS)}
    legal.ensure_national_texts()
    forms.ensure_default_forms("frcp")
    facility = make_facility()
    alice = make_user("alice", "medecin", facility, family="MARTIN", given="Alice", national_id="810000000001")
    patient_id = make_patient(alice, facility)
    ins = InstanceId("1.2.250.1.213.1.4.10", "279035121518989")
    patients.play_qualified(actor=alice, facility_id=facility.pk, patient_id=patient_id, ins=ins)
    made = documents.create_document(actor=alice, patient_id=patient_id, facility_id=facility.pk, document_type="frcp")
    validate(alice, alice, made)
    drain()
    _renditions.append(Rendition.objects.get(version__document_id=made).pk)
    queue()
    _content.append(servers.wait_for(address_of(0))[0].as_bytes())


def queue() -> float:
    """Milliseconds of one transmission: claimed, packed, sent, its outcome written (40 in a row)."""
    from dcc.events.api import drain

    global _sent  # noqa: PLW0603  (each recipient is a new one, over all calls)
    queue_many(_renditions[0], MAILS, first=_sent)
    _sent += MAILS
    begun = time.perf_counter()
    drain()
    elapsed = (time.perf_counter() - begun) * 1000 / MAILS
    _servers[0].wait_until_idle()
    return elapsed


def bare() -> float:
    """Milliseconds of one mail of the same bytes, by smtplib alone over one connection (40 in a row)."""
    servers = _servers[0]
    certificate, key = servers.certificate(OURS)
    context = ssl.create_default_context(cafile=str(servers.places.certificates.authority))
    context.load_cert_chain(certificate, key)
    begun = time.perf_counter()
    with smtplib.SMTP("localhost", servers.places.smtp, timeout=20) as client:
        client.starttls(context=context)
        for number in range(MAILS):
            client.sendmail(OURS, [address_of(number)], _content[0], rcpt_options=["NOTIFY=SUCCESS,FAILURE,DELAY"])
    elapsed = (time.perf_counter() - begun) * 1000 / MAILS
    servers.wait_until_idle()
    return elapsed


BENCHES = [
    Bench(
        "MSSanté : une transmission, de la file à la réponse du serveur (Postfix, TLS, certificat client)",
        queue,
        target="au moins la moitié du débit de smtplib seul, mêmes octets, même serveur",
        at_most_times=2.0,
        reference=bare,
        reference_name="smtplib seul, une connexion",
        runs=8,
        reference_runs=8,
        prepare=prepare,
        clean_up=_open.close,
        needs=possible,
    ),
]
