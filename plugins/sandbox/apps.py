from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta
from dcc.contracts.registry import Registry


class SandboxConfig(PluginConfig):
    name = "plugins.sandbox"
    label = "sandbox"
    verbose_name = "Démonstration"
    plugin = PluginMeta(slug="sandbox", title="Démonstration", version="0.1.0", contract=CONTRACT)

    def register(self, registry: Registry) -> None:
        """The stand-ins that have a port; otherwise the demonstration is a client of the core."""
        from django.conf import settings

        from dcc.contracts.capabilities import Service

        if getattr(settings, "DCC_SANDBOX_PSC_PORT", 0):
            registry.add(Service, "sandbox.psc", Service("sandbox.psc", ("sandbox_psc",)))
        if getattr(settings, "DCC_SANDBOX_INSI_PORT", 0):
            registry.add(Service, "sandbox.insi", Service("sandbox.insi", ("sandbox_insi",)))
        if getattr(settings, "DCC_SANDBOX_SMTP_PORT", 0) and getattr(settings, "DCC_SANDBOX_IMAP_PORT", 0):
            registry.add(Service, "sandbox.mss", Service("sandbox.mss", ("sandbox_mss",)))
        if getattr(settings, "DCC_SANDBOX_DMP_PORT", 0):
            registry.add(Service, "sandbox.dmp", Service("sandbox.dmp", ("sandbox_dmp",)))
