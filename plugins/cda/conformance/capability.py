"""What the plugin registers: two conformance checks of CDA artifacts, and the process that the first one asks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from dcc.contracts.capabilities import ConformanceCheck, Service
from dcc.contracts.errors import NotConfigured
from dcc.contracts.registry import Registry
from dcc.contracts.snapshots import Artifact, Finding
from plugins.cda.conformance import client
from plugins.cda.conformance.checker import check_content
from plugins.cda.conformance.kit import Kit, current_kit

FORMATS = ("cda-n3", "cda-n1")


class KitCheck:
    """XSD and schematrons of the official kit. What the platform writes must give nothing at all: every finding is an error."""

    formats: Sequence[str] = FORMATS

    def edition(self) -> str:
        """Which kit is in service; empty without one."""
        try:
            kit = current_kit()
        except NotConfigured:
            return ""
        return f"{kit.name} {_digest(kit)}"

    def check(self, artifact: Artifact) -> Sequence[Finding]:
        """Findings of the kit; raises ``NotConfigured`` without a kit, ``RetryLater`` when the conformance process is away."""
        return client.check(artifact.content, strict=True, own=False).findings


@lru_cache(maxsize=2)
def _digest(kit: Kit) -> str:
    """A kit that is put in service has a folder of its own: read once per process."""
    return kit.digest


class OwnCheck:
    """Our own assertions: they need no kit and no other process."""

    formats: Sequence[str] = FORMATS

    def check(self, artifact: Artifact) -> Sequence[Finding]:
        """Findings of our assertions; raises ``Refused`` when the artifact is not a CDA."""
        return check_content(artifact.content, None, strict=True).findings


def register_conformance(registry: Registry) -> None:
    """Register the checks under ``cda-kit`` and ``cda-assertions``, and the service ``conformance``."""
    kit_check: ConformanceCheck = KitCheck()
    own_check: ConformanceCheck = OwnCheck()
    registry.add(ConformanceCheck, "cda-kit", kit_check)
    registry.add(ConformanceCheck, "cda-assertions", own_check)
    registry.add(Service, "conformance", Service("conformance", ("conformance",)))
