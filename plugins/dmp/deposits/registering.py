"""What this slice offers: the transport of the channel « dmp », what follows a deposit, the words of the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dcc.contracts.capabilities import Transport
from dcc.contracts.events import RenewalDue, TransmissionChanged
from dcc.contracts.registry import Registry

if TYPE_CHECKING:
    from plugins.dmp.deposits.transport import Services

ACTIONS = """
dmp.revealed    soins  ecrit  FRCP rendue visible au patient dans son DMP
dmp.share_asked soins  ecrit  Mise en partage dans le DMP demandée à nouveau
dmp.removal_asked soins ecrit Suppression d'un document demandée dans le DMP d'une INS que le patient n'a plus
dmp.removed     soins  ecrit  Document supprimé du DMP d'une INS que le patient n'a plus
dmp.guardians   soins  ecrit  Choix de ce que voient les représentants légaux d'un mineur
"""


def register(registry: Registry) -> None:
    """The journal's words; deposits in the sessions that are open."""
    from dcc.audit import api as audit
    from plugins.dmp.deposits.transport import Services
    from plugins.dmp.sessions.calling import dmp
    from plugins.dmp.sessions.live import live_session_of
    from plugins.dmp.settings import in_force

    audit.declare(ACTIONS)
    offer(registry, Services(dmp(), live_session_of, in_force))


def offer(registry: Registry, services: Services) -> None:
    """Deposits and what follows them, through ``services``."""
    from plugins.dmp.deposits import held, reference
    from plugins.dmp.deposits.events import RemovalAsked, ShareAsked
    from plugins.dmp.deposits.removing import Removing
    from plugins.dmp.deposits.revealing import Revealing, was_deposited
    from plugins.dmp.deposits.sharing import Sharing
    from plugins.dmp.deposits.transport import DmpTransport

    revealing, removing = Revealing(services), Removing(services)
    registry.add(Transport, "dmp", DmpTransport(services))
    registry.subscribe(TransmissionChanged, revealing.follow, key="dmp.revealing", concerns=was_deposited)
    registry.subscribe(TransmissionChanged, reference.follow, key="dmp.reference", concerns=was_deposited)
    registry.subscribe(TransmissionChanged, held.look_again, key="dmp.held", concerns=held.is_held)
    registry.subscribe(ShareAsked, Sharing(services, revealing).share, key="dmp.sharing")
    registry.subscribe(RenewalDue, removing.look, key="dmp.former_ins")
    registry.subscribe(TransmissionChanged, removing.look, key="dmp.former_ins.deposited", concerns=was_deposited)
    registry.subscribe(RemovalAsked, removing.remove, key="dmp.removing")
