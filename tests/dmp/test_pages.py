"""The pages of the stand-in, and its command: what a demonstration shows and does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import requests
from django.core.management import CommandError, call_command
from pytest_django import Settings

from plugins.sandbox.authority import Certificates
from plugins.sandbox.dmp import running
from plugins.sandbox.dmp.moods import Mood
from plugins.sandbox.dmp.pages import serve_pages
from plugins.sandbox.management.commands.sandbox_dmp import Command
from tests.dmp.by_hand import DIRECT, PATIENT, Hand, deposit
from tests.dmp.fixtures import RunningDmp
from tests.faults.host import wait_for
from tests.fixtures import reference_dir

pytestmark = pytest.mark.reference
OWN, INS = "1.2.250.1.213.1.4.999.7.1", "279035121518989"
FRCP = "CANCER-FRCP_2025.01_Appareil.xml"


@pytest.fixture
def site(running_dmp: RunningDmp) -> Iterator[str]:
    """The address of the pages."""
    server = serve_pages(running_dmp.service, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def sides(page: str) -> list[str]:
    """What the patient sees, what a professional sees."""
    return page.split('<div class="sides">')[1].split("</div>")[0].split("</section>")[:2]


def test_a_record_is_seen_from_both_sides(running_dmp: RunningDmp, site: str) -> None:
    hand = Hand(running_dmp, cookie=DIRECT)
    hand.deposit(unique_id=OWN)
    patient, professional = sides(requests.get(f"{site}/dossier?ins={INS}", timeout=30).text)
    assert OWN not in patient
    assert "Aucun document visible" in patient
    assert OWN in professional
    assert "non visible par le patient" in professional
    assert "MULLER Charles" in professional
    hand.deposit(unique_id="1.2.3", visible=True)
    assert "1.2.3" in sides(requests.get(f"{site}/dossier?ins={INS}", timeout=30).text)[0]
    shown = requests.get(f"{site}/document?id={OWN}", timeout=30)
    assert shown.headers["Content-Type"].startswith("text/plain")
    assert shown.content == running_dmp.service.store.content(OWN)
    assert "<td>1</td><td>2</td>" in requests.get(site, timeout=30).text


def test_what_is_deposited_is_shown_as_text(running_dmp: RunningDmp, site: str) -> None:
    payload = "&lt;script&gt;alert(1)&lt;/script&gt;"
    Hand(running_dmp, cookie=DIRECT).deposit(deposit(unique_id=OWN).replace('value="FRCP ONCO', f'value="{payload}'))
    page = requests.get(f"{site}/dossier?ins={INS}", timeout=30).text
    assert "<script>" not in page
    assert payload in page


@pytest.mark.parametrize("path", ["/ailleurs", "/dossier?ins=1", "/document?id=1.2", "/document"])
def test_what_is_not_there_is_said(site: str, path: str) -> None:
    assert requests.get(f"{site}{path}", timeout=30).status_code == 404


def test_a_patient_changes_an_authorisation(running_dmp: RunningDmp, site: str) -> None:
    said = {"ins": INS, "ps": "810000000001", "etat": "INTERDIT"}
    assert "INTERDIT" in requests.post(f"{site}/autorisation", data=said, timeout=30).text
    patient = running_dmp.service.patient(PATIENT)
    assert [running_dmp.service.authorisation(patient, who) for who in ("810000000001", "810000000002")] == ["INTERDIT", "VALIDE"]


def test_a_phone_is_answered_on_the_page(running_dmp: RunningDmp, site: str) -> None:
    running_dmp.feel(phone="page")
    opened: list[str] = []
    calling = threading.Thread(target=lambda: opened.append(running_dmp.connect("810000000001")))
    calling.start()
    demands = running_dmp.service.proxy.demands
    wait_for("a demand", lambda: bool(demands))
    page = requests.get(site, timeout=30).text
    assert "MARTIN Alice" in page
    assert ">42<" in page
    requests.post(f"{site}/telephone", data={"demande": next(iter(demands)), "reponse": "oui"}, timeout=30)
    calling.join()
    assert len(opened) == 1
    assert "Aucune demande" in requests.get(site, timeout=30).text


@pytest.fixture
def demo(settings: Settings, tmp_path: Path) -> Path:
    """A demonstration of an empty folder."""
    settings.DCC_DEMO = True
    settings.DATA_DIR = tmp_path
    return tmp_path / running.FOLDER


def test_documents_are_put_in(demo: Path, tmp_path: Path) -> None:
    source = tmp_path / "documents"
    source.mkdir()
    cda = (reference_dir() / "cda-kit" / "ExemplesCDA" / FRCP).read_bytes()
    (source / "frcp.xml").write_bytes(cda)
    (source / "personne.xml").write_bytes(cda.replace(INS.encode(), b"199016322075199"))
    (source / "rien.xml").write_bytes(b"<rien/>")
    told = [StringIO(), StringIO()]
    for out in told:
        call_command(Command(), load=str(source), hidden=["INVISIBLE_PATIENT"], stdout=out)
    first, again = (out.getvalue().splitlines() for out in told)
    assert [line.split(" : ")[0] for line in first] == ["frcp.xml", "personne.xml", "rien.xml"]
    assert "laissé" not in first[0]
    assert all("laissé" in line for line in (*first[1:], *again))
    service = running.make_service(demo, running.prepare(demo))
    assert [seen.marks for seen in service.professional_sees(INS, "810000000001")] == [["non visible par le patient"]]
    assert service.patient_sees(INS) == []
    assert service.store.content(service.professional_sees(INS, "810000000001")[0].unique_id) == cda
    service.store.close()


def test_the_one_that_runs_is_told_its_mood(demo: Path) -> None:
    certificates: Certificates = running.prepare(demo)
    with running.served(demo, certificates) as own:
        call_command(Command(), port=own.port, mood="faute", times=2, only="registry", stdout=StringIO())
        assert own.service.temper.mood == Mood("faute", times=2, only="registry", phone_seconds=4.0)
    with pytest.raises(CommandError, match="ne répond pas"):
        call_command(Command(), port=own.port, mood="normal", stdout=StringIO())
