"""What the author of a plugin tests with: registries, snapshots and fakes to start from, and conformance suites to pass.

It tests the contract only; it is not a place for fixtures of the platform.
"""

from dcc.contracts.registry import use_registry
from dcc.contracts.testing.registries import make_registry

__all__ = ["make_registry", "use_registry"]
