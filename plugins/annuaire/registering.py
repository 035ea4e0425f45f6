"""What the plugin offers the core."""

from __future__ import annotations

from dcc.contracts.capabilities import DirectorySource
from dcc.contracts.mailbox import MailboxSource
from dcc.contracts.registry import Registry
from plugins.annuaire.sources import ExtractedMailboxes, ExtractedProfessionals


def register(registry: Registry) -> None:
    """Mailboxes for who sends, professionals for who types."""
    registry.add(MailboxSource, "annuaire", ExtractedMailboxes())
    registry.add(DirectorySource, "annuaire", ExtractedProfessionals())
