"""What each published sample of mss_hl7.md §5 says, and a table of what else comes into a mailbox."""

from __future__ import annotations

import pytest

from dcc.exchange.api import State
from plugins.mss.receiving.reading import Kind, read
from tests.fixtures import reference_dir

SENT = "20240219230100.23456@chb.mssante.fr"
THEM = "servicey_auto@chb.mssante.fr"
SAMPLES = [
    ("dsn_echec_RFC3464_CONSTRUIT.eml", "dsn", "unknown_box", "20260520074100.0001", "charles.muller@test.mssante.fr"),
    ("mdn_ok_processed_v1.1.3_RECONSTITUE.eml", "mdn", "", SENT, THEM),
    ("mdn_erreur_902_v1.1.3_RECONSTITUE.eml", "mdn", "patient_unknown", SENT, THEM),
    ("mdn_erreur_902_volet_v1.1_PUBLIE.txt", "mdn", "patient_unknown", "199509192301.23456", THEM),
    ("erreur_standard_sans_MDN_v1.1.3_RECONSTITUE.eml", "ko", "patient_unknown", SENT, THEM),
]


def sample(name: str) -> bytes:
    return (reference_dir() / "mss" / "mail" / name).read_bytes()


@pytest.mark.parametrize(("name", "kind", "cause", "about", "recipient"), SAMPLES, ids=[row[0] for row in SAMPLES])
def test_a_published_report_is_read(name: str, kind: str, cause: str, about: str, recipient: str) -> None:
    found = read(sample(name))
    (report,) = found.reports
    assert (found.kind, report.state, report.cause) == (kind, State.FAILED if cause else State.READ, cause)
    assert about in report.about
    assert recipient in report.recipients
    assert not found.archives


DSN = """From: MAILER-DAEMON@chb.mssante.fr
To: dcc@region.mssante.fr
Message-ID: <r1@chb.mssante.fr>
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B

Un message.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.chb.mssante.fr
Original-Envelope-Id: {key}

{fields}
--B--
"""
KEY = "0b8a5a2e-3a0f-4a43-9d0e-5a6c8c1f2a3b"


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "to", "state", "cause"),
    [
        ("delivered", "2.0.0", "smtp; 250 2.0.0 ok", "a@chb.mssante.fr", State.DELIVERED, ""),
        ("delayed", "4.4.1", "smtp; 421 4.4.1 wait", "a@chb.mssante.fr", None, "deferred"),
        ("relayed", "2.1.9", "", "a@chb.mssante.fr", State.DELIVERED, ""),
        ("expanded", "2.1.5", "", "a@chb.mssante.fr", State.DELIVERED, ""),
        ("failed", "5.1.1", "smtp; 550 5.1.1 unknown", "279035121518989@patient.mssante.fr", State.FAILED, "closed_box"),
        ("failed", "5.2.2", "smtp; 552 5.2.2 full", "a@chb.mssante.fr", State.FAILED, "quota"),
        ("failed", "5.0.0", "smtp; 523 too much", "a@chb.mssante.fr", State.FAILED, "too_big"),
        ("failed", "5.3.4", "smtp; 552 5.3.4 too big", "a@chb.mssante.fr", State.FAILED, "too_big"),
        ("failed", "4.4.7", "smtp; 451 4.4.7 expired", "a@chb.mssante.fr", State.FAILED, "unreachable"),
        ("failed", "5.7.1", "smtp; 554 5.7.1 not here", "a@chb.mssante.fr", State.FAILED, "refused"),
    ],
)
def test_a_delivery_report(action: str, status: str, diagnostic: str, to: str, state: State | None, cause: str) -> None:
    fields = f"Final-Recipient: rfc822; {to}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {diagnostic}"
    found = read(DSN.format(key=KEY, fields=fields).encode())
    assert [(one.state, one.cause, one.recipients, one.about) for one in found.reports] == [(state, cause, [to], [KEY])]


def test_each_recipient_of_a_report_has_its_line() -> None:
    fields = "\n\n".join(
        f"Final-Recipient: rfc822; {who}@a.fr\nAction: {how}" for who, how in [("x", "failed"), ("y", "delivered")]
    )
    found = read(DSN.format(key=KEY, fields=fields).encode())
    assert [(one.recipients, one.state) for one in found.reports] == [(["x@a.fr"], State.FAILED), (["y@a.fr"], State.DELIVERED)]


MAILS = [
    ("bounce", b"From: MAILER-DAEMON@patient.mssante.fr\nSubject: Message non distribu\xe9\n\n550 <k@dcc> closed"),
    ("bounce", "From: ne-pas-repondre@y.fr\nSubject: Message non distribué\nIn-Reply-To: <k@dcc>\n\n550 5.1.1 inconnu".encode()),
    ("bounce", b"From: x@y.fr\nAuto-Submitted: auto-replied\nSubject: Undeliverable\nIn-Reply-To: <k@dcc>\n\nno"),
    ("autre", b"From: dr@y.fr\nSubject: Re: XDM non remis\nIn-Reply-To: <k@dcc>\n\nPoste 212, dose de 500 mg"),
    ("autre", b"From: x@y.fr\nSubject: Message non distribue\n\nrien n'est nomme"),
    (
        "documents",
        b"From: x@y.fr\nContent-Type: application/zip; name=IHE_XDM.zip\nContent-Transfer-Encoding: base64\n\nUEsFBg==",
    ),
    ("documents", b"From: x@y.fr\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\nUEsDBAA="),
    ("autre", b"From: x@y.fr\nContent-Type: application/octet-stream\n\nautre chose"),
    ("patient", b"From: 279035121518989@patient.mssante.fr\nSubject: Re: XDM\n\nMerci"),
    ("automatique", b"From: x@y.fr\nAuto-Submitted: auto-replied\nSubject: Absent\n\nJusqu'au 3"),
    ("autre", b"From: x@y.fr\nSubject: Bonjour\n\nBonjour"),
    ("autre", b""),
    ("autre", b"\x00\xff\r\n\r\n--\r\n"),
]


def test_a_server_that_says_later_has_said_nothing_final() -> None:
    (told,) = read(b"From: MAILER-DAEMON@y.fr\nSubject: Warning: delayed 4 hours\nIn-Reply-To: <k@dcc>\n\n421 try later").reports
    assert (told.state, told.cause) == (None, "deferred")


@pytest.mark.parametrize(("kind", "content"), MAILS)
def test_what_else_comes(kind: Kind, content: bytes) -> None:
    assert read(content).kind == kind


def test_an_archive_that_is_sent_back_is_not_received() -> None:
    zipped = "Content-Type: application/zip; name=IHE_XDM.zip\nContent-Transfer-Encoding: base64\n\nUEsDBAA="
    mail = f"From: x@y.fr\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: message/rfc822\n\n{zipped}\n--B--"
    assert read(mail.encode()).archives == ()
