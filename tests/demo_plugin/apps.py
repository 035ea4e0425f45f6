"""The plugin's declaration; it imports only ``dcc.contracts``, and everything else inside ``register``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dcc.contracts import capabilities as ask
from dcc.contracts.events import DocumentValidated
from dcc.contracts.mailbox import MailboxSource
from dcc.contracts.notices import HelpPage, NoticeSource
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta, PluginSettings
from dcc.contracts.prefill import DocumentsElsewhere
from dcc.contracts.registry import Registry

DEMO = ask.DocumentType(
    key="demo",
    title="Démonstration",
    volet="demo",
    volet_version="1.0",
    formats=("demo-json",),
    catalogue="tests.demo_plugin",
    level_one=ask.LevelOne("51851-4", "Document administratif"),
)
"""A whole type of document: its catalogue is ``demo_1_0.yaml``, beside this file."""


@dataclass(frozen=True, slots=True)
class DemoSettings(PluginSettings):
    """``mood``: a value of :class:`tests.demo_plugin.moods.Mood`."""

    mood: str = "works"

    def __post_init__(self) -> None:
        from tests.demo_plugin.moods import Mood

        Mood(self.mood)  # ValueError: refused at start, in the plugin's own words


class DemoConfig(PluginConfig):
    name = "tests.demo_plugin"
    label = "demo_plugin"
    verbose_name = "Démonstration"
    plugin = PluginMeta(slug="demo", title="Démonstration", version="1.0", contract=CONTRACT, settings=DemoSettings)

    def register(self, registry: Registry) -> None:
        from tests.demo_plugin import capabilities as demo
        from tests.demo_plugin.events import Listener, WorkRequested, do_work
        from tests.demo_plugin.moods import Mood, act

        settings = self.settings()
        mood = Mood(settings.mood if isinstance(settings, DemoSettings) else "works")
        registry.add(ask.IdentityVerifier, "demo", demo.DemoVerifier(mood))
        registry.add(ask.DocumentType, DEMO.key, DEMO)
        registry.add(ask.Renderer, "demo-json", demo.DemoRenderer(mood))
        registry.add(ask.Renderer, "demo-wrapped", demo.DemoWrapper(mood))
        registry.add(ask.Reader, "demo-json", demo.DemoReader(mood))
        registry.add(ask.ConformanceCheck, "demo-json", demo.DemoCheck(mood))
        registry.add(ask.ReadinessCheck, "demo", demo.DemoReadiness(mood))
        registry.add(ask.Transport, "demo", demo.DemoTransport(mood))
        registry.add(ask.PrefillSource, "demo", demo.DemoPrefill(mood))
        registry.add(ask.DirectorySource, "demo", demo.DemoDirectory(mood))
        registry.add(MailboxSource, "demo", demo.DemoMailboxes(mood))
        registry.add(NoticeSource, "demo", demo.DemoNotices(mood))
        registry.add(DocumentsElsewhere, "demo", demo.DemoElsewhere(mood))
        registry.add(ask.Indicator, "demo.count", ask.Indicator("demo.count", "Démonstrations", lambda since, until: 0))
        registry.add(ask.MenuEntry, "demo", ask.MenuEntry("Démonstration", "demo:home", "document.open"))
        registry.add(HelpPage, "demo", HelpPage("Démonstration", "Ce que fait ce greffon.", "demo:home"))
        registry.add(ask.Urls, "demo", ask.Urls("tests.demo_plugin.urls"))
        registry.add(ask.ScheduledJob, "demo.hourly", ask.ScheduledJob("demo.hourly", lambda: act(mood), timedelta(hours=1)))
        registry.add(ask.DigestSection, "demo.digest", demo.digest_section(mood))
        registry.add(ask.Service, "demo", ask.Service("demo", ["demo_service"]))
        registry.subscribe(DocumentValidated, Listener(mood), key="demo.validated")
        registry.subscribe(WorkRequested, do_work, key="demo.work")
