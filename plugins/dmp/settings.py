"""The settings in force, for every slice."""

from __future__ import annotations

from typing import cast

from django.apps import apps

from dcc.contracts.plugin import PluginConfig
from plugins.dmp.apps import DmpSettings


def in_force() -> DmpSettings:
    """The settings of now."""
    held = cast("PluginConfig", apps.get_app_config("dmp")).settings()
    return held if isinstance(held, DmpSettings) else DmpSettings()
