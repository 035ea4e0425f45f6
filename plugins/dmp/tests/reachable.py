"""The settings with which a DMP is reached, for tests that call none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from plugins.dmp.apps import DmpSettings
from plugins.dmp.settings import in_force

PROXY = {"proxy": "https://proxy.invalid", "client_id": "dcc", "certificate": "/c.pem", "source_id": "1.2.3"}
"""What has to be set."""


def reachable_settings(**changes: Any) -> DmpSettings:
    """The settings in force, a proxy, and what is given."""
    return replace(in_force(), **{**PROXY, **changes})
