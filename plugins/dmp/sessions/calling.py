"""The DMP in somebody's session: each call is traced, and a session that the proxy knows no more is over here too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from dcc.contracts.errors import DeliveryError, NeedsSession
from dcc.contracts.snapshots import InstanceId
from dcc.contracts.xds import DocumentEntry, Submission
from plugins.dmp.sessions import failures, live
from plugins.dmp.settings import in_force
from plugins.dmp.transactions import last
from plugins.dmp.transactions.client import ProxyDmp
from plugins.dmp.transactions.types import Caller, Dmp, Existence, FoundEntry

T = TypeVar("T")


def dmp() -> Dmp:
    """The DMP of this platform, for whoever calls it outside a transaction."""
    return TracedDmp(ProxyDmp(in_force))


@dataclass(frozen=True, slots=True)
class TracedDmp:
    """Any :class:`Dmp`; what a call did in the session of its caller is in the journal, with no trait of the patient."""

    inner: Dmp

    def existence(self, caller: Caller, ins: InstanceId) -> Existence:
        """TD0.2."""
        return _traced(caller, "TD0-2", lambda: self.inner.existence(caller, ins))

    def authorise(self, caller: Caller, ins: InstanceId, *, withdraw: bool = False) -> None:
        """TD0.3."""
        _traced(caller, "TD0-3", lambda: self.inner.authorise(caller, ins, withdraw=withdraw))

    def submit(self, caller: Caller, ins: InstanceId, lot: Submission, documents: Mapping[str, bytes]) -> None:
        """TD2.1."""
        _traced(caller, "TD2-1", lambda: self.inner.submit(caller, ins, lot, documents))

    def reference_of(self, caller: Caller, ins: InstanceId, unique_id: str) -> str:
        """TD3.1b."""
        return _traced(caller, "TD3-1b", lambda: self.inner.reference_of(caller, ins, unique_id))

    def find_documents(
        self, caller: Caller, ins: InstanceId, *, types: Sequence[str], since: datetime | None = None
    ) -> Sequence[FoundEntry]:
        """TD3.1a."""
        return _traced(caller, "TD3-1a", lambda: self.inner.find_documents(caller, ins, types=types, since=since))

    def changed_documents(self, caller: Caller, ins: InstanceId, *, since: datetime) -> Sequence[FoundEntry]:
        """TD3.1a."""
        return _traced(caller, "TD3-1a", lambda: self.inner.changed_documents(caller, ins, since=since))

    def describe(self, caller: Caller, ins: InstanceId, unique_ids: Sequence[str]) -> Sequence[FoundEntry]:
        """TD3.1a."""
        return _traced(caller, "TD3-1a", lambda: self.inner.describe(caller, ins, unique_ids))

    def retrieve(self, caller: Caller, ins: InstanceId, unique_ids: Sequence[str]) -> Mapping[str, bytes]:
        """TD3.2."""
        return _traced(caller, "TD3-2", lambda: self.inner.retrieve(caller, ins, unique_ids))

    def change_visibility(self, caller: Caller, ins: InstanceId, found: FoundEntry, entry: DocumentEntry) -> None:
        """TD3.3a/b."""
        _traced(caller, "TD3-3b", lambda: self.inner.change_visibility(caller, ins, found, entry))

    def change_status(self, caller: Caller, ins: InstanceId, entry_uuid: str, status: Literal["Deleted", "Archived"]) -> None:
        """TD3.3c/d."""
        what = {"Deleted": "TD3-3c", "Archived": "TD3-3d"}[status]
        _traced(caller, what, lambda: self.inner.change_status(caller, ins, entry_uuid, status))


def _traced(caller: Caller, what: str, call: Callable[[], T]) -> T:
    try:
        answer = call()
    except NeedsSession:
        live.note_used(caller, what, outcome="session")
        live.note_over(caller)
        raise
    except DeliveryError as error:
        live.note_used(caller, what, outcome=error.cause or type(error).__name__)
        failures.keep(caller, what, error)
        raise
    finally:
        last.taken()  # nothing of a patient stays in the thread, nor goes to the call after
    live.note_used(caller, what)
    return answer
