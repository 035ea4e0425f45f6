"""The promises of the contract, kept by this plugin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.apps import apps

from dcc.contracts.capabilities import ReadinessCheck, Renderer
from dcc.contracts.plugin import PluginConfig
from dcc.contracts.snapshots import DocumentSnapshot
from dcc.contracts.testing import PluginConformance, ReadinessConformance, RendererConformance
from plugins.pdf.readiness import PrintReadiness
from plugins.pdf.renderer import PdfA1Renderer
from plugins.pdf.tests import samples


class TestPlugin(PluginConformance):
    def plugin(self) -> PluginConfig:
        config = apps.get_app_config("pdf")
        assert isinstance(config, PluginConfig)
        return config


class TestRenderer(RendererConformance):
    def make(self) -> Renderer:
        return PdfA1Renderer()

    def snapshots(self) -> Sequence[DocumentSnapshot]:
        return [samples.minimal(), samples.typical()]


class TestReadiness(ReadinessConformance):
    def make(self) -> ReadinessCheck:
        return PrintReadiness()

    def snapshots(self) -> Sequence[DocumentSnapshot]:
        odd = replace(samples.QUALIFIED, traits=replace(samples.QUALIFIED.traits, sex="I"))
        return [samples.minimal(), samples.typical(), samples.typical({"frcp.patient.commentaire": "🧬"}, patient=odd)]
