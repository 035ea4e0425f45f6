"""Layers: what many tests start from is written once in the database, and each of them works on top of it, in a savepoint.

A layer is a fixture that only fills the database. A process (pytest-xdist has one per core) writes it when the first test that
asks for it comes and takes it away when a test comes that does not; tests are put in an order where that seldom happens. What a
test does on top is taken back at its end, as ever. A test with transactions of its own (``transaction=True``, ``live_server``)
has no layer under it: the fixture writes in the test's own database, at its turn. Its parameters name the layers it is put over;
where one of these is another fixture of that name, it writes at its turn too::

    @layer()
    def alice(facility: Facility) -> User:
        ...

Layers are written before any fixture of the test: under the settings, the registry and the clock of everybody.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True, slots=True)
class Layer:
    """What ``load`` writes, over the layers ``under``; ``rank`` is its place in the order of declarations."""

    name: str
    load: Callable[..., object]
    under: tuple[Layer, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Put:
    """A layer that is in place: the savepoint it is in, and what it answers."""

    layer: Layer
    block: ExitStack
    answer: object

    def value(self) -> Any:
        """What a test gets: an object of its own, that it may change."""
        from django.db.models import Model

        return deepcopy(self.answer) if isinstance(self.answer, Model) else self.answer


Stack = tuple[Layer, ...]
_declared: dict[str, Layer] = {}
_open: list[Put] = []


def layer() -> Callable[[Callable[..., object]], Any]:
    """Make a fixture of a function that fills the database over the layers that its parameters name; it may answer something."""

    def declare(load: Callable[..., object]) -> Any:
        parameters = inspect.signature(load).parameters
        this = Layer(load.__name__, load, tuple(_declared[name] for name in parameters), len(_declared))
        _declared[this.name] = this

        def start(**given: object) -> object:
            for each in _open:
                if each.layer is this:
                    return each.value()
            return load(**{name: given[name] for name in parameters})

        # pytest reads here what the fixture asks for: the database first, then what it is put over.
        database = inspect.Parameter("db", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        start.__signature__ = inspect.Signature([database, *parameters.values()])  # type: ignore[attr-defined]
        start.__doc__ = load.__doc__
        start.layer = this  # type: ignore[attr-defined]  # read again from the fixture of a test
        return pytest.fixture(start, name=this.name)

    return declare


def stack() -> Stack:
    """The layers that are under the test now."""
    return tuple(each.layer for each in _open)


def wanted(item: pytest.Item) -> Stack:
    """The layers a test asks for, the lowest first; none for a test without database or with transactions of its own."""
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    if {"transactional_db", "live_server", "django_db_reset_sequences"} & names or (marker and (marker.args or marker.kwargs)):
        return ()
    known = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    functions = {name: known[name][-1].func for name in names if name in known}
    asked: list[Layer] = [function.layer for function in functions.values() if hasattr(function, "layer")]
    return tuple(sorted((one for one in asked if _is_whole(one, functions)), key=lambda each: each.rank))


def _is_whole(this: Layer, functions: Mapping[str, Any]) -> bool:
    """Whether a test asks for a layer and for all that is under it, and for no other fixture of one of their names."""
    mine = getattr(functions.get(this.name), "layer", None) is this
    return mine and all(_is_whole(each, functions) for each in this.under)


def in_order(items: list[pytest.Item]) -> None:
    """Sort the tests that share layers together; tests without database and with transactions stay where they are, at the end."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[int, tuple[int, ...]]:
    ranks = tuple(each.rank for each in wanted(item))
    return (0, ranks) if ranks else (1, ())


def put(needed: Stack) -> None:
    """Make the layers under the next test exactly these."""
    from django.db import connection, transaction

    kept = 0
    if _open and (not connection.in_atomic_block or connection.needs_rollback):  # a test broke the connection: begin again
        connection.close()
        connection.in_atomic_block, connection.atomic_blocks, connection.savepoint_ids = False, [], []
        _open.clear()
    while kept < min(len(_open), len(needed)) and _open[kept].layer == needed[kept]:
        kept += 1
    while len(_open) > kept:
        transaction.set_rollback(True)
        _open.pop().block.close()
    for each in needed[kept:]:
        with ExitStack() as opened:
            opened.enter_context(transaction.atomic())
            below = {under.layer.name: under.value() for under in _open}
            answer = each.load(**{one.name: below[one.name] for one in each.under})
            _open.append(Put(each, opened.pop_all(), answer))


@pytest.fixture(autouse=True)
def _on_its_layers(request: pytest.FixtureRequest) -> None:
    """The database of a test that has layers is there before the fixtures of the test change anything.

    What the process remembers of the people of a layer, who are the same in many tests, is forgotten.
    """
    if wanted(request.node):
        from django.core.cache import cache

        request.getfixturevalue("db")
        cache.clear()


@pytest.fixture(autouse=True)
def _no_refusals_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals are counted in a process and told once a minute: in another test, of the same people or of nobody."""
    from dcc.accounts import refusals

    monkeypatch.setattr(refusals, "flood", refusals.Flood())


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
