"""A form leaves a platform and arrives on another, empty one: the same version, and the same outputs byte for byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.database_copy import start_from_copy

ROOT = Path(__file__).resolve().parents[2]
DRIVER = str(Path(__file__).resolve().parent / "driver.py")


class Platform:
    """An installation of its own: SQLite file, data folder, secret."""

    def __init__(self, folder: Path, region: str, settings_module: str) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name == "DCC_KIT_DIR" or not name.startswith("DCC_")}
        kept.pop("DATABASE_URL", None)
        self.environ = {
            **kept,
            "DJANGO_SETTINGS_MODULE": settings_module,
            "DCC_DATA_DIR": str(folder),
            "DCC_SECRET_KEY": region * 10,
            "DCC_REGION": region,
            "DCC_CONFORMANCE_IN_PROCESS": "1",
            "PYTHONWARNINGS": "ignore",
        }

    def manage(self, *arguments: str) -> str:
        """What a command says; it must end well."""
        return self._run(str(ROOT / "manage.py"), *arguments)

    def drive(self, *step: str) -> dict[str, Any]:
        """What the driver answers."""
        answer: dict[str, Any] = json.loads(self._run(DRIVER, *step).splitlines()[-1])
        return answer

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environ, cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.mark.parametrize(
    ("settings_module", "kinds"),
    [
        ("tests.platforms.settings", ["minimal"]),
        pytest.param("dcc.settings.dev", ["minimal", "typical", "maximal"], marks=[pytest.mark.prove, pytest.mark.kit]),
    ],
)
def test_a_form_is_the_same_on_another_platform(tmp_path: Path, settings_module: str, kinds: list[str]) -> None:
    there = Platform(tmp_path / "la-bas", "Pays de Là-Bas", settings_module)
    start_from_copy(there.folder / "db.sqlite3")
    there.manage("migrate", "-v0")
    there.drive("prepare")
    shutil.copytree(there.folder, tmp_path / "ici")
    here = Platform(tmp_path / "ici", "Région d'Ici", settings_module)
    bundle = tmp_path / "sein.zip"

    made = there.drive("make")
    there.manage("forms", "export", "frcp_sein", "--output", str(bundle))
    report = json.loads(here.manage("forms", "import", str(bundle), "--dry-run", "--json"))
    assert (report["region"], report["known"], report["published"]) == ("Pays de Là-Bas", False, None)
    told = here.manage("forms", "import", str(bundle), "--publish", "--trust", report["fingerprint"])
    assert "Formulaire « FRCP du sein (frcp_sein) » : nouveau" in told
    assert "Publié, version 1, avec la même empreinte que chez le publicateur" in told

    ours, theirs = here.drive("render", *kinds), there.drive("render", *kinds)
    assert ours == theirs
    assert ours["sha256"] == made["sha256"]
    assert len(set(ours["outputs"].values())) == 3 * len(kinds)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["import", "absent.zip"], 1, "est illisible : il n'existe pas"),
        (["import", "pyproject.toml"], 1, "n'est pas un paquet de formulaire"),
        (["import", "."], 1, "est un dossier"),
        (["export", "inconnu", "--output", "x.zip"], 1, "Formulaire inconnu ou non publié : inconnu"),
        (["import", "pyproject.toml", "--actor", "personne"], 1, "Compte inconnu : personne"),
    ],
)
def test_what_the_commands_refuse(arguments: list[str], code: int, words: str, db: None) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("forms", *arguments)
    assert refusal.value.returncode == code
    assert words in str(refusal.value)
