"""The transport « mss » on a real socket: sent once, kept connections, and each way it fails with what follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from uuid import UUID, uuid4

import pytest

from dcc.contracts.capabilities import Absent, Found, Transport, Unknowable
from dcc.contracts.errors import DeliveryError, NotConfigured, Refused, RetryLater
from dcc.contracts.snapshots import Package, Recipient
from dcc.contracts.testing.suites import TransportConformance
from dcc.exchange.transmissions.follow_up import CAUSES
from plugins.mss.mail.tests.letters import FRCP, PATIENT, PROFESSIONAL, cda_of, mail_of, package_of, replacing
from plugins.mss.models import Sending
from plugins.mss.sending.transport import deliver_report
from plugins.sandbox.authority import SERVER, Authority, Certificates
from tests.mss.conftest import KEY, Post
from tests.mss.moody import UNIT, Moody, server_context

pytestmark = pytest.mark.django_db


def test_a_package_arrives_as_it_was_composed(post: Post) -> None:
    reference = post.send()
    (kept,) = post.server.kept
    message = message_from_bytes(kept.content, policy=default)
    assert reference == message["Message-ID"] == f"<{KEY}@dcc-region.mssante.fr>"
    assert (kept.sender, kept.recipients) == ("dcc.frcp@dcc-region.mssante.fr", ["charles.muller@test.mssante.fr"])
    assert next(part.get_filename() for part in message.iter_attachments()) == "IHE_XDM.zip"


def test_reports_of_delivery_are_asked_for_where_the_server_offers_them(post: Post) -> None:
    post.send()
    assert post.server.kept[0].options == [
        "RET=HDRS",
        f"ENVID={KEY.hex}",
        "NOTIFY=SUCCESS,FAILURE,DELAY",
        "ORCPT=rfc822;charles.muller@test.mssante.fr",
    ]
    post.server.feel(dsn=False)
    post.pool.close()
    post.send(uuid4())
    assert post.server.kept[1].options == []


def test_one_connection_serves_many_mails(post: Post) -> None:
    for _ in range(5):
        post.send(uuid4())
    assert (len(post.server.kept), post.server.connections) == (5, 1)


def test_a_connection_that_the_server_closed_is_replaced(post: Post) -> None:
    post.send()
    post.server.feel(cut="MAIL")
    with pytest.raises(RetryLater):
        post.send(uuid4())
    post.server.feel()
    post.send(uuid4())
    assert len(post.server.kept) == 2


def test_a_recipient_refused_leaves_the_connection_usable(post: Post) -> None:
    post.server.feel(by_recipient={"nobody@test.mssante.fr": "550 5.1.1 no such user"})
    with pytest.raises(Refused):
        post.send(uuid4(), Recipient("ps", "nobody@test.mssante.fr"))
    post.send()
    assert (len(post.server.kept), post.server.connections) == (1, 1)


ANSWERS: Sequence[tuple[str, str, type[DeliveryError], str]] = (
    ("RCPT", "550 5.1.1 no such user", Refused, "unknown_box"),
    ("RCPT", "550 no", Refused, "unknown_box"),
    ("RCPT", "551 5.1.6 moved", Refused, "unknown_box"),
    ("RCPT", "552 5.2.2 full", Refused, "quota"),
    ("RCPT", "452 4.2.2 full for now", RetryLater, "quota"),
    ("RCPT", "450 4.2.1 busy", RetryLater, "deferred"),
    ("RCPT", "451 4.7.1 greylisted", RetryLater, "deferred"),
    ("RCPT", "554 5.7.1 relay denied", Refused, "refused"),
    ("RCPT", "421 4.3.2 closing", RetryLater, "unreachable"),
    ("MAIL", "530 5.7.0 authentication required", NotConfigured, "certificate"),
    ("MAIL", "550 5.1.8 bad sender", NotConfigured, "not_configured"),
    ("MAIL", "552 5.3.4 too big", Refused, "too_big"),
    ("MAIL", "452 4.3.1 no space", RetryLater, "unreachable"),
    ("DATA", "451 4.3.0 later", RetryLater, "deferred"),
    ("END", "451 4.3.0 later", RetryLater, "deferred"),
    ("END", "552 5.3.4 too big", Refused, "too_big"),
    ("END", "523 too big", Refused, "too_big"),
    ("END", "554 5.7.1 content refused", Refused, "refused"),
)


@pytest.mark.parametrize(("step", "answer", "kind", "cause"), ANSWERS)
def test_what_the_server_answers_says_what_follows(
    post: Post, step: str, answer: str, kind: type[DeliveryError], cause: str
) -> None:
    post.server.feel(refusals={step: answer})
    with pytest.raises(kind) as raised:
        post.send()
    assert (raised.value.cause, cause in CAUSES) == (cause, True)
    assert answer[:3] in raised.value.reason
    assert isinstance(post.transport().find(KEY), Absent), "nothing was kept: it can be sent again"
    post.server.feel()
    post.send()
    assert len(post.server.kept) == 1


def test_a_box_of_a_patient_that_is_not_there_is_closed(post: Post) -> None:
    post.server.feel(refusals={"RCPT": "550 5.1.1 no such user"})
    with pytest.raises(Refused) as raised:
        post.send(recipient=PATIENT)
    assert raised.value.cause == "closed_box"


CUTS = {
    "at MAIL": ({"cut": "MAIL"}, Absent, 0),
    "at RCPT": ({"cut": "RCPT"}, Absent, 0),
    "at DATA": ({"cut": "DATA"}, Absent, 0),
    "in the text": ({"cut": "IN_DATA"}, Unknowable, 0),
    "after the final dot": ({"cut": "END"}, Unknowable, 1),
    "no answer to MAIL": ({"slow": "MAIL"}, Absent, 0),
    "no answer to the final dot": ({"slow": "END"}, Unknowable, 1),
}


@pytest.mark.parametrize("case", CUTS)
def test_a_connection_cut_is_tried_again_and_known_as_far_as_it_can(post: Post, case: str) -> None:
    mood, found, kept = CUTS[case]
    post.server.feel(**mood)
    with pytest.raises(RetryLater) as raised:
        post.send(timeout_seconds=3 if "slow" in mood else 30)
    assert raised.value.cause == "unreachable"
    assert isinstance(post.transport().find(KEY), found)
    assert len(post.server.kept) == kept
    post.server.feel()
    reference = post.send()
    ids = {message_from_bytes(one.content, policy=default)["Message-ID"] for one in post.server.kept}
    assert ids == {reference}, "whoever got it twice can tell by the Message-ID"
    assert {one.content for one in post.server.kept} == {post.server.kept[0].content}


def test_what_may_have_left_still_may_after_a_try_that_left_nothing(post: Post) -> None:
    post.server.feel(cut="END")
    with pytest.raises(RetryLater):
        post.send()
    post.server.feel(refusals={"MAIL": "451 4.3.0 later"})
    with pytest.raises(RetryLater):
        post.send()
    assert isinstance(post.transport().find(KEY), Unknowable)


def test_a_connection_cut_before_the_text_leaves_nothing_on_the_next_one_either(post: Post) -> None:
    post.send(uuid4())
    post.server.feel(cut="DATA")
    with pytest.raises(RetryLater):
        post.send()
    assert post.server.connections == 2
    assert isinstance(post.transport().find(KEY), Absent)


def test_a_key_accepted_is_not_sent_again(post: Post) -> None:
    first = post.send()
    found = post.transport().find(KEY)
    assert isinstance(found, Found)
    assert (post.send(), found.receipt.reference) == (first, first)
    assert len(post.server.kept) == 1


def test_a_redirected_key_goes_to_the_other_address(post: Post) -> None:
    post.send()
    post.send(recipient=Recipient("ps", "other@test.mssante.fr"))
    assert [one.recipients for one in post.server.kept] == [["charles.muller@test.mssante.fr"], ["other@test.mssante.fr"]]


def test_the_next_mail_about_a_document_follows_the_one_before(post: Post) -> None:
    first = post.send(uuid4())
    Sending.objects.update(at=Sending.objects.get().at - timedelta(minutes=5))
    post.send(package=package_of(replacing(cda_of(FRCP)), action="replace"))
    second = message_from_bytes(post.server.kept[1].content, policy=default)
    assert second["In-Reply-To"] == first
    assert "[Annule et remplace]" in second["Subject"]


def test_nothing_is_tried_without_a_server(post: Post) -> None:
    with pytest.raises(NotConfigured) as raised:
        post.send(smtp_host="")
    assert raised.value.cause == "not_configured"


def test_a_server_that_is_not_there(post: Post) -> None:
    for port in (1, 9):
        with pytest.raises(RetryLater) as raised:
            post.send(smtp_port=port)
        assert raised.value.cause == "unreachable"
    with pytest.raises(RetryLater):
        post.send(smtp_host="nowhere.invalid")


def test_nothing_is_sent_without_encryption(post_to: Callable[[Moody], Post]) -> None:
    with Moody(None) as plain, pytest.raises(NotConfigured) as raised:
        post_to(plain).send()
    assert "STARTTLS" in raised.value.reason


def test_a_client_without_certificate_is_told_to_set_one(post: Post) -> None:
    with pytest.raises(NotConfigured) as raised:
        post.send(certificate="", certificate_key="")
    assert raised.value.cause == "certificate"


def test_a_certificate_of_another_authority_is_told(post: Post, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A server that only cuts may also be one that stops: then it is tried again, and the cause is told."""
    folder = tmp_path_factory.mktemp("rogue")
    rogue = Certificates(folder, ("rogue",))
    Authority("AUTRE AC", encrypts_with_rsa=True).issue(rogue, "rogue", unit=UNIT)
    with pytest.raises(DeliveryError) as raised:
        post.send(certificate=str(rogue.certificate("rogue")), certificate_key=str(rogue.key("rogue")))
    assert raised.value.cause == "certificate"


