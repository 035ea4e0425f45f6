"""The registry: where plugins say what they can do, and the only place where the core looks for it.

A registry is filled once and then frozen: a late or a duplicate registration raises :class:`ContractError`. Tests make their own
and put it in place with :func:`use_registry`; nothing is patched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from dcc.contracts.capabilities import (
    ConformanceCheck,
    DigestSection,
    DirectorySource,
    DocumentType,
    IdentityVerifier,
    Indicator,
    MenuEntry,
    PrefillSource,
    Reader,
    ReadinessCheck,
    Renderer,
    ScheduledJob,
    Service,
    Transport,
    Urls,
)
from dcc.contracts.errors import ContractError
from dcc.contracts.event import Event, Handler
from dcc.contracts.mailbox import MailboxSource
from dcc.contracts.notices import HelpPage, NoticeSource
from dcc.contracts.prefill import DocumentsElsewhere

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Subscription:
    """One handler of one event; ``key`` is the literal stored with each delivery, ``owner`` the plugin that registered it.

    ``concerns`` says, when an event is told, whether it is one for this handler: for the others no delivery is made at all.
    """

    event: type[Event]
    handler: Handler
    key: str
    owner: str
    concerns: Callable[[Any], bool] = lambda _event: True


class Registry:
    """Capabilities by kind and key, and subscriptions by event."""

    def __init__(self) -> None:
        self._entries: dict[type[Any], dict[str, Any]] = {}
        self._subscriptions: dict[str, Subscription] = {}
        self._events: dict[str, type[Event]] = {}
        self._owner = "core"
        self._frozen = False

    @contextmanager
    def owned_by(self, owner: str) -> Iterator[None]:
        """Registrations made inside belong to ``owner`` (a plugin's slug)."""
        former, self._owner = self._owner, owner
        try:
            yield
        finally:
            self._owner = former

    def freeze(self) -> None:
        """From now on registering raises; done once all applications are ready."""
        self._frozen = True

    def add(self, kind: type[T], key: str, entry: T) -> None:
        """Register ``entry`` under ``key``; raises :class:`ContractError` when late or when the key is taken."""
        self._refuse_late(f"{kind.__name__} « {key} »")
        entries = self._entries.setdefault(kind, {})
        if key in entries:
            raise ContractError(f"{kind.__name__} « {key} » est déjà enregistré")
        entries[key] = entry

    def subscribe(
        self, event: type[Event], handler: Handler, *, key: str, concerns: Callable[[Any], bool] = lambda _event: True
    ) -> None:
        """Call ``handler`` at least once for every ``event`` that it ``concerns``; ``key`` is a literal that never changes."""
        self._refuse_late(f"abonnement « {key} »")
        if key in self._subscriptions:
            raise ContractError(f"L'abonnement « {key} » existe déjà")
        self._events[event.name] = event
        self._subscriptions[key] = Subscription(event, handler, key, self._owner, concerns)

    def _refuse_late(self, what: str) -> None:
        if self._frozen:
            raise ContractError(f"Enregistrement tardif : {what} (le registre est figé au démarrage)")

    def all(self, kind: type[T]) -> Sequence[T]:
        """Every entry of a kind, in order of registration."""
        return tuple(self._entries.get(kind, {}).values())

    def find(self, kind: type[T], key: str) -> T | None:
        """The entry of a kind under a key, or nothing."""
        entry: T | None = self._entries.get(kind, {}).get(key)
        return entry

    def keys(self, kind: type[Any]) -> Sequence[str]:
        """Keys registered for a kind."""
        return tuple(self._entries.get(kind, {}))

    def subscriptions(self, event: type[Event]) -> Sequence[Subscription]:
        """Subscriptions to an event, in order of registration."""
        return tuple(s for s in self._subscriptions.values() if s.event is event)

    def subscription_keys(self) -> Sequence[str]:
        """Keys of all subscriptions, in order of registration."""
        return tuple(self._subscriptions)

    def subscription(self, key: str) -> Subscription | None:
        """The subscription stored under ``key``, or nothing when its plugin is switched off."""
        return self._subscriptions.get(key)


KINDS = (
    ConformanceCheck,
    DigestSection,
    DirectorySource,
    DocumentType,
    DocumentsElsewhere,
    HelpPage,
    IdentityVerifier,
    Indicator,
    MailboxSource,
    MenuEntry,
    NoticeSource,
    PrefillSource,
    ReadinessCheck,
    Reader,
    Renderer,
    ScheduledJob,
    Service,
    Transport,
    Urls,
)

_current = Registry()


def current() -> Registry:
    """The registry of this process."""
    return _current


@contextmanager
def use_registry(registry: Registry) -> Iterator[Registry]:
    """Put another registry in place, for tests."""
    global _current  # noqa: PLW0603  (the process registry is the one global, swapped only here)
    former, _current = _current, registry
    try:
        yield registry
    finally:
        _current = former
