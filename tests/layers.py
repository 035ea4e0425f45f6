"""Layers: what many tests start from is written once in the database, and each of them works on top of it, in a savepoint.

A layer is a fixture that only fills the database. A process (pytest-xdist has one per core) writes it when the first test that
asks for it comes and takes it away when a test comes that does not; tests are put in an order where that seldom happens. What a
test does on top is taken back at its end, as ever. A test with transactions of its own (``transaction=True``, ``live_server``)
has no layer under it: the fixture writes in the test's own database, at its turn::

    @layer()
    def configuration() -> None:
        ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Layer:
    """What ``load`` writes, over the layers ``under``; ``rank`` is its place in the order of declarations."""

    name: str
    load: Callable[[], object]
    under: tuple[Layer, ...]
    rank: int


Stack = tuple[Layer, ...]
_declared: list[Layer] = []
_open: list[tuple[Layer, AbstractContextManager[None]]] = []


def layer(*under: str) -> Callable[[Callable[[], object]], Any]:
    """Make a fixture of a function that fills the database, over other layers (their names)."""

    def declare(load: Callable[[], object]) -> Any:
        below = tuple(next(known for known in reversed(_declared) if known.name == name) for name in under)
        this = Layer(load.__name__, load, below, len(_declared))
        _declared.append(this)

        def start(db: None) -> None:
            for each in _with_under(this):
                if each not in stack():
                    each.load()

        start.__doc__ = load.__doc__
        start.layer = this  # type: ignore[attr-defined]  # read again from the fixture of a test
        return pytest.fixture(start, name=this.name)

    return declare


def stack() -> Stack:
    """The layers that are under the test now."""
    return tuple(each for each, _ in _open)


def wanted(item: pytest.Item) -> Stack:
    """The layers a test asks for, the lowest first; none for a test without database or with transactions of its own."""
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    if {"transactional_db", "live_server", "django_db_reset_sequences"} & names or (marker and (marker.args or marker.kwargs)):
        return ()
    known = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    functions = [known[name][-1].func for name in names if name in known]
    asked: list[Layer] = [function.layer for function in functions if hasattr(function, "layer")]
    return tuple(sorted({each for one in asked for each in _with_under(one)}, key=lambda each: each.rank))


def in_order(items: list[pytest.Item]) -> None:
    """Sort the tests that share layers together; tests without database and with transactions stay where they are, at the end."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[int, tuple[int, ...]]:
    ranks = tuple(each.rank for each in wanted(item))
    return (0, ranks) if ranks else (1, ())


def _with_under(this: Layer) -> Iterator[Layer]:
    for each in this.under:
        yield from _with_under(each)
    yield this


def put(needed: Stack) -> None:
    """Make the layers under the next test exactly these."""
    from django.db import connection, transaction

    kept = 0
    if _open and (not connection.in_atomic_block or connection.needs_rollback):  # a test broke the connection: begin again
        connection.close()
        connection.in_atomic_block, connection.atomic_blocks, connection.savepoint_ids = False, [], []
        _open.clear()
    while kept < min(len(_open), len(needed)) and _open[kept][0] == needed[kept]:
        kept += 1
    while len(_open) > kept:
        _, block = _open.pop()
        transaction.set_rollback(True)
        block.__exit__(None, None, None)
    for each in needed[kept:]:
        block = transaction.atomic()
        block.__enter__()
        _open.append((each, block))
        each.load()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After pytest-django put the tests of the database first."""
    in_order(items)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Iterator[Any]:
    """Layers come just before pytest-django begins the transaction of a test, and go before it takes the database away."""
    if fixturedef.argname == "_django_db_helper":
        with request.getfixturevalue("django_db_blocker").unblock():
            put(wanted(request.node))
    result = yield
    if fixturedef.argname == "django_db_setup":

        def take_all_away() -> None:
            with request.getfixturevalue("django_db_blocker").unblock():
                put(())

        fixturedef.addfinalizer(take_all_away)
    return result
