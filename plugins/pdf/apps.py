from dcc.contracts.capabilities import ConformanceCheck, ReadinessCheck, Renderer
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry


class PdfConfig(PluginConfig):
    name = "plugins.pdf"
    label = "pdf"
    verbose_name = "PDF/A"
    plugin = PluginMeta(slug="pdf", title="PDF/A", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """Offer the ``pdf-a1`` format, its check, and what it can say before a document is validated."""
        from plugins.pdf.conformance import PdfACheck
        from plugins.pdf.readiness import PrintReadiness
        from plugins.pdf.renderer import PdfA1Renderer

        registry.add(Renderer, PdfA1Renderer.format, PdfA1Renderer())
        registry.add(ConformanceCheck, "pdf.pdfa", PdfACheck())
        registry.add(ReadinessCheck, "pdf.impression", PrintReadiness())
