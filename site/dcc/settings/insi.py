"""The INSi teleservice, from the environment; off as long as no address is given."""

from __future__ import annotations

from dcc.settings import env


def from_environment(**otherwise: str) -> dict[str, object]:
    """The settings ``insi`` of the plugin INS; ``otherwise`` is what holds where the environment says nothing."""
    return {
        "endpoint": env.text("DCC_INSI_ENDPOINT", otherwise.get("endpoint", "")),
        "certificate": env.text("DCC_INSI_CERTIFICATE", otherwise.get("certificate", "")),
        "certificate_key": env.text("DCC_INSI_CERTIFICATE_KEY", otherwise.get("certificate_key", "")),
        "automatic_certificate": env.text("DCC_INSI_AUTOMATIC_CERTIFICATE", otherwise.get("automatic_certificate", "")),
        "automatic_key": env.text("DCC_INSI_AUTOMATIC_KEY", otherwise.get("automatic_key", "")),
        "authorities": env.text("DCC_INSI_AUTHORITIES", otherwise.get("authorities", "")),
        "idam": env.text("DCC_INSI_IDAM", otherwise.get("idam", "")),
        "software": env.text("DCC_INSI_SOFTWARE", "ONCODCC"),
        "software_version": env.text("DCC_INSI_SOFTWARE_VERSION", "1"),
        "instance": env.text("DCC_INSI_INSTANCE"),
        "timeout_seconds": env.number("DCC_INSI_TIMEOUT_SECONDS", 10),
        "cache_hours": env.number("DCC_INSI_CACHE_HOURS", 24),
        "keep_days": env.number("DCC_INSI_KEEP_DAYS", 3653),
        "faults_before_pause": env.number("DCC_INSI_FAULTS_BEFORE_PAUSE", 5),
    }
