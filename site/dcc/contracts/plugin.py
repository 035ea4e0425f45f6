"""The class a plugin writes: metadata, settings and one method, ``register`` (DESIGN §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from dcc.contracts.errors import ContractError
from dcc.contracts.registry import Registry, current

CONTRACT = 1
"""Number of this contract; a plugin written for another one does not start."""


@dataclass(frozen=True, slots=True)
class PluginSettings:
    """Base of a plugin's settings, read from ``settings.DCC_PLUGIN_SETTINGS[slug]``; subclasses add typed fields."""

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Build; raises :class:`ContractError` for an unknown or a missing setting."""
        unknown = set(values) - {f.name for f in fields(cls)}
        if unknown:
            raise ContractError(f"Réglage inconnu : {', '.join(sorted(unknown))}")
        try:
            return cls(**values)
        except (TypeError, ValueError) as error:
            raise ContractError(f"Réglage incorrect : {error}") from error

    def check_positive(self, *names: str, prefix: str = "") -> None:
        """For ``__post_init__``: each of these settings is a whole number of at least 1; raises ``ValueError`` that names it."""
        for name in names:
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise ValueError(f"{prefix}{name} : un nombre entier d'au moins 1")


@dataclass(frozen=True, slots=True)
class PluginMeta:
    """Who a plugin is. ``slug`` prefixes its tables and addresses, ``contract`` is the contract it was written for."""

    slug: str
    title: str
    version: str
    contract: int
    settings: type[PluginSettings] | None = None


class PluginConfig(AppConfig):
    """Base of a plugin's application. ``apps.py`` imports only ``dcc.contracts``; :meth:`register` imports the handlers."""

    plugin: ClassVar[PluginMeta]
    default = False

    def __init_subclass__(cls) -> None:
        # Django takes the one configuration of ``apps.py`` that is a default; this base, imported there, is not one.
        cls.default = cls.__dict__.get("default", True)

    def register(self, registry: Registry) -> None:
        """Say what the plugin can do; called once with the process registry, and by tests with a fresh one."""
        raise NotImplementedError

    def load(self, registry: Registry) -> None:
        """Register into ``registry`` under the plugin's name."""
        with registry.owned_by(self.plugin.slug):
            self.register(registry)

    def settings(self) -> PluginSettings | None:
        """The plugin's settings; raises :class:`ContractError` when they are wrong."""
        kind = self.plugin.settings
        return kind.from_mapping(settings.DCC_PLUGIN_SETTINGS.get(self.plugin.slug, {})) if kind else None

    def ready(self) -> None:
        if not self.problems():
            self.load(current())

    def problems(self) -> list[str]:
        """Why this plugin may not start, in French; empty when all is well."""
        found = []
        if self.plugin.contract != CONTRACT:
            found.append(f"écrit pour le contrat {self.plugin.contract}, la plateforme parle le contrat {CONTRACT}")
        try:
            self.settings()
        except ContractError as error:
            found.append(str(error))
        return found


@register("dcc")
def check_plugins(**_: object) -> list[CheckMessage]:
    """System check: a plugin with bad settings or another contract is an error at start."""
    return [
        Error(f"Plugin « {config.plugin.slug} » : {problem}", id="dcc.E001")
        for config in apps.get_app_configs()
        if isinstance(config, PluginConfig)
        for problem in config.problems()
    ]
