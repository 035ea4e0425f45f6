"""The page of import and the command: every bad file is refused in French, whole, and kept with its reason and its trace."""

from __future__ import annotations

import base64
import os
import tracemalloc
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from dcc.accounts.api import Facility, User
from dcc.audit import api as audit
from dcc.contracts.errors import Refused
from dcc.contracts.testing.hostile import LEAK
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange.models import Intake
from plugins.cda.api import CdaReader
from tests.doors.cases import CASES, Case, changed, difference, good, rows
from tests.fixtures import kit_dir, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("configuration")]
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
Door = Callable[[bytes], str]
TAKEN_FOR_NOTHING = {"noise", "zeros", "empty", "blank", "a ZIP", "an image", "a PDF"}
JUDGED_BY_THE_REGISTER = {"a wrong key of the INS", "no birth date"}
"""Files no reader is asked to read, and those whose identity the register of patients refuses."""


@pytest.fixture
def page(alice: User, facility: Facility) -> Door:
    """The page, as alice sees it: what it says of a file it refuses."""
    client = Client()
    sign_in(client, alice)
    client.get(reverse("web:import"))  # the first page of all makes the region's settings

    def send(content: bytes) -> str:
        response = client.post(reverse("web:import"), {"file": SimpleUploadedFile("frcp.xml", content)})
        assert response.status_code == 422
        return response.content.decode().replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">")

    return send


@pytest.fixture
def command(facility: Facility, alice: User, tmp_path: Path) -> Door:
    """The command: what it says of a file it refuses."""

    def send(content: bytes) -> str:
        path = tmp_path / "frcp.xml"
        path.write_bytes(content)
        with pytest.raises(CommandError) as error:
            call_command("import_document", str(path), "--user", "alice", stdout=StringIO())
        assert error.value.returncode == 1
        return str(error.value)

    return send


def _left_behind(content: bytes) -> dict[str, int]:
    """What a refusal may leave: the trace, its line in the journal, and the file."""
    return {"exchange.Intake": 1, "audit.Entry": 1, **({"store artifacts": 1} if content else {})}


@every_case
def test_the_page_refuses_it_whole(page: Door, case: Case) -> None:
    content, before = case.make(), rows()
    said = page(content)
    assert case.said in said
    assert LEAK.decode() not in said
    assert difference(before) == _left_behind(content)


@every_case
def test_the_command_refuses_it_whole(command: Door, alice: User, case: Case) -> None:
    content, before = case.make(), rows()
    said = command(content)
    assert "frcp.xml" in said
    assert case.said in said
    assert LEAK.decode() not in said
    assert difference(before) == _left_behind(content)
    intake = Intake.objects.get()
    assert case.said in intake.reason
    [trace] = audit.traces(subject=f"intake:{intake.pk}")
    assert (trace.action, trace.actor_id, trace.facts["size"]) == ("intake.refused", alice.pk, len(content))


@pytest.mark.parametrize("name", CASES)
def test_the_reader_refuses_it_or_leaves_it_to_others(name: str) -> None:
    reader, content, said = CdaReader(), CASES[name].make(), CASES[name].said
    if name in TAKEN_FOR_NOTHING:
        assert not reader.supports(content[:65536])
    elif name in JUDGED_BY_THE_REGISTER:
        assert reader.read(content).identity is not None
    else:
        with pytest.raises(Refused) as refusal:
            reader.read(content)
        assert said in refusal.value.reason


@pytest.mark.kit
@pytest.mark.parametrize(
    "name",
    [
        "CANCER-CR-GM_2022.01_AnalyseRealisee.xml",
        "DOC_NON_STRUCTURE_CDA-R2-N1.xml",
        "VSM_1.4_2022.01.xml",
    ],
)
def test_an_official_document_of_another_type_is_refused_by_its_name(page: Door, command: Door, name: str) -> None:
    content = (kit_dir() / "ExemplesCDA" / name).read_bytes()
    for door in (page, command):
        before = rows()
        assert "seuls la fiche de RCP" in door(content)
        assert {k: v for k, v in difference(before).items() if k != "store artifacts"} == {"exchange.Intake": 1, "audit.Entry": 1}
    assert Intake.objects.values("storage_name").distinct().count() == 1, "the same refused file is kept once"


