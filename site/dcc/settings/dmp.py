"""The DMP through the trust space, from the environment; off as long as no proxy is given."""

from __future__ import annotations

from dcc.settings import env

SERVICES = "https://api-lps.dmp.gouv.fr/si-dmp-server/v2/services"
AUTHN_CONTEXT = "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorUnregistered"


def from_environment(**otherwise: str) -> dict[str, object]:
    """The settings of the plugin DMP; ``otherwise`` is what holds where the environment says nothing."""
    usual = otherwise.get
    return {
        "proxy": env.text("DCC_DMP_PROXY", usual("proxy", "")),
        "client_id": env.text("DCC_DMP_CLIENT_ID", usual("client_id", "")),
        "certificate": env.text("DCC_DMP_CERTIFICATE", usual("certificate", "")),
        "certificate_key": env.text("DCC_DMP_CERTIFICATE_KEY", usual("certificate_key", "")),
        "authorities": env.text("DCC_DMP_AUTHORITIES", usual("authorities", "")),
        "channel": env.text("DCC_DMP_CHANNEL", "MOBILE"),
        "session_minutes": env.number("DCC_DMP_SESSION_MINUTES", 240),
        "send_path": env.text("DCC_DMP_SEND_PATH", "/send/dmp-{service}/{service}"),
        "services": env.text("DCC_DMP_SERVICES", SERVICES),
        "source_id": env.text("DCC_DMP_SOURCE_ID", usual("source_id", "")),
        "software": env.text("DCC_DMP_SOFTWARE", "OncoDCC"),
        "software_id": env.text("DCC_DMP_SOFTWARE_ID", usual("software_id", "")),
        "software_version": env.text("DCC_DMP_SOFTWARE_VERSION", "1"),
        "approval": env.text("DCC_DMP_APPROVAL", usual("approval", "")),
        "mode_attribute": env.text("DCC_DMP_MODE_ATTRIBUTE", "Authentification_mode"),
        "mode": env.text("DCC_DMP_MODE", "DIRECTE"),
        "authn_context": env.text("DCC_DMP_AUTHN_CONTEXT", AUTHN_CONTEXT),
        "vihf_version": env.text("DCC_DMP_VIHF_VERSION", "4.0"),
        "signing_certificate": env.text("DCC_DMP_SIGNING_CERTIFICATE", ""),
        "signing_key": env.text("DCC_DMP_SIGNING_KEY", ""),
        "signed_lot": env.flag("DCC_DMP_SIGNED_LOT", default=True),
        "content_type": env.text("DCC_DMP_CONTENT_TYPE", "07"),
        "both_hidden": env.flag("DCC_DMP_BOTH_HIDDEN", default=False),
        "majority_age": env.number("DCC_DMP_MAJORITY_AGE", 18),
        "minors": env.flag("DCC_DMP_MINORS", default=True),
        "confirm_reveal": env.flag("DCC_DMP_CONFIRM_REVEAL", default=False),
        "consent_words": env.text("DCC_DMP_CONSENT_WORDS", ""),
        "search": env.text("DCC_DMP_SEARCH", "ouverture"),
        "retention": env.text("DCC_DMP_RETENTION", "geste"),
        "first_years": env.number("DCC_DMP_FIRST_YEARS", 2),
        "cache_minutes": env.number("DCC_DMP_CACHE_MINUTES", 60),
        "timeout_seconds": env.number("DCC_DMP_TIMEOUT_SECONDS", 20),
        "failures_before_pause": env.number("DCC_DMP_FAILURES_BEFORE_PAUSE", 5),
        "pause_seconds": env.number("DCC_DMP_PAUSE_SECONDS", 120),
        "failure_days": env.number("DCC_DMP_FAILURE_DAYS", 30),
    }
