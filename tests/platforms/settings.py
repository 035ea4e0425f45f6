"""A platform of the tests in its own process: the demonstration's settings, publishing without proof."""

from dcc.settings.dev import *  # noqa: F403  (settings modules extend one another)

DCC_GATE_PROOF = False