class TestTooHeavy:
    """200 MB are refused without being read."""

    def test_by_the_command(self, facility: Facility, tmp_path: Path, settings: Settings) -> None:
        path = tmp_path / "frcp.xml"
        with path.open("wb") as stream:
            stream.write(b"<ClinicalDocument")
            stream.truncate(200_000_000)
        before = rows()
        tracemalloc.start()
        try:
            with pytest.raises(CommandError, match="trop gros : 200 Mo, la limite est de 50 Mo"):
                call_command("import_document", str(path))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < 5_000_000
        assert difference(before) == {}

    def test_by_the_page(self, alice: User, facility: Facility, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.DCC_INTAKE_LIMIT, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000, 1000
        monkeypatch.setattr(TemporaryUploadedFile, "read", lambda *_: pytest.fail("read"), raising=False)
        client = Client()
        sign_in(client, alice)
        client.get(reverse("web:import"))
        before = rows()
        response = client.post(reverse("web:import"), {"file": SimpleUploadedFile("frcp.xml", b"<" * 3_000_000)})
        assert response.status_code == 422
        assert "trop gros : 3 Mo, la limite est de 1 Mo" in response.content.decode()
        assert difference(before) == {"exchange.Intake": 1, "audit.Entry": 1}, "no file is kept"
        assert (Intake.objects.get().size, Intake.objects.get().sha256) == (3_000_000, "")


PATHS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "absent": (lambda folder: folder / "absent.xml", "il n'existe pas"),
    "a folder": (lambda folder: folder, "est un dossier, pas un fichier"),
    "below a file": (lambda folder: _file(folder) / "x.xml", "il n'existe pas"),
    "a link that turns in circles": (
        lambda folder: _link(folder / "a.xml", folder / "a.xml"),
        "lien symbolique qui tourne en rond",
    ),
    "a link to nothing": (lambda folder: _link(folder / "a.xml", folder / "b.xml"), "il n'existe pas"),
    "a pipe that nobody writes to": (lambda folder: _pipe(folder / "a.xml"), "n'est pas un fichier ordinaire"),
    "a device": (lambda _: Path("/dev/zero"), "n'est pas un fichier ordinaire"),
    "too long a name": (lambda folder: folder / ("x" * 300), "nom trop long"),
}
every_path = pytest.mark.parametrize(("make", "said"), PATHS.values(), ids=PATHS.keys())


def _file(folder: Path) -> Path:
    path = folder / "frcp.xml"
    path.write_text(good())
    return path


def _link(path: Path, target: Path) -> Path:
    path.symlink_to(target)
    return path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


@every_path
def test_the_command_says_why_a_path_cannot_be_read(
    facility: Facility, tmp_path: Path, make: Callable[[Path], Path], said: str
) -> None:
    path, before = make(tmp_path), rows()
    with pytest.raises(CommandError) as error:
        call_command("import_document", str(path))
    assert said in str(error.value)
    assert str(path) in str(error.value)
    assert difference(before) == {}


def test_a_link_to_a_file_is_followed(facility: Facility, tmp_path: Path) -> None:
    out = StringIO()
    call_command("import_document", str(_link(tmp_path / "link.xml", _file(tmp_path))), stdout=out)
    assert documents.current_picture(UUID(out.getvalue().strip()), as_of=timezone.now())[1].title


def test_a_file_that_may_not_be_read_is_said_in_french(
    facility: Facility, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("dcc.contracts.untrusted.os.open", denied)
    with pytest.raises(CommandError, match=r"illisible : accès refusé\."):
        call_command("import_document", str(_file(tmp_path)))


def _taken(alice: User, facility: Facility, content: bytes) -> documents.DocumentView:
    document_id = exchange.import_file(actor=alice, facility_id=facility.pk, filename="frcp.xml", content=content)
    return documents.open_document(alice, document_id)


class TestTakenWithRemarks:
    """What costs a value or a joined file does not cost the document, and is said."""

    @pytest.mark.parametrize(
        "content", [b"\xef\xbb\xbf" + good().encode(), good().replace("UTF-8", "iso-8859-15").encode("iso-8859-15")]
    )
    def test_a_byte_order_mark_and_a_one_byte_encoding_are_read(self, alice: User, facility: Facility, content: bytes) -> None:
        assert _taken(alice, facility, content).answers == _taken(alice, facility, good().encode()).answers

    def test_a_code_outside_its_value_set(self, alice: User, facility: Facility) -> None:
        view = _taken(alice, facility, changed(('code="ORG-126"', 'code="ORG-999"')))
        assert "frcp.dossier.quorum" not in view.answers
        [finding] = [f for f in view.received["findings"] if f["level"] == "error"]
        assert finding["question_key"] == "frcp.dossier.quorum"
        assert "Rubrique « Statut du dossier présenté et quorum »" in finding["message"]
        assert "ORG-999" in finding["message"]

    @pytest.mark.parametrize(
        ("payload", "said"),
        [
            (b"GIF89a" + bytes(50), "n'est pas un PDF, JPEG, PNG ou TIFF"),
            (b"%PDF-1.4" + bytes(11_000_000), "Fichier trop lourd : 11 Mo, 10 Mo au plus"),
        ],
    )
    def test_a_joined_file_that_is_not_taken(self, alice: User, facility: Facility, payload: bytes, said: str) -> None:
        text = good()
        start = text.index("<title>DOCUMENTS AJOUTÉS")
        start = text.index('representation="B64">', start) + len('representation="B64">')
        content = (text[:start] + base64.b64encode(payload).decode() + text[text.index("</value>", start) :]).encode()
        view, before = _taken(alice, facility, content), rows()
        assert view.attachments == []
        assert [f["message"] for f in view.received["findings"] if said in f["message"]]
        assert exchange.received_file(alice, view.line.document_id)[1] == content, "nothing is lost: the file itself is kept"
        assert difference(before)["audit.Entry"] == 1

    def test_a_copy_that_is_no_pdf_is_never_taken_over(self, alice: User, facility: Facility) -> None:
        text = good()
        start = text.rindex('representation="B64">') + len('representation="B64">')
        content = text[:start] + "R0lGODlh" + text[text.index("</value>", start) :]
        view = _taken(alice, facility, content.encode())
        assert [a.title for a in view.attachments] == ["Compte rendu d'imagerie"]
