"""What is left to SQLite alone is chosen with care: every application and everything that leans on a database stays on both."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.databases import CARRIED, STORY, is_carried, touches_database

ROOT: Path = settings.BASE_DIR
HOUSE = ("dcc", "forms_config", "rcp_directory", "plugins")
LEANS = {
    "IntegrityError", "OperationalError", "ProgrammingError", "DatabaseError",  # what a database refuses, each in its way
    "Thread", "ThreadPoolExecutor", "Barrier",  # several writers at once
    "cursor", "raw", "RunSQL", "select_for_update", "MigrationExecutor", "CaptureQueriesContext",  # the SQL itself
}  # fmt: skip
"""Names that a test module leans on when the database has its word to say."""


def _modules() -> list[str]:
    return sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("tests/**/test_*.py") if ".venv" not in path.parts)


def _left_out(module: str) -> bool:
    return module.startswith(tuple(CARRIED))


def names_in(source: str) -> set[str]:
    """Every name and attribute that a module writes."""
    nodes = list(ast.walk(ast.parse(source)))
    return {n.id for n in nodes if isinstance(n, ast.Name)} | {n.attr for n in nodes if isinstance(n, ast.Attribute)}


@pytest.mark.parametrize("start", CARRIED)
def test_what_is_left_out_exists(start: str) -> None:
    assert [module for module in _modules() if module.startswith(start)]


def test_the_story_told_twice_exists() -> None:
    assert STORY in _modules()


@pytest.mark.parametrize("module", [module for module in _modules() if _left_out(module)])
def test_what_leans_on_the_database_is_not_left_out(module: str) -> None:
    assert not names_in((ROOT / module).read_text(encoding="utf-8")) & LEANS


def test_every_application_with_tables_is_tested_on_both() -> None:
    kept = [module for module in _modules() if not _left_out(module) and "journeys" not in module]
    bare = []
    for app in apps.get_app_configs():
        if not app.name.startswith(HOUSE) or not [model for model in app.get_models() if model._meta.managed]:
            continue
        folder = Path(app.path).relative_to(ROOT)
        near = (f"{folder.as_posix()}/", f"{folder.parent.as_posix()}/tests/")
        using = [module for module in kept if module.startswith(near)]
        if not [module for module in using if "django_db" in (text := (ROOT / module).read_text("utf-8")) or "db: None" in text]:
            bare.append(app.name)
    assert bare == []


@pytest.mark.django_db
def test_a_test_with_rows_is_marked(request: pytest.FixtureRequest) -> None:
    assert touches_database(request.node)
    assert not is_carried(request.node)
    assert request.node.get_closest_marker("database")


def test_a_test_without_rows_is_not(request: pytest.FixtureRequest) -> None:
    assert not touches_database(request.node)
    assert request.node.get_closest_marker("database") is None
