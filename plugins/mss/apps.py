"""The plugin MSSanté: its settings (``DCC_PLUGIN_SETTINGS["mss"]``) and what it offers, slice by slice."""

from __future__ import annotations

from dataclasses import dataclass

from dcc.contracts.capabilities import Urls
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta, PluginSettings
from dcc.contracts.registry import Registry

_POSITIVE = (
    "smtp_port",
    "imap_port",
    "timeout_seconds",
    "largest_mb",
    "failures_before_pause",
    "pause_seconds",
    "poll_seconds",
    "keep_days",
)


@dataclass(frozen=True, slots=True)
class MssSettings(PluginSettings):
    """The applicative mailbox of this platform; nothing is sent without ``smtp_host``, nothing received without ``imap_host``.

    ``address`` is the mailbox (type APP), ``name`` what From shows (« Entité fonctionnelle »), ``reply_to`` where people answer.
    ``certificate`` and ``certificate_key`` are files (PEM) of the organisation certificate, ``authorities`` those that servers
    are checked by (the system's when empty). ``nil`` is the « référence produit » (X-MSS-NIL). ``structure_name`` and
    ``structure_id`` (StructIdNat, e.g. ``1750100125``) name the sender in envelopes. ``domains`` is the file of the allowed
    domains (liste blanche): without it every domain is allowed, which a check of the production settings reports.
    ``largest_mb`` is the operator's limit of one message. ``facility`` (FINESS) is the structure that what comes in belongs to.
    ``imap_done_folder`` is where mails that were kept are moved on the server (nowhere when empty); ``keep_days`` is how long
    the bytes of a mail that is settled are kept here.
    """

    smtp_host: str = ""
    smtp_port: int = 587
    imap_host: str = ""
    imap_port: int = 143
    imap_user: str = ""
    imap_password: str = ""
    imap_folder: str = "INBOX"
    imap_done_folder: str = ""
    certificate: str = ""
    certificate_key: str = ""
    authorities: str = ""
    address: str = ""
    name: str = ""
    reply_to: str = ""
    nil: str = ""
    structure_name: str = ""
    structure_id: str = ""
    domains: str = ""
    facility: str = ""
    timeout_seconds: int = 30
    largest_mb: int = 25
    failures_before_pause: int = 5
    pause_seconds: int = 300
    poll_seconds: int = 30
    keep_days: int = 30

    def __post_init__(self) -> None:
        self.check_positive(*_POSITIVE)
        if (self.smtp_host or self.imap_host) and "@" not in self.address:
            raise ValueError("address : l'adresse de la boîte applicative est attendue")


class MssConfig(PluginConfig):
    name = "plugins.mss"
    label = "mss"
    verbose_name = "MSSanté"
    plugin = PluginMeta(slug="mss", title="MSSanté", version="0.1.0", contract=CONTRACT, settings=MssSettings)

    def register(self, registry: Registry) -> None:
        """Each slice says what it offers; all pages are in one table of addresses."""
        from plugins.mss.receiving import registering as receiving
        from plugins.mss.sending import registering as sending

        registry.add(Urls, "mss", Urls("plugins.mss.urls"))
        sending.register(registry)
        receiving.register(registry)
