"""What was asked and answered last by whoever calls (his thread), for the support of the DMP when it fails (dmp_psc.md §1.11)."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from plugins.dmp.transactions.mtom import Package, unpacked
from plugins.dmp.transactions.transport import Reply


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call and its answer, as they went through HTTP."""

    package: Package
    reply: Reply

    @property
    def request(self) -> bytes:
        """The envelope that was sent, without the documents beside it."""
        return unpacked(self.package.content, self.package.content_type).root


_LAST: ContextVar[Exchange | None] = ContextVar("dmp.last_exchange", default=None)


def note(package: Package, reply: Reply) -> None:
    """This was answered."""
    _LAST.set(Exchange(package, reply))


def taken() -> Exchange | None:
    """The last exchange, once; nothing when a call had no answer."""
    found = _LAST.get()
    _LAST.set(None)
    return found
