"""The settings in force, for every slice."""

from __future__ import annotations

from typing import cast

from django.apps import apps

from dcc.contracts.plugin import PluginConfig
from plugins.mss.apps import MssSettings


def in_force() -> MssSettings:
    """The settings of now."""
    held = cast("PluginConfig", apps.get_app_config("mss")).settings()
    return held if isinstance(held, MssSettings) else MssSettings()