SERVERS = {
    "expired": ({"life": timedelta(days=-1)}, True, "échu"),
    "of another authority": ({}, False, "autorité"),
}


@pytest.mark.parametrize("case", SERVERS)
def test_the_certificate_of_the_server_is_checked(
    case: str, post_to: Callable[[Moody], Post], made: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> None:
    options, trusted, words = SERVERS[case]
    held = Certificates(tmp_path_factory.mktemp("server"))
    authority = Authority("BAC A SABLE AC 2", encrypts_with_rsa=True)
    authority.issue(held, SERVER, unit=UNIT, **options)
    authority.write(held)
    with Moody(server_context(held, ask=False)) as server, pytest.raises(NotConfigured) as raised:
        post_to(server).send(authorities=str(held.authority if trusted else made.authority))
    assert (raised.value.cause, words in raised.value.reason) == ("certificate", True)


def test_the_name_of_the_server_is_checked(made: Certificates, post_to: Callable[[Moody], Post]) -> None:
    with Moody(server_context(made, ask=False)) as server, pytest.raises(NotConfigured) as raised:
        post_to(server).send(smtp_host="127.1")  # the same machine by a name that its certificate does not hold
    assert "autre serveur" in raised.value.reason


@pytest.mark.parametrize("name", ["certificate", "certificate_key", "authorities"])
def test_a_file_that_cannot_be_read_is_named(post: Post, name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    wrong = tmp_path_factory.mktemp("wrong") / "wrong.pem"
    wrong.write_text("nothing")
    for path in (str(wrong), str(wrong) + ".absent"):
        with pytest.raises(NotConfigured) as raised:
            post.transport(**{name: path}).send(package_of(cda_of(FRCP)), PROFESSIONAL, key=KEY)
        assert raised.value.cause == "certificate"


def test_a_report_leaves_from_nobody(post: Post) -> None:
    answer = deliver_report(
        mail_of(package_of(cda_of(FRCP))), settings=post.settings, recipient=PROFESSIONAL.address, connections=post.pool
    )
    assert answer.startswith("250")
    assert post.server.kept[0].sender == "<>"


class TestConformance(TransportConformance):
    """The promises of every transport."""

    @pytest.fixture(autouse=True)
    def _post(self, post: Post) -> None:
        self.post = post

    def make(self) -> Transport:
        return self.post.transport()

    def package(self) -> Package:
        return package_of(cda_of(FRCP))

    def recipient(self) -> Recipient:
        return PROFESSIONAL

    def arrived(self, key: UUID) -> int:
        ids = [message_from_bytes(one.content)["Message-ID"] for one in self.post.server.kept]
        return sum(str(key) in found for found in ids)

    def refused_recipient(self) -> Recipient | None:
        self.post.server.feel(refusals={"RCPT": "550 5.1.1 no"})
        return Recipient("ps", "nobody@test.mssante.fr")
