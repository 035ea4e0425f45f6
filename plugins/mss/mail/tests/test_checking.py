"""The rules of a mail: ours keep them all, each one broken is named, strangers' mails never raise."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dcc.contracts.snapshots import Recipient
from plugins.mss.mail.checking import RULES, check_mail
from plugins.mss.mail.flattening import flattened
from plugins.mss.mail.tests.letters import FRCP, PATIENT, PPS, PROFESSIONAL, cda_of, mail_of, package_of
from tests.fixtures import reference_dir


def ours(sample: str = FRCP, recipient: Recipient = PROFESSIONAL) -> bytes:
    """A mail of ours."""
    return flattened(mail_of(package_of(cda_of(sample)), recipient))


def codes_of(content: bytes) -> set[str]:
    """The rules of the table that it breaks."""
    return {found.code.removeprefix("mss.") for found in check_mail(content) if found.code.startswith("mss.")}


@pytest.mark.parametrize(("sample", "recipient"), [(FRCP, PROFESSIONAL), (PPS, PATIENT)])
def test_a_mail_of_ours_keeps_every_rule(sample: str, recipient: Recipient) -> None:
    assert codes_of(ours(sample, recipient)) == set()


def test_the_samples_break_only_what_their_placeholders_break() -> None:
    expected = {"envelope-content", "code-cda", "ins"}  # their zip is empty, so nothing says what their headers name
    for path in sorted((reference_dir() / "mss/mail").glob("sortant_*.eml")):
        assert codes_of(path.read_bytes()) == expected, path.name


ZIP = b'filename="IHE_XDM.zip"'
BROKEN: dict[str, tuple[bytes, bytes]] = {
    "message-id": (b"Message-ID: <", b"Message-ID: "),
    "date": (b"Date: ", b"X-Date: "),
    "from": (b"From: ", b"X-From: "),
    "sender-label": (b"From: DCC_Region <dcc.frcp@dcc-region.mssante.fr>", b"From: dcc.frcp@dcc-region.mssante.fr"),
    "recipient": (b"To: ", b"X-To: "),
    "receipt": (b"Disposition-Notification-To: ", b"X-Asked: "),
    "body": (b"Content-Type: text/plain", b"Content-Type: text/html"),
    "ascii": (b"X-MSS-NIL: ", "X-Accent: é\r\nX-MSS-NIL: ".encode()),
    "nil": (b"X-MSS-NIL: ", b"X-NIL: "),
    "envelope": (ZIP, b'filename="DOSSIER.zip"'),
    "envelope-content": (b"UEsDB", b"AAAAA"),
    "pdf": (b"Content-Type: application/pdf", b"Content-Type: image/png"),
    "pdf-name": (b"filename*0*=utf-8''20260518_", b"filename*0*=utf-8''"),
    "subject-prefix": (b"Subject: XDM/1.0/DDM+", b"Subject: "),
    "subject-label": (b"XDM/1.0/DDM+CR de", b"XDM/1.0/DDM+Lettre de"),
    "subject-person": (b"PAT-TROIS DOMINIQUE 28", b"PAT-QUATRE DOMINIQUE 28"),
    "subject-birth": (b"28/03/1979", b"28/03/1978"),
    "code-cda": (b"X-MSS-CODECDA: 34794-8", b"X-MSS-CODECDA: 18776-5"),
    "ins": (b"X-MSS-INS: O", b"X-MSS-INS: N"),
    "closed": (b"X-MSS-MES: FIN", b"X-MSS-MES: NON"),
    "own-box": (b"279035121518989@patient", b"279035121518980@patient"),
}
UNTOUCHED = {"one-person", "pdf-inside", "size"}
"""Rules that a change of a few bytes does not break; they have tests of their own."""


def test_every_rule_is_broken_by_a_test() -> None:
    assert {line.code for line in RULES} == set(BROKEN) | UNTOUCHED


@pytest.mark.parametrize("code", BROKEN)
def test_a_rule_that_is_broken_is_named(code: str) -> None:
    before, after = BROKEN[code]
    content = ours(PPS, PATIENT) if code in {"closed", "own-box"} else ours()
    if code == "pdf":
        content = content.replace(b".pdf", b".png")
    assert before in content
    assert code in codes_of(content.replace(before, after, 1))


def test_a_mail_to_a_patient_is_bounded() -> None:
    content = ours(PPS, PATIENT)
    assert "size" in codes_of(content.replace(b"\r\n\r\n", b"\r\n\r\n" + b"x" * 25_000_000, 1))


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xff\xfe\r\n\r\n", b"Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 400]
)
def test_any_bytes_are_told_about(content: bytes) -> None:
    assert "message-id" in codes_of(content)


def test_the_command_tells_what_is_wrong_and_by_which_rule(tmp_path: Path) -> None:
    path, out = tmp_path / "mail.eml", StringIO()
    path.write_bytes(ours())
    call_command("mss", "check-mail", str(path), stdout=out)
    assert "toutes les règles" in out.getvalue()
    path.write_bytes(ours().replace(b"X-MSS-INS: O", b"X-MSS-INS: N"))
    with pytest.raises(CommandError):
        call_command("mss", "check-mail", str(path), stdout=out)
    assert "ECO.2.4.2" in out.getvalue()
    call_command("mss", "check-mail", str(path), "--json", stdout=(told := StringIO()))
    assert '"source": "ECO.2.4.2"' in told.getvalue()
