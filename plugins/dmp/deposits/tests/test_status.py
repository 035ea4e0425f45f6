"""What the command says of a document."""

from __future__ import annotations

import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from plugins.dmp.deposits.status import lines_of
from plugins.dmp.deposits.tests.conftest import BOB, DAN, WritePps
from plugins.dmp.deposits.tests.stage import DmpStage
from plugins.dmp.deposits.tests.test_sequences import connect


def test_it_says_where_a_document_stands(stage: DmpStage, frcp: uuid.UUID, write_pps: WritePps) -> None:
    assert next(iter(lines_of(frcp))) == "Retenue (En attente d'une session Pro Santé Connect ; ouvrir psc)"
    connect(stage, BOB)
    first, version, names, session, now = lines_of(frcp)
    assert first == "Déposée au DMP, invisible au patient"
    assert version == "  version 1, Déposé, Invisible au patient, essais : 1"
    assert names.startswith("  uniqueId 2.25.")
    assert session.endswith(f"dans la session de {BOB}")
    assert now == "FRCP invisible, PPS absent : rien"
    stage.memory.authorisation = "VALIDE"
    connect(stage, DAN)
    pps = write_pps()
    assert any("rendu visible le" in line for line in lines_of(frcp))
    assert list(lines_of(pps))[-1] == "FRCP visible, PPS présent : rien"


def test_the_command_says_it(stage: DmpStage, frcp: uuid.UUID) -> None:
    connect(stage, BOB)
    said = StringIO()
    call_command("dmp", "status", str(frcp), stdout=said)
    assert said.getvalue().splitlines() == list(lines_of(frcp))
    with pytest.raises(CommandError, match="Rien de ce document"):
        call_command("dmp", "status", str(uuid.uuid4()))


def test_of_what_never_was_to_go_there_it_says_so(db: None) -> None:
    with pytest.raises(LookupError, match="Rien de ce document"):
        list(lines_of(uuid.uuid4()))
