"""What reports change of the follow-up, and whose reports change nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from dcc.audit.models import Entry
from plugins.mss.models import InboundMail
from plugins.mss.receiving.keeping import Fetched, content_of, keep
from plugins.mss.receiving.tests.conftest import OURS, THEIRS, Left, come, dsn, leave, mdn

pytestmark = pytest.mark.usefixtures("ours")
REPORTS: list[tuple[Callable[..., bytes], dict[str, str], str, str, str]] = [
    (dsn, {"action": "delivered", "status": "2.0.0", "said": "250 ok"}, "remise", "", "reported"),
    (dsn, {"action": "relayed", "status": "2.0.0", "said": "250 ok"}, "remise", "", "reported"),
    (dsn, {"action": "delayed", "status": "4.4.1", "said": "421 4.4.1 x"}, "envoyee", "", "delayed"),
    (dsn, {}, "echec", "unknown_box", "reported"),
    (dsn, {"status": "5.2.2", "said": "552 5.2.2 full"}, "echec", "quota", "reported"),
    (mdn, {}, "lue", "", "reported"),
    (mdn, {"disposition": "displayed"}, "lue", "", "reported"),
    (mdn, {"sender": "autre.boite@ps.mssante.fr"}, "lue", "", "reported"),
    (mdn, {"error": "902"}, "echec", "patient_unknown", "reported"),
    (mdn, {"error": "906"}, "echec", "integration", "reported"),
]


@pytest.mark.parametrize(("mail", "said", "state", "cause", "outcome"), REPORTS)
def test_a_report_changes_the_follow_up(
    left: Left, mail: Callable[..., bytes], said: dict[str, str], state: str, cause: str, outcome: str
) -> None:
    about = left.key.hex if mail is dsn else left.message_id  # the envelope id that the transport gives
    row = come(mail(about, THEIRS, **said))
    assert (row.state, row.outcome, row.about) == ("fait", outcome, left.key)
    assert (left.row.state, left.row.cause) == (state, cause)
    again = come(mail(about, THEIRS, **said))
    assert (again.state, left.row.state) == ("fait", state)


def test_the_box_of_a_patient_is_closed(frcp_id: uuid.UUID) -> None:
    left = leave(frcp_id, "279035121518989@patient.mssante.fr")
    come(dsn(str(left.key), left.address))
    assert left.row.cause == "closed_box"


FORGED: list[tuple[Callable[[Left], bytes], str]] = [
    (lambda left: mdn(left.message_id, THEIRS, sender="pirate@ailleurs.fr"), "other_speaker"),
    (lambda left: mdn(left.message_id, "pirate@ailleurs.fr"), "other_speaker"),
    (lambda left: dsn(str(left.key), "autre@ps.mssante.fr"), "other_speaker"),
    (lambda left: mdn(f"{uuid.uuid4()}@region-a.mssante.fr", THEIRS), "unknown_sending"),
    (lambda left: mdn("", THEIRS), "unknown_sending"),
]


@pytest.mark.parametrize(("forged", "reason"), FORGED)
def test_a_report_of_somebody_else_changes_nothing(left: Left, forged: Callable[[Left], bytes], reason: str) -> None:
    row = come(forged(left))
    assert (row.state, row.reason, left.row.state) == ("quarantaine", reason, "envoyee")
    assert Entry.objects.filter(action="mss.kept_back", subject=f"inbound:{row.pk}").exists()


def test_a_refusal_without_receipt(left: Left) -> None:
    mail = f"From: {THEIRS}\nIn-Reply-To: <{left.message_id}>\nSubject: [KO Intégration système !][904] XDM\n\nRefus".encode()
    assert come(mail).outcome == "reported"
    assert left.row.cause == "ins_differs"


def test_a_bounce_that_is_no_report(left: Left) -> None:
    original = f"Message-ID: <{left.message_id}>\nTo: {THEIRS}"
    mail = (
        "From: MAILER-DAEMON@mx.fr\nSubject: Message non distribué\nContent-Type: multipart/mixed; boundary=B\n\n"
        f"--B\n\n550 5.1.1 boîte fermée\n--B\nContent-Type: message/rfc822\n\n{original}\n\ncorps\n--B--"
    )
    assert come(mail.encode()).outcome == "reported"
    assert (left.row.state, left.row.cause) == ("echec", "unknown_box")


OTHERS = [
    (b"From: 279035121518989@patient.mssante.fr\nSubject: Re\n\nMerci", "quarantaine", "patient"),
    (b"From: a@b.fr\nAuto-Submitted: auto-replied\n\nAbsent", "fait", ""),
    (b"From: a@b.fr\n\nBonjour", "quarantaine", "other"),
    (b"\xff\x00", "quarantaine", "other"),
    (b"", "quarantaine", "lost"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "state", "reason"), OTHERS)
def test_what_nobody_asked_for(content: bytes, state: str, reason: str) -> None:
    row = come(content)
    assert (row.state, row.reason) == (state, reason)


@pytest.mark.django_db
def test_a_mail_too_heavy_is_held_back() -> None:
    assert come(b"From: a@b.fr\n\n", size=99_000_000).reason == "too_big"


def test_a_reply_of_a_patient_tells_of_which_sending(frcp_id: uuid.UUID) -> None:
    left = leave(frcp_id, "279035121518989@patient.mssante.fr")
    row = come(f"From: {left.address}\nTo: {OURS}\nIn-Reply-To: <{left.message_id}>\n\nMerci".encode())
    assert (row.reason, row.about) == ("patient", left.key)


@pytest.mark.django_db
def test_a_mail_is_kept_once() -> None:
    fetched = Fetched(OURS, 7, 1_000_001, 3, b"abc", datetime.now(UTC))
    assert keep(fetched) == keep(fetched)
    assert content_of(InboundMail.objects.get()) == b"abc"
