"""A plugin of a host under test: a PDF that costs nothing, and steps of a sending at which the process kills itself when told.

The steps (:mod:`tests.faults.traps`) are those of DESIGN §5, in the order they happen; the file that is left of a kill holds the
Message-ID where there is one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from dcc.contracts.capabilities import Renderer
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry
from dcc.contracts.snapshots import Artifact, DocumentSnapshot
from tests.faults import traps

STEPS = ("before_claim", "after_claim", "before_data", "in_data", "after_dot", "after_250", "before_settle", "after_settle")
UNKNOWN = frozenset({"after_dot", "after_250"})
"""Killed there, nobody here can know that the server took the mail: its answer was not taken down."""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


class QuickPdf:
    """Stands for the PDF/A-1 of a document; its bytes are its own."""

    format = "pdf-a1"
    inputs: tuple[str, ...] = ()

    def supports(self, snapshot: DocumentSnapshot) -> bool:
        return True

    def render(self, snapshot: DocumentSnapshot, inputs: Mapping[str, Artifact], *, as_of: datetime) -> Artifact:
        return Artifact(self.format, "application/pdf", PDF + f"%{snapshot.rendition_id}\n".encode(), "document.pdf")


class StageConfig(PluginConfig):
    name = "tests.faults.mss"
    label = "faults_mss"
    verbose_name = "Pannes des transmissions"
    plugin = PluginMeta(slug="faults-mss", title="Pannes des transmissions", version="1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        registry.add(Renderer, "pdf-a1", QuickPdf())
        set_traps()


def told(step: str, content: bytes) -> None:
    """Die here, if that is wanted; what is left in the file is the Message-ID of the mail at hand."""
    found = re.search(rb"(?im)^Message-ID:\s*(<[^>]+>)", content)
    traps.told(step, found[1] if found else b"")


def set_traps() -> None:
    """Put the steps around what the platform does."""
    from dcc.exchange.transmissions import sending
    from plugins.mss.models.sending import Stage
    from plugins.mss.sending import transport
    from plugins.mss.sending.connection import Connection

    traps.around(sending, "_claim", before="before_claim", after="after_claim")
    traps.around(sending, "_sent", before="before_settle", after="after_settle")
    traps.around(transport, "_note", before="before_data", when=lambda row, stage, **_: stage == Stage.DATA)
    _within_the_text(Connection)


def _within_the_text(connection: Any) -> None:
    write, hand_over = connection._write, connection._hand_over

    def written(self: Any, content: bytes) -> Any:
        from django.conf import settings

        if (Path(settings.DATA_DIR) / "kill-in_data").exists():
            self._smtp.sock.sendall(content[: len(content) // 2])
            told("in_data", content)
        sock = write(self, content)
        if (Path(settings.DATA_DIR) / "kill-after_dot").exists():
            sock.sendall(b".\r\n")
            told("after_dot", content)
        return sock

    def handed_over(self: Any, content: bytes) -> Any:
        answer = hand_over(self, content)
        told("after_250", content)
        return answer

    connection._write, connection._hand_over = written, handed_over
