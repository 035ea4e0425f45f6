"""What a region may change of the table, and what it may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dcc.accounts import regional
from dcc.accounts.checks import check_regional_table
from dcc.accounts.policies import POLICY, Action, Scope


def test_no_file_changes_nothing(settings: Any) -> None:
    settings.DCC_POLICY_FILE = ""
    assert regional.policy_in_force() is POLICY
    assert check_regional_table() == []


def test_a_file_changes_its_cells_and_no_other(settings: Any, tmp_path: Path) -> None:
    file = tmp_path / "droits.txt"
    lines = (
        "# lecteurs",
        "document.open lecteur=-",
        "document.open * valide lecteur=ATF  # validé",
        "document.download lecteur=-",
    )
    file.write_text("\n".join(lines))
    settings.DCC_POLICY_FILE = str(file)
    policy = regional.policy_in_force()
    assert policy.cell("lecteur", Action.OPEN_DOCUMENT, Scope("frcp", "complete")) == "-"
    assert policy.cell("lecteur", Action.OPEN_DOCUMENT, Scope("frcp", "valide")) == "ATF"
    assert policy.cell("medecin", Action.OPEN_DOCUMENT, Scope("frcp", "valide")) == "ATRFG"
    assert [(change.cell, change.ours) for change in regional.changes()] == [("-", "ATRF"), ("ATF", "ATRF"), ("-", "ATRF")]
    assert check_regional_table() == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("document.open editeur=F", "ce rôle ne voit aucune donnée de patient"),
        ("patient.open responsable=any", "ce rôle ne voit aucune donnée de patient"),
        ("document.validate assistant=A", "acte réservé aux médecins"),
        ("patient.mask assistant=T", "acte réservé aux médecins"),
        ("document.edit lecteur=A", "un lecteur ne fait que lire"),
        ("document.open medecin=any", "nul n'agit sur un patient sans lien avec lui"),
        ("document.edit medecin=ATFG", "le bris de glace est aux médecins, et pour lire"),
        ("document.open assistant=ATFG", "le bris de glace est aux médecins, et pour lire"),
        ("journal.read administrateur=any", "seules les actions sur les patients et les documents se règlent par région"),
        ("accounts.admit medecin=any", "seules les actions sur les patients et les documents se règlent par région"),
        ("document.open medecin=A", "medecin pourrait document.edit"),
        ("document.open pps medecin=A", "medecin pourrait document.edit (pps )"),
    ],
)
def test_what_a_region_may_not(line: str, why: str) -> None:
    assert any(why in problem for problem in regional.problems_of(*regional.with_changes(line)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("document.burn medecin=F", "ligne 1 : action inconnue « document.burn »"),
        ("\ndocument.open patron=F", "ligne 2 : rôle inconnu « patron »"),
        ("document.open medecin=X", "ligne 1 : cellule inconnue « X »"),
        ("document.open", "ligne 1 : attendu"),
        ("medecin=F document.open", "ligne 1 : attendu"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        regional.with_changes(text)


def test_a_file_that_is_not_there_stops_the_start(settings: Any, tmp_path: Path) -> None:
    settings.DCC_POLICY_FILE = str(tmp_path / "absent")
    (error,) = check_regional_table()
    assert "absent" in error.msg
