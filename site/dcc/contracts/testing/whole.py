"""The conformance suite of a plugin as a whole: it registers, and keeps to its name."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Sequence
from datetime import timedelta

from dcc.contracts.capabilities import Renderer, ScheduledJob, Service
from dcc.contracts.errors import ContractError
from dcc.contracts.plugin import CONTRACT, PluginConfig
from dcc.contracts.registry import KINDS, Registry
from dcc.contracts.testing.registries import make_registry
from dcc.contracts.testing.requirements import require

OURS = ("dcc", "forms_config", "rcp_directory", "plugins")


class PluginConformance:
    """A plugin registers into any registry, twice the same, under names of its own."""

    def plugin(self) -> PluginConfig:
        """The plugin's application configuration: ``apps.get_app_config(label)``, or a new one."""
        raise NotImplementedError

    def beside(self) -> Sequence[PluginConfig]:
        """Other plugins whose formats this one embeds."""
        return []

    def test_it_says_who_it_is(self) -> None:
        meta = self.plugin().plugin
        require(re.fullmatch(r"[a-z][a-z0-9_]{1,19}", meta.slug) is not None, f"{meta.slug!r} is no slug")
        require(meta.contract == CONTRACT, f"written for contract {meta.contract}, this platform speaks {CONTRACT}")
        require(not self.plugin().problems(), f"it would not start: {self.plugin().problems()}")

    def test_it_registers_twice_the_same(self) -> None:
        one, two = make_registry(self.plugin()), make_registry(self.plugin())
        for kind in KINDS:
            require(one.keys(kind) == two.keys(kind), f"{kind.__name__}: other keys the second time")
        require(one.subscription_keys() == two.subscription_keys(), "other subscriptions the second time")

    def test_it_cannot_be_registered_twice_in_one_registry(self) -> None:
        registry = Registry()
        self.plugin().load(registry)
        if not registry.subscription_keys() and not any(registry.keys(kind) for kind in KINDS):
            return
        try:
            self.plugin().load(registry)
        except ContractError:
            return
        raise AssertionError("a second registration of the same keys was taken")

    def test_its_keys_are_its_own(self) -> None:
        registry, slug = make_registry(self.plugin()), self.plugin().plugin.slug
        for key in (*registry.subscription_keys(), *registry.keys(ScheduledJob)):
            require(key.startswith(f"{slug}."), f"the key {key!r} does not start with « {slug}. »")
            subscription = registry.subscription(key)
            require(subscription is None or subscription.owner == slug, f"the subscription {key!r} has another owner")

    def test_its_jobs_and_services_can_be_run(self) -> None:
        registry = make_registry(self.plugin())
        for job in registry.all(ScheduledJob):
            require(job.every >= timedelta(seconds=5), f"the job {job.key} is due more often than the clock ticks (5 s)")
            require(registry.find(ScheduledJob, job.key) is job, f"the job {job.key} is registered under another key")
        for service in registry.all(Service):
            require(bool(service.command), f"the service {service.key} has no command")

    def test_its_formats_have_no_cycle(self) -> None:
        registry = make_registry(*self.beside(), self.plugin())
        require(not format_cycle(registry), f"formats that embed one another: {' -> '.join(format_cycle(registry))}")

    def test_its_declaration_imports_only_the_contract(self) -> None:
        tree = ast.parse(inspect.getsource(inspect.getmodule(type(self.plugin())) or type(self.plugin())))
        for node in tree.body:
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                outside = name.partition(".")[0] not in OURS or f"{name}.".startswith("dcc.contracts.")
                require(outside, f"apps.py imports {name}: import it inside register()")


def format_cycle(registry: Registry) -> list[str]:
    """A cycle among the formats of the renderers (the last is the first again), or nothing."""
    inputs = {renderer.format: list(renderer.inputs) for renderer in registry.all(Renderer)}

    def walk(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        cycles = (walk(inner, [*path, name]) for inner in inputs.get(name, ()))
        return next((cycle for cycle in cycles if cycle), [])

    return next((cycle for cycle in (walk(name, []) for name in inputs) if cycle), [])
