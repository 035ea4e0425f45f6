"""A plugin of a host under test: a PDF that costs nothing, and steps of a deposit at which its process kills itself when told.

The steps (:mod:`tests.faults.traps`), in the order they happen, of a deposit (TD2.1) and of a change of visibility (TD3.3b):
asked (the request has not left), answered (the answer is here, nobody noted it), written (the deposit is in the ledger, what it
replaces and its line do not say so yet), told (the line says it, its delivery does not).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dcc.contracts.capabilities import Renderer
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry
from tests.faults.mss.apps import QuickPdf
from tests.faults.traps import around

ACTIONS = {"deposit": "ProvideAndRegisterDocumentSet-b", "change": "UpdateDocumentSet"}
"""What changes something in a DMP: the end of the action that asks for it."""
STEPS = {what: tuple(f"{what}-{moment}" for moment in ("asked", "answered", "written", "told")) for what in ACTIONS}
SHOWN = "visible par le patient"
"""What a line says of a document that the patient sees."""


class StageConfig(PluginConfig):
    name = "tests.faults.dmp"
    label = "faults_dmp"
    verbose_name = "Pannes des dépôts"
    plugin = PluginMeta(slug="faults-dmp", title="Pannes des dépôts", version="1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        registry.add(Renderer, "pdf-a1", QuickPdf())
        set_traps()


def set_traps() -> None:
    """Put the steps around what the platform does."""
    from dcc.exchange import api as exchange
    from dcc.exchange.transmissions import sending
    from plugins.dmp.models import Deposit
    from plugins.dmp.transactions import client

    for what, action in ACTIONS.items():
        asked, answered, written, said = STEPS[what]
        around(client, "post", before=asked, after=answered, when=_asks(action))
        around(Deposit, "save", after=written, when=_notes({"deposit": "deposited_at", "change": "revealed_at"}[what]))
        if what == "deposit":
            around(sending, "_sent", after=said)
        else:
            around(exchange, "annotate", after=said, when=lambda *_, note, **__: note == SHOWN)


def _asks(action: str) -> Callable[..., bool]:
    def asks(_endpoint: Any, package: Any) -> bool:
        return f'{action}"' in package.content_type

    return asks


def _notes(field: str) -> Callable[..., bool]:
    def notes(_row: Any, *_: Any, update_fields: Any = (), **__: Any) -> bool:
        return field in (update_fields or ())

    return notes
