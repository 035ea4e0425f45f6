"""The directory of the demonstration: boxes of its people, as an extraction of the Annuaire Santé gives them; that of the PDC."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command

from plugins.sandbox.mss.people import people
from rcp_directory import api as directory

COLUMNS = (
    "Type de BAL",
    "Adresse BAL",
    "Identification nationale PP",
    "Type identifiant structure",
    "Identification Structure",
    "Nom d'exercice",
    "Prénom d'exercice",
    "Dématérialisation",
)
"""Those that are needed of ``Extraction_Correspondance_MSSante``."""


def keep_mailboxes(known: Mapping[str, Mapping[str, Any]]) -> str:
    """Load the boxes of the people of the scenes, and enter the PDC's; says how many are known."""
    who = people()
    directory.record_national_mailbox(use="pdc", address=who.pdc, is_test=True)
    if not apps.is_installed("plugins.annuaire"):
        return "Annuaire Santé : module absent"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "Extraction_Correspondance_MSSante_demonstration.txt"
        path.write_text(extraction(known, who.professionals), encoding="utf-8")
        call_command("annuaire", "import", str(path), stdout=StringIO())
    return (
        f"Annuaire Santé : {len(who.professionals)} boîtes de professionnels, celle de la plateforme de données en cancérologie"
    )


def keep_neighbours(neighbours: Sequence[Mapping[str, str]]) -> str:
    """Enter the RCP of another region, which a fiche can be addressed to; says how many."""
    for rcp in neighbours:
        network = directory.Named(rcp["network"], "", rcp["network_name"], is_ours=False, mailbox=rcp["network_mailbox"])
        directory.record_rcp(
            national_id=rcp["id"],
            denomination=rcp["name"],
            network=network,
            centre=directory.Named(rcp["centre"], "", rcp["centre_name"]),
            attributes={"nature": "ORG-117", "body_system": rcp["body_system"], "mailbox": rcp["mailbox"]},
        )
    return f"Annuaire : {len(neighbours)} RCP d'une région voisine"


def extraction(known: Mapping[str, Mapping[str, Any]], boxes: Mapping[str, str]) -> str:
    """The text of the file."""
    rows = [
        ("PER", address, known[name]["rpps"], "", "", known[name]["family"], known[name]["given"], "O")
        for name, address in boxes.items()
    ]
    return "".join("|".join(row) + "|\n" for row in (COLUMNS, *rows))
