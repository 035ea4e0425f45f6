"""The stand-in is strict: what INSi would refuse is refused, with a reason; and its command."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from plugins.ins.insi.envelope import ACTIONS, ByTraits, Caller, Stamp, request
from plugins.ins.insi.reading import Answer, Fault, read
from plugins.sandbox.insi.authority import UNIT
from plugins.sandbox.insi.catalogue import catalogue
from plugins.sandbox.insi.server import serve
from plugins.sandbox.insi.service import Mood, Service
from plugins.sandbox.management.commands.sandbox_insi import Command, certificates

ZOE = ByTraits("ADRUN", ("ZOE",), "F", "1975-12-31")
CALLER = Caller(UNIT, "IDAM", "ONCODCC", "1", "00000000-0000-4000-8000-000000000000")


def _ask(
    content: bytes, *, name: str = "INSI-MANU", action: str = ACTIONS["WS_INS2"], to: Service | None = None
) -> Answer | Fault:
    service = to or Service("IDAM")
    _status, body = service.answer(content, name=name, unit=UNIT, action=action, mood=Mood())
    return read(body)


def _sent(caller: Caller = CALLER, question: ByTraits = ZOE, stamp: Stamp | None = None) -> bytes:
    return request(question, caller, stamp or Stamp())


def test_a_good_request_is_answered() -> None:
    found = _ask(_sent())
    assert isinstance(found, Answer)
    assert found.code == "00"


REFUSED: list[tuple[str, Callable[[], Answer | Fault], str]] = [
    ("another certificate", lambda: _ask(_sent(), name="AUTRE-NOM"), "desir_560"),
    ("another software", lambda: _ask(_sent(replace(CALLER, idam="X"))), "desir_550"),
    ("no XML", lambda: _ask(b"<x"), "bac_a_sable_1"),
    ("a document type", lambda: _ask(b"<!DOCTYPE x><x/>"), "bac_a_sable_1"),
    ("no envelope", lambda: _ask(b"<x/>"), "bac_a_sable_2"),
    ("lower case", lambda: _ask(_sent(question=replace(ZOE, birth_name="Adrun"))), "bac_a_sable_2"),
    ("no given name", lambda: _ask(_sent(question=replace(ZOE, given=()))), "bac_a_sable_2"),
    ("another emitter", lambda: _ask(_sent(replace(CALLER, emitter="1"))), "bac_a_sable_3"),
    ("another action", lambda: _ask(_sent(), action=ACTIONS["WS_INS1"]), "bac_a_sable_3"),
    ("no action", lambda: _ask(_sent(), action=""), "bac_a_sable_3"),
    ("one mark for all", lambda: _ask(_sent(stamp=Stamp(*[CALLER.instance] * 3))), "bac_a_sable_3"),
]


@pytest.mark.parametrize(("why", "ask", "code"), REFUSED, ids=[row[0] for row in REFUSED])
def test_it_refuses(why: str, ask: Callable[[], Answer | Fault], code: str) -> None:
    found = ask()
    assert isinstance(found, Fault), why
    assert found.code == code
    assert found.ours


def test_a_request_is_not_taken_twice() -> None:
    service, content = Service("IDAM"), _sent()
    assert isinstance(_ask(content, to=service), Answer)
    assert isinstance(_ask(content, to=service), Fault)


def test_a_stranger_gets_what_was_chosen() -> None:
    service, stranger = Service("IDAM"), replace(ZOE, birth_name="INCONNU")
    assert getattr(_ask(_sent(question=stranger), to=service), "code", "") == "01"
    mood = Mood(strangers="faute")
    _status, body = service.answer(_sent(question=stranger), name="INSI-AUTO", unit=UNIT, action=ACTIONS["WS_INS2"], mood=mood)
    assert getattr(read(body), "code", "") == "insi_102"


def test_the_catalogue_gives_each_matricule_to_one_person() -> None:
    held = [person.ins for person in catalogue().people]
    assert len(set(held)) == len(held)
    assert {len(ins) for ins in held} == {15}


def test_the_command_is_of_the_demonstration_only(settings: Settings) -> None:
    settings.DCC_DEMO = False
    with pytest.raises(CommandError, match="démonstration"):
        call_command(Command(), port=8411)
    settings.DCC_DEMO = True
    with pytest.raises(CommandError, match="--port"):
        call_command(Command())


def test_the_command_changes_the_mood(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DCC_DEMO, settings.DATA_DIR = True, tmp_path
    service = Service("IDAM")
    server = serve(service, certificates(), 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    call_command(Command(), port=server.server_port, mood="panne", times=3)
    assert (service.mood.kind, service.mood.times) == ("panne", 3)
    server.shutdown()
    server.server_close()
    thread.join()
    assert "panne" in capsys.readouterr().out
    with pytest.raises(CommandError, match="ne répond pas"):
        call_command(Command(), port=1, mood="normal")
