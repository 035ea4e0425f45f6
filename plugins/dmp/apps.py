"""The plugin DMP: its settings (``DCC_PLUGIN_SETTINGS["dmp"]``) and what it offers, slice by slice."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from dcc.contracts.capabilities import Urls
from dcc.contracts.plugin import CONTRACT, PluginConfig, PluginMeta, PluginSettings
from dcc.contracts.registry import Registry

SEARCH = ("ouverture", "demande", "jamais")
RETENTION = ("geste", "automatique")
CHANNELS = ("MOBILE", "CARD")
LONGEST_CONSENT = 300
"""Characters of a declaration, as it is kept."""
_POSITIVE = ("session_minutes", "timeout_seconds", "failures_before_pause", "pause_seconds", "cache_minutes", "majority_age")
_ONE_OF = {"channel": CHANNELS, "search": SEARCH, "retention": RETENTION}


@dataclass(frozen=True, slots=True)
class DmpSettings(PluginSettings):
    """How this platform reaches the DMP; nothing is called without ``proxy``.

    Trust space: ``proxy`` is the address of the region's proxy, ``client_id`` the name it knows this platform by (CN of the
    certificate ORG_AUTH_CLI), ``certificate`` and ``certificate_key`` its files (PEM), ``authorities`` those the proxy is checked
    by (the system's when empty), ``channel`` how professionals confirm, ``session_minutes`` how long a session lives at most.
    ``send_path`` is where the proxy takes a call for a service of the DMP (``{service}``: patients, habilitations, registry,
    repository), ``services`` the address of the DMP that ``wsa:To`` names.

    VIHF and lot: ``source_id`` is the OID of this installation, ``software``… name it, ``approval`` is the number of the CNDA.
    ``mode_attribute``, ``mode``, ``authn_context``, ``vihf_version`` are not public for Pro Santé Connect (dmp_psc.md §9).
    ``signing_certificate`` and ``signing_key`` sign VIHF and lots (those of TLS when empty); ``signed_lot`` adds the XAdES.

    Rules: ``content_type`` (JDV_J59), ``both_hidden`` (masked and invisible together), ``majority_age``, ``minors`` (the DMP has
    its functions for them, EX_GEN-1540), ``confirm_reveal`` (EX_3.3-1040), ``consent_words`` that a professional declares before
    an authorisation is added (ours when empty).
    Consultation: ``search`` when a file is opened, on request, or never; ``retention`` by a gesture, or by itself;
    ``first_years`` back at the first search; ``cache_minutes`` that what was read is held, sealed.
    ``failure_days`` a call that failed is kept, sealed, for the support (0: none is).
    """

    proxy: str = ""
    client_id: str = ""
    certificate: str = ""
    certificate_key: str = ""
    authorities: str = ""
    channel: str = "MOBILE"
    session_minutes: int = 240
    send_path: str = "/send/dmp-{service}/{service}"
    services: str = "https://api-lps.dmp.gouv.fr/si-dmp-server/v2/services"
    source_id: str = ""
    software: str = "OncoDCC"
    software_id: str = ""
    software_version: str = "1"
    approval: str = ""
    mode_attribute: str = "Authentification_mode"
    mode: str = "DIRECTE"
    authn_context: str = "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorUnregistered"
    vihf_version: str = "4.0"
    signing_certificate: str = ""
    signing_key: str = ""
    signed_lot: bool = True
    content_type: str = "07"
    both_hidden: bool = False
    majority_age: int = 18
    minors: bool = True
    confirm_reveal: bool = False
    consent_words: str = ""
    search: str = "ouverture"
    retention: str = "geste"
    first_years: int = 2
    cache_minutes: int = 60
    timeout_seconds: int = 20
    failures_before_pause: int = 5
    pause_seconds: int = 120
    failure_days: int = 30

    @property
    def minority(self) -> int:
        """The age until which a patient is a minor for the DMP; 0, nobody is, while it has no functions for minors."""
        return self.majority_age if self.minors else 0

    def __post_init__(self) -> None:
        self.check_positive(*_POSITIVE)
        if not isinstance(self.failure_days, int) or self.failure_days < 0:
            raise ValueError("failure_days : un nombre entier d'au moins 0 (rien n'est gardé)")
        for name, known in _ONE_OF.items():
            if getattr(self, name) not in known:
                raise ValueError(f"{name} : {', '.join(known)}")
        if "{service}" not in self.send_path:
            raise ValueError("send_path : « {service} » y tient la place du service")
        if len(self.consent_words) > LONGEST_CONSENT:
            raise ValueError(f"consent_words : {LONGEST_CONSENT} caractères au plus, la déclaration se garde entière")
        if self.proxy:
            self._check_proxy()

    def _check_proxy(self) -> None:
        if urlsplit(self.proxy).scheme != "https" or not urlsplit(self.proxy).hostname:
            raise ValueError("proxy : une adresse https est attendue")
        for name in ("client_id", "certificate", "source_id"):
            if not getattr(self, name):
                raise ValueError(f"{name} : attendu dès qu'un proxy est indiqué")


class DmpConfig(PluginConfig):
    name = "plugins.dmp"
    label = "dmp"
    verbose_name = "DMP"
    plugin = PluginMeta(slug="dmp", title="DMP", version="0.1.0", contract=CONTRACT, settings=DmpSettings)

    def ready(self) -> None:
        """Say what is held of a patient, for merges."""
        from plugins.dmp import holdings

        super().ready()
        holdings.hold_all()

    def register(self, registry: Registry) -> None:
        """Each slice says what it offers; all pages are in one table of addresses."""
        from plugins.dmp.consultation import registering as consultation
        from plugins.dmp.deposits import registering as deposits
        from plugins.dmp.patient import registering as patient
        from plugins.dmp.sessions import registering as sessions

        registry.add(Urls, "dmp", Urls("plugins.dmp.urls"))
        deposits.register(registry)
        patient.register(registry)
        consultation.register(registry)
        sessions.register(registry)
