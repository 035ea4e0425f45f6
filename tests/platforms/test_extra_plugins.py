"""Plugins that are off by default: on, their own tests pass on the whole platform; off, the core does not know of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dcc.settings.plugins import DEFAULT_PLUGINS
from tests.database_copy import copy_to_start_from

ROOT = Path(__file__).resolve().parents[2]
EXTRA = ("plugins.essais", "plugins.ppac")
CORE = ("site/dcc", "forms_config", "rcp_directory", "themes", "plugins/cda", "plugins/pdf", "plugins/sandbox")
KINDS = (".py", ".html", ".yaml", ".js", ".css")
NAMES = re.compile(r"ppac|après-cancer|plugins\.essais|essais:|ClinicalTrial\b", re.IGNORECASE)


def test_none_is_on_by_default() -> None:
    assert set(EXTRA).isdisjoint(DEFAULT_PLUGINS.split(","))


def test_nothing_of_them_is_in_the_core() -> None:
    files = [
        path for room in CORE for path in (ROOT / room).rglob("*") if path.suffix in (".py", ".html", ".yaml", ".js", ".css")
    ]
    assert len(files) > 500
    assert [str(path) for path in files if NAMES.search(path.read_text(encoding="utf-8"))] == []


def test_their_tests_pass_with_all_of_them_on() -> None:
    """In a process of its own: what is installed is chosen at start. What the contract asks of types is tried with them."""
    plugins = {"DCC_EXTRA_PLUGINS": ",".join(EXTRA), "DJANGO_SETTINGS_MODULE": "dcc.settings.test"}
    environ = {**os.environ, **plugins, **copy_to_start_from()}
    for name in [name for name in environ if name.startswith("PYTEST_")]:
        del environ[name]
    folders = [name.replace(".", "/") for name in EXTRA]
    command = [sys.executable, "-m", "pytest", "-p", "no:xdist", *folders, "tests/contract/test_document_types.py"]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout[-6000:] + done.stderr[-2000:])
    assert re.search(r"\d+ passed", done.stdout) or "[100%]" in done.stdout
