"""What the database itself keeps: published terms and acceptances never change, a convention is never deleted."""

from __future__ import annotations

from collections.abc import Iterator

from dcc.audit.api import Guard
from dcc.trust.models import Acceptance, Convention, TermsVersion

PUBLISHED = "conditions publiées : ni modification ni suppression"
SIGNED = "convention : résiliée, jamais supprimée"
PROOF = "acceptation : ni modification ni suppression"


def guards() -> Iterator[Guard]:
    """The guards of these tables."""
    for model, message in ((TermsVersion, PUBLISHED), (Acceptance, PROOF)):
        table = model._meta.db_table
        yield Guard(f"{table}_update", table, "UPDATE", message)
        yield Guard(f"{table}_delete", table, "DELETE", message)
    table = Convention._meta.db_table
    yield Guard(f"{table}_delete", table, "DELETE", SIGNED)
