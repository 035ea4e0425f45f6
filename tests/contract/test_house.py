"""The rules of the house that no other tool checks (DESIGN §7): budgets, names, layout, size of the kernel."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("site/dcc", "forms_config", "rcp_directory", "plugins")
FILE_LINES = 300
FUNCTION_LINES = 40
KERNEL = ("plugin.py", "registry.py", "errors.py", "event.py")
KERNEL_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}
REASON = "longer than 300 lines because"


def _product_files() -> Iterator[Path]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            if not {"tests", "migrations"} & set(path.relative_to(ROOT).parts):
                yield path


PRODUCT_FILES = list(_product_files())


@pytest.mark.parametrize("path", PRODUCT_FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_budgets(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= FILE_LINES or REASON in text, "split the file, or write its reason in it"
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert not long, f"functions over {FUNCTION_LINES} lines"


@pytest.mark.parametrize("path", PRODUCT_FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_names(path: Path) -> None:
    assert path.stem not in FORBIDDEN_NAMES
    assert path.parent.name not in FORBIDDEN_NAMES


def test_every_room_says_what_it_is_for() -> None:
    for source in SOURCES:
        for init in (ROOT / source).rglob("__init__.py"):
            if {"tests", "migrations", "management", "commands"} & set(init.relative_to(ROOT).parts):
                continue
            assert ast.get_docstring(ast.parse(init.read_text(encoding="utf-8"))), f"{init.relative_to(ROOT)} has no docstring"


def test_kernel_stays_small() -> None:
    lines = sum((ROOT / "site/dcc/contracts" / name).read_text(encoding="utf-8").count("\n") for name in KERNEL)
    assert lines < KERNEL_LINES


def test_site_is_not_a_package() -> None:
    assert not (ROOT / "site/__init__.py").exists()
