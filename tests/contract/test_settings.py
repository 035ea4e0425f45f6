"""Settings come from the environment, and ``docs/operations.md`` has all of them in one table."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from dcc.settings import env

ROOT = Path(__file__).resolve().parents[2]
READERS = {"text", "flag", "number", "words", "secret", "required_secret"}
TABLE = re.compile(r"^\| `(\w+)` \|.*?\| (.*) \|$", re.MULTILINE)
OF_DJANGO = {"DJANGO_SETTINGS_MODULE"}


def _read(path: Path) -> Iterator[tuple[str, str]]:
    """Name of the reader and of the variable, for each setting that a module reads."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        variable = node.args[0].value
        if (
            isinstance(variable, str)
            and variable.isupper()
            and (name in READERS or (name == "get" and variable.startswith("DCC_")))
        ):
            yield name, variable


def settings_read() -> dict[str, str]:
    """The variables that the platform reads, each with its reader."""
    return {
        variable: reader
        for folder in ("site/dcc", "plugins", "forms_config", "rcp_directory")
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.parts
        for reader, variable in _read(path)
    }


def test_the_table_of_operations_is_complete_and_true() -> None:
    table = dict(TABLE.findall((ROOT / "docs/operations.md").read_text(encoding="utf-8")))
    settings = settings_read()
    assert len(settings) > 35
    assert set(table) - OF_DJANGO == set(settings)
    secrets = {name for name, reader in settings.items() if reader in ("secret", "required_secret")}
    assert {name for name, words in table.items() if "secret :" in words} == secrets


class TestSecrets:
    """A secret, given as it is or in a file."""

    def test_of_a_variable(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DCC_X", "value")
        assert env.secret("DCC_X") == "value"

    def test_of_a_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "x").write_text("value\n")
        monkeypatch.setenv("DCC_X_FILE", str(tmp_path / "x"))
        assert env.secret("DCC_X") == "value"

    def test_of_both(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DCC_X", "value")
        monkeypatch.setenv("DCC_X_FILE", "/file")
        with pytest.raises(ImproperlyConfigured, match="tous deux définis"):
            env.secret("DCC_X")

    def test_of_no_file(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("DCC_X_FILE", str(tmp_path / "absent"))
        with pytest.raises(ImproperlyConfigured, match="DCC_X_FILE"):
            env.secret("DCC_X")

    def test_that_is_required(self) -> None:
        with pytest.raises(ImproperlyConfigured, match=r"DCC_X .*doit être défini"):
            env.required_secret("DCC_X")


@pytest.mark.parametrize(
    ("value", "expected"), [("oui", True), ("TRUE", True), ("1", True), ("non", False), ("0", False), ("", True)]
)
def test_a_flag(value: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DCC_X", value)
    assert env.flag("DCC_X", default=True) is expected


def test_a_number_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DCC_X", "dix")
    with pytest.raises(ImproperlyConfigured, match="DCC_X doit être un nombre entier"):
        env.number("DCC_X", 1)


def test_files_are_kept_on_the_host_or_in_the_bucket(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from django.core.files.storage import FileSystemStorage, StorageHandler
    from storages.backends.s3 import S3Storage

    def made() -> object:
        backends: dict[str, Any] = {"artifacts": env.storage(tmp_path / "artifacts")}
        return StorageHandler(backends)["artifacts"]

    local = made()
    assert isinstance(local, FileSystemStorage)
    assert local.location == str(tmp_path / "artifacts")
    monkeypatch.setenv("DCC_S3_BUCKET", "oncodcc")
    monkeypatch.setenv("DCC_S3_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("DCC_S3_ACCESS_KEY", "key")
    monkeypatch.setenv("DCC_S3_SECRET_KEY", "secret")
    shared = made()
    assert isinstance(shared, S3Storage)
    assert (shared.bucket_name, shared.location, shared.file_overwrite) == ("oncodcc", "artifacts", False)
    assert "X-Amz-Signature" in shared.url("ab/file")
