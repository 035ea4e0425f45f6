"""To whom documents are sent and from whom they come: national mailboxes, RCP of other regions, senders that are known."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from rcp_directory.models import FormerCode, NationalBox, Rcp, RegionalNetwork
from rcp_directory.queries import FoundRcp, found, search_rcps


@dataclass(frozen=True, slots=True)
class NationalMailbox:
    """A national service: its MSSanté address, and whether that is one for trials."""

    use: str
    title: str
    address: str
    is_test: bool


def national_mailbox(use: str) -> NationalMailbox | None:
    """The mailbox of a national service (``pdc``) as the directory has it; nothing while nobody entered it (CDC §2.3.5)."""
    row = NationalBox.objects.filter(use=use).first()
    return NationalMailbox(row.use, str(row), row.address, row.is_test) if row else None


def rcp_by_code(code: str) -> FoundRcp | None:
    """The RCP that has this national identifier, or had it before; closed ones too."""
    row = _rows().filter(national_id=code).first()
    if row is None:
        former = FormerCode.objects.filter(code=code).values_list("rcp_id", flat=True).first()
        row = _rows().filter(pk=former).first() if former else None
    return found(row) if row else None


def addressees(text: str = "", *, limit: int = 20) -> list[FoundRcp]:
    """The open RCP of other regions that a case can be sent to, by the words of :func:`search_rcps`; each has its ``address``."""
    return [row for row in search_rcps(text, limit=None) if not row.is_ours and row.address][:limit]


def is_known_sender(address: str) -> bool:
    """Whether an address is that of a network's system or of an RCP, open or closed: a late return still comes from somebody."""
    return bool(networks_of(address))


def networks_of(address: str) -> frozenset[int]:
    """Networks whose system, or one of whose RCP, has this address: ids to compare, none for an unknown one."""
    address = address.strip()
    if not address:
        return frozenset()
    systems = RegionalNetwork.objects.filter(mailbox__iexact=address).values_list("pk", flat=True)
    boards = Rcp.objects.filter(mailbox__iexact=address).values_list("centre__network_id", flat=True)
    return frozenset({*systems, *boards})


def network_called(address: str) -> str:
    """What the network is called (its acronym, else its name) that an address belongs to; empty when there is not exactly one."""
    found = list(RegionalNetwork.objects.filter(pk__in=networks_of(address))[:2])
    return (found[0].acronym or found[0].name) if len(found) == 1 else ""


def _rows() -> QuerySet[Rcp]:
    rows: QuerySet[Rcp] = Rcp.objects.select_related("centre__network", "establishment", "coordinator")
    return rows
