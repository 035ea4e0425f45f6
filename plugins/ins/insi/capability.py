"""What this slice offers: the verifier of identities, the purge of what it keeps, the checks of its settings."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.apps import apps
from django.core.checks import register as register_check

from dcc.audit import api as audit
from dcc.contracts.capabilities import DigestSection, IdentityVerifier, MenuEntry, ScheduledJob
from dcc.contracts.plugin import PluginConfig
from dcc.contracts.registry import Registry
from plugins.ins.apps import InsiSettings, InsSettings
from plugins.ins.insi.checks import check_insi
from plugins.ins.insi.keeping import purge
from plugins.ins.insi.verifier import InsiVerifier

ADMINISTER = "platform.administer"


def in_force() -> InsiSettings:
    """The settings of now."""
    held = cast("PluginConfig", apps.get_app_config("ins")).settings()
    return held.insi if isinstance(held, InsSettings) else InsiSettings()


def register(registry: Registry) -> None:
    """Offer INSi to the core."""
    from plugins.ins.insi.operating import digest

    audit.declare("insi.searched  soins  lit  Recherche INSi en ligne de commande")
    audit.declare("insi.answer_read  soins  lit  Lecture d'une réponse d'INSi conservée")
    registry.add(IdentityVerifier, "insi", InsiVerifier(in_force))
    registry.add(ScheduledJob, "ins.insi_purge", ScheduledJob("ins.insi_purge", _purge, timedelta(days=1)))
    registry.add(MenuEntry, "ins.insi", MenuEntry("INSi", "ins:insi", ADMINISTER, icon="search"))
    registry.add(DigestSection, "ins.insi", DigestSection("ins.insi", "INSi", (ADMINISTER,), digest))
    register_check(check_insi, "dcc")


def _purge() -> None:
    purge(days=in_force().keep_days)
