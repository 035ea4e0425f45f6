"""A plugin of a host under test: a PDF that costs nothing, and steps of a sending at which the process kills itself when told.

``DCC_DATA_DIR/kill-<step>`` tells it; the file becomes ``killed-<step>-<process>``, which holds the Message-ID where there is
one. The steps are those of DESIGN §5, in the order they happen.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from dcc.contracts.capabilities import Renderer
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry
from dcc.contracts.snapshots import Artifact, DocumentSnapshot

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


def told(step: str, content: bytes = b"") -> None:
    """Die here, if that is wanted; ``content`` is the mail at hand."""
    from django.conf import settings

    folder = Path(settings.DATA_DIR)
    mine = folder / f"killed-{step}-{os.getpid()}"
    try:
        (folder / f"kill-{step}").rename(mine)
    except FileNotFoundError:
        return
    found = re.search(rb"(?im)^Message-ID:\s*(<[^>]+>)", content)
    mine.write_bytes(found[1] if found else b"")
    os.kill(os.getpid(), signal.SIGKILL)


def set_traps() -> None:
    """Put the steps around what the platform does."""
    from dcc.exchange.transmissions import sending
    from plugins.mss.models.sending import Stage
    from plugins.mss.sending import transport
    from plugins.mss.sending.connection import Connection

    _around(sending, "_claim", before="before_claim", after="after_claim")
    _around(sending, "_sent", before="before_settle", after="after_settle")
    _around(transport, "_note", before="before_data", when=lambda row, stage, **_: stage == Stage.DATA)
    _within_the_text(Connection)


def _around(
    owner: Any, name: str, *, before: str = "", after: str = "", when: Callable[..., bool] = lambda *_, **__: True
) -> None:
    done = getattr(owner, name)

    def trapped(*args: Any, **kwargs: Any) -> Any:
        if before and when(*args, **kwargs):
            told(before)
        result = done(*args, **kwargs)
        if after and when(*args, **kwargs):
            told(after)
        return result

    setattr(owner, name, trapped)


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
