"""What the plugin offers the core."""

from __future__ import annotations

from dcc.accounts.api import Action
from dcc.contracts.capabilities import DigestSection, DirectorySource, Urls
from dcc.contracts.mailbox import MailboxSource
from dcc.contracts.registry import Registry
from plugins.annuaire.operating import digest
from plugins.annuaire.sources import ExtractedMailboxes, ExtractedProfessionals


def register(registry: Registry) -> None:
    """Mailboxes for who sends, professionals for who types, and for operators what is in use."""
    registry.add(MailboxSource, "annuaire", ExtractedMailboxes())
    registry.add(DirectorySource, "annuaire", ExtractedProfessionals())
    registry.add(Urls, "annuaire", Urls("plugins.annuaire.urls"))
    registry.add(DigestSection, "annuaire", DigestSection("annuaire", "Annuaire Santé", (Action.ADMINISTER,), digest))
