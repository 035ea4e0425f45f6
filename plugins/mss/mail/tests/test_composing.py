"""The mails that leave, beside the samples of the reference, header by header."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import Package, Recipient
from dcc.contracts.testing.snapshots import make_artifact, make_package
from plugins.mss.apps import MssSettings
from plugins.mss.mail.composing import wire_of
from plugins.mss.mail.flattening import POLICY, flattened
from plugins.mss.mail.tests.letters import (
    FRCP,
    PATIENT,
    PPS,
    PROFESSIONAL,
    SETTINGS,
    cda_of,
    mail_of,
    package_of,
    pdf,
    replacing,
)
from tests.fixtures import reference_dir

PDC = Recipient("pdc", "pdc-test@adresse-fournie-par-inca.mssante.fr", "PDC")
SAMPLES = {
    "sortant_PS_FRCP_CONSTRUIT.eml": (FRCP, PROFESSIONAL, "20260518"),
    "sortant_PDC_FRCP_CONSTRUIT.eml": (FRCP, PDC, "20260518"),
    "sortant_usager_PPS_CONSTRUIT.eml": (PPS, PATIENT, "20260519"),
}
OWN = {
    "date": "its own hour",
    "message-id": "the key of the transmission",
    "content-type": "its own boundary",
    "x-exemple": "no real header",
    "mime-version": "the same everywhere",
    "to": "compared by address: a label may stand before it, and domains have no case",
    "from": "compared by name: each sample has its own box",
    "disposition-notification-to": "compared with From",
    "reply-to": "of the settings, for professionals",
}
"""Headers that are not compared word by word, and why."""


def sample(name: str) -> EmailMessage:
    """A sample as Python reads it."""
    found = message_from_bytes((reference_dir() / "mss/mail" / name).read_bytes(), policy=default)
    assert isinstance(found, EmailMessage)
    return found


def sent(message: EmailMessage) -> EmailMessage:
    """The mail as it arrives."""
    found = message_from_bytes(wire_of(message, settings=SETTINGS, address="x@test.mssante.fr"), policy=default)
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mail_is_that_of_the_sample(name: str) -> None:
    document, recipient, day = SAMPLES[name]
    expected, found = sample(name), sent(mail_of(package_of(cda_of(document, day)), recipient))
    for header in {key.lower() for key in (*expected, *found)} - set(OWN):
        assert found[header] == expected[header], header
    assert found["to"].addresses[0].addr_spec == expected["to"].addresses[0].addr_spec.lower()
    assert found["from"].addresses[0].display_name == expected["from"].addresses[0].display_name
    assert found["disposition-notification-to"] == found["from"].addresses[0].addr_spec
    assert [part.get_content_type() for part in found.walk()] == [part.get_content_type() for part in expected.walk()]
    assert [part.get_filename() for part in found.iter_attachments()] == [
        part.get_filename() for part in expected.iter_attachments()
    ]


def test_the_bytes_are_those_of_the_standard_library() -> None:
    message = mail_of(package_of(cda_of(FRCP)))
    assert flattened(message) == message.as_bytes(policy=POLICY)


def test_the_mail_of_a_key_is_always_the_same() -> None:
    package = package_of(cda_of(FRCP))
    assert mail_of(package).as_bytes() == mail_of(package).as_bytes()


def test_the_body_to_a_patient_is_closed_and_tells_nothing_clinical() -> None:
    found = sent(mail_of(package_of(cda_of(PPS)), PATIENT))
    body = found.get_body()
    assert body is not None
    words = body.get_content()
    assert found["X-MSS-MES"] == "FIN"
    assert "Reply-To" not in found
    assert "PAT-TROIS" not in words
    assert "cancer" not in words.lower()
    assert "15" in words


CASES: dict[str, tuple[Any, str]] = {
    "replacing": ({"action": "replace"}, "XDM/1.0/DDM+[Annule et remplace] CR de réunion de concertation pluridisci PAT-TROIS"),
    "withdrawing": ({"action": "delete"}, "XDM/1.0/DDM+[Suppression] CR de réunion de concertation pluridisci PAT-TROIS"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_subject_says_what_is_done(case: str) -> None:
    changes, subject = CASES[case]
    found = sent(mail_of(package_of(replacing(cda_of(FRCP)), **changes), former="<former@dcc-region.mssante.fr>"))
    assert found["Subject"].startswith(subject)
    assert (found["In-Reply-To"], found["References"]) == ("<former@dcc-region.mssante.fr>",) * 2


INCOMPLETE = {
    "no matricule": (b'extension="279035121518989" root="1.2.250.1.213.1.4.10"', b'extension="12" root="1.2.3"'),
    "no date of birth": (b'<birthTime value="19790328"/>', b'<birthTime nullFlavor="UNK"/>'),
    "no name of birth": (b'<family qualifier="BR">PAT-TROIS</family>', b'<family qualifier="BR"/>'),
    "no sex": (b'<administrativeGenderCode code="F"', b'<administrativeGenderCode code="UN"'),
}


@pytest.mark.parametrize("case", INCOMPLETE)
def test_x_mss_ins_is_o_only_when_all_is_there(case: str) -> None:
    whole, cut = INCOMPLETE[case]
    content = cda_of(FRCP)
    assert whole in content
    assert sent(mail_of(package_of(content)))["X-MSS-INS"] == "O"
    assert sent(mail_of(package_of(content.replace(whole, cut))))["X-MSS-INS"] == "N"


NAMES = {
    "accents": ("ÉLÈVE-D’ŒUVRE", "Zoé-Anaïs", "ELEVE-D'OEUVRE Zoe-Anais"),
    "signs": ("O/BRIEN*", "ANNA", "O/BRIEN* ANNA"),
}


@pytest.mark.parametrize("case", NAMES)
def test_names_are_written_without_accents(case: str) -> None:
    family, given, expected = NAMES[case]
    content = cda_of(FRCP).replace(b'"BR">PAT-TROIS<', f'"BR">{family}<'.encode())
    content = content.replace(b'"BR">DOMINIQUE<', f'"BR">{given}<'.encode())
    found = sent(mail_of(package_of(content)))
    assert expected in found["Subject"]
    names = [str(part.get_filename()) for part in found.iter_attachments()]
    assert not any(set(name) & set('/\\*:"<>?|') for name in names)


REFUSED: dict[str, tuple[Package, Recipient, str]] = {
    "no CDA": (make_package(pdf()), PROFESSIONAL, "not_conformant"),
    "no XML": (make_package(make_artifact("cda-n3", b"%PDF"), pdf()), PROFESSIONAL, "not_conformant"),
    "another XML": (make_package(make_artifact("cda-n3", b"<a/>"), pdf()), PROFESSIONAL, "not_conformant"),
    "no address": (make_package(make_artifact("cda-n3", b"<a/>"), pdf()), Recipient("ps", "nobody"), "unknown_box"),
    "a second line": (
        make_package(make_artifact("cda-n3", b"<a/>"), pdf()),
        Recipient("ps", "a@b.fr\r\nBcc: c@d.fr"),
        "unknown_box",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_sent_is_refused_with_its_cause(case: str) -> None:
    package, recipient, cause = REFUSED[case]
    if cause == "unknown_box":
        package = package_of(cda_of(FRCP))
    with pytest.raises(Refused) as refused:
        mail_of(package, recipient)
    assert refused.value.cause == cause


def test_a_label_cannot_add_a_header() -> None:
    recipient = Recipient("ps", PROFESSIONAL.address, "Dr\r\nBcc: other@test.mssante.fr")
    found = sent(mail_of(package_of(cda_of(FRCP)), recipient))
    assert found["Bcc"] is None


@pytest.mark.parametrize(("address", "most"), [("a@b.fr", 30), ("1@patient.mssante.fr", 25)])
def test_a_message_too_big_is_refused_by_its_final_bytes(address: str, most: int) -> None:
    settings = MssSettings(address=SETTINGS.address, largest_mb=30)
    message = EmailMessage()
    message.add_attachment(bytes(most * 730_000), maintype="application", subtype="pdf")
    assert wire_of(message, settings=settings, address=address)
    message.add_attachment(bytes(2_000_000), maintype="application", subtype="pdf")
    with pytest.raises(Refused) as refused:
        wire_of(message, settings=settings, address=address)
    assert refused.value.cause == "too_big"
