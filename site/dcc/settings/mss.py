"""The applicative mailbox MSSanté, from the environment; off as long as no server is given."""

from __future__ import annotations

from dcc.settings import env


def from_environment(**otherwise: str) -> dict[str, object]:
    """The settings of the plugin MSSanté; ``otherwise`` is what holds where the environment says nothing."""
    usual = otherwise.get
    return {
        "smtp_host": env.text("DCC_MSS_SMTP_HOST", usual("smtp_host", "")),
        "imap_host": env.text("DCC_MSS_IMAP_HOST", usual("imap_host", "")),
        "imap_user": env.text("DCC_MSS_IMAP_USER", usual("imap_user", "")),
        "imap_folder": env.text("DCC_MSS_IMAP_FOLDER", "INBOX"),
        "imap_done_folder": env.text("DCC_MSS_IMAP_DONE_FOLDER", ""),
        "certificate": env.text("DCC_MSS_CERTIFICATE", usual("certificate", "")),
        "certificate_key": env.text("DCC_MSS_CERTIFICATE_KEY", usual("certificate_key", "")),
        "authorities": env.text("DCC_MSS_AUTHORITIES", usual("authorities", "")),
        "address": env.text("DCC_MSS_ADDRESS", usual("address", "")),
        "name": env.text("DCC_MSS_NAME", usual("name", "")),
        "reply_to": env.text("DCC_MSS_REPLY_TO", usual("reply_to", "")),
        "nil": env.text("DCC_MSS_NIL", usual("nil", "")),
        "structure_name": env.text("DCC_MSS_STRUCTURE_NAME", usual("structure_name", "")),
        "structure_id": env.text("DCC_MSS_STRUCTURE_ID", usual("structure_id", "")),
        "domains": env.text("DCC_MSS_DOMAINS", usual("domains", "")),
        "facility": env.text("DCC_MSS_FACILITY", usual("facility", "")),
        "imap_password": env.secret("DCC_MSS_IMAP_PASSWORD", usual("imap_password", "")),
        "smtp_port": env.number("DCC_MSS_SMTP_PORT", int(usual("smtp_port", 587))),
        "imap_port": env.number("DCC_MSS_IMAP_PORT", int(usual("imap_port", 143))),
        "timeout_seconds": env.number("DCC_MSS_TIMEOUT_SECONDS", 30),
        "largest_mb": env.number("DCC_MSS_LARGEST_MB", 25),
        "failures_before_pause": env.number("DCC_MSS_FAILURES_BEFORE_PAUSE", 5),
        "pause_seconds": env.number("DCC_MSS_PAUSE_SECONDS", 300),
        "poll_seconds": env.number("DCC_MSS_POLL_SECONDS", int(usual("poll_seconds", 30))),
        "keep_days": env.number("DCC_MSS_KEEP_DAYS", 30),
    }
