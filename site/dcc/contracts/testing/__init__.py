"""What the author of a plugin tests with: registries, snapshots and hostile files to start from, and conformance suites to pass.

It tests the contract only; it is not a place for fixtures of the platform. ``docs/plugin-authors.md`` shows how it is used.
Nothing here needs the database or pytest itself: suites are plain classes whose ``test_…`` methods raise ``AssertionError``.
"""

from dcc.contracts.registry import use_registry
from dcc.contracts.testing.advice import (
    CheckConformance,
    DirectoryConformance,
    HandlerConformance,
    NoticesConformance,
    PrefillConformance,
    ReadinessConformance,
    VerifierConformance,
)
from dcc.contracts.testing.hostile import hostile_files, mutations_of
from dcc.contracts.testing.registries import make_registry
from dcc.contracts.testing.snapshots import (
    MOMENT,
    make_artifact,
    make_package,
    make_patient,
    make_recipient,
    make_snapshot,
    make_traits,
)
from dcc.contracts.testing.suites import ReaderConformance, RendererConformance, TransportConformance
from dcc.contracts.testing.whole import PluginConformance, format_cycle

__all__ = [
    "MOMENT",
    "CheckConformance",
    "DirectoryConformance",
    "HandlerConformance",
    "NoticesConformance",
    "PluginConformance",
    "PrefillConformance",
    "ReaderConformance",
    "ReadinessConformance",
    "RendererConformance",
    "TransportConformance",
    "VerifierConformance",
    "format_cycle",
    "hostile_files",
    "make_artifact",
    "make_package",
    "make_patient",
    "make_recipient",
    "make_registry",
    "make_snapshot",
    "make_traits",
    "mutations_of",
    "use_registry",
]
