"""``manage.py insi``: traits in, return out."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from dcc.audit.models import Entry
from plugins.ins.models import InsiAnswer
from tests.insi.conftest import Insi

pytestmark = pytest.mark.django_db
ZOE = ["--name", "Adrun", "--given", "Zoé", "--sex", "F", "--date", "1975-12-31"]


def test_a_search_in_words(insi: Insi, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("insi", "search", *ZOE)
    said = capsys.readouterr().out
    assert "00 : identité trouvée" in said
    assert "matricule : 275126322074974" in said
    assert Entry.objects.filter(action="insi.searched").exists()


def test_a_search_in_json(insi: Insi, capsys: pytest.CaptureFixture[str]) -> None:
    person = ["--name", "HERMANN", "--given", "GATIEN", "--sex", "M", "--date", "1981-03-24"]
    call_command("insi", "search", *person, "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["code"], found["matricule"], len(found["anciens"]), len(found["remarques"])) == ("00", "181036322045660", 2, 2)


def test_nobody(insi: Insi, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        call_command("insi", "search", *ZOE[:-1], "1970-01-01", "--json")
    assert raised.value.code == 1
    assert json.loads(capsys.readouterr().out)["code"] == "01"


def test_any_endpoint_that_is_given(insi: Insi, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DCC_PLUGIN_SETTINGS = {}
    held = insi.certificates
    files = ["--cert", str(held.certificate("INSI-AUTO")), "--key", str(held.key("INSI-AUTO")), "--ca", str(held.authority)]
    call_command("insi", "search", *ZOE, "--endpoint", insi.url, "--idam", "BACASABLE001", *files)
    assert "identité trouvée" in capsys.readouterr().out


def test_failures_say_why(insi: Insi, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    insi.feel(kind="faute")
    with pytest.raises(CommandError, match="insi_102") as raised:
        call_command("insi", "search", *ZOE)
    assert raised.value.returncode == 3
    with pytest.raises(SystemExit) as stopped:
        call_command("insi", "search", *ZOE, "--json")
    assert stopped.value.code == 3
    assert json.loads(capsys.readouterr().out)["erreur"] == "a_refaire"
    with pytest.raises(CommandError, match="https"):
        call_command("insi", "search", *ZOE, "--endpoint", "http://localhost/")
    settings.DCC_PLUGIN_SETTINGS = {}
    with pytest.raises(CommandError, match="n'est pas configuré"):
        call_command("insi", "search", *ZOE)


def test_answers_are_shown_as_they_came(insi: Insi, capsys: pytest.CaptureFixture[str]) -> None:
    insi.feel(injection="2.04-2-malformed")
    with pytest.raises(CommandError, match="refusée"):
        call_command("insi", "search", "--name", "ECETINSI", "--given", "PIERRE-ALAIN", "--sex", "M", "--date", "2009-07-14")
    number = InsiAnswer.objects.get().pk
    call_command("insi", "answers")
    listed = capsys.readouterr().out
    assert str(number) in listed
    assert "ECETINSI" not in listed
    call_command("insi", "answer", str(number))
    said = capsys.readouterr()
    assert "<NumIdentifiant>" in said.out.replace("res:", "")
    assert "109076322083489" in said.err
    assert Entry.objects.filter(action="insi.answer_read").exists()
    with pytest.raises(CommandError, match="Aucune réponse"):
        call_command("insi", "answer", "00000000-0000-4000-8000-000000000000")
