"""Sections of forms already filled, kept by what they show: opening a document again only fills the sections that changed.

A section is found again by its content alone (form, answers, what its conditions see, origins), so nothing kept is ever stale and
nothing needs to be thrown away when a document changes. Bounded: the sections shown longest ago go first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

Built = tuple[str, str]
"""A section and its line in the index, as HTML."""


class Shelf:
    """A bounded store; ``room`` in characters of HTML."""

    def __init__(self, room: int) -> None:
        self.room, self.used = room, 0
        self._kept: OrderedDict[Hashable, Built] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable, build: Callable[[], Built]) -> Built:
        """What is kept under ``key``, else what ``build`` makes, kept from now on."""
        with self._lock:
            known = self._kept.get(key)
            if known is not None:
                self._kept.move_to_end(key)
                return known
        made = build()
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self.used += _size(made)
            while self.used > self.room:
                _oldest, gone = self._kept.popitem(last=False)
                self.used -= _size(gone)
        return made


def _size(built: Built) -> int:
    return len(built[0]) + len(built[1])


SECTIONS = Shelf(room=12_000_000)
"""Some thirty whole documents: at most 24 MB in each web process."""
