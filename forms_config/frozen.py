"""What the database itself keeps as it was published: a frozen row is never deleted, only columns named here may change."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dcc.audit.api import Guard, same
from forms_config.blocks.models import BlockVersion
from forms_config.legal.models import LegalTextVersion
from forms_config.models import FormVersion
from forms_config.terminology.models import ValueSetVersion

MESSAGE = "version publiée : ni modification ni suppression"
FROZEN: Sequence[
    tuple[type[BlockVersion] | type[FormVersion] | type[LegalTextVersion] | type[ValueSetVersion], tuple[str, ...]]
] = (
    (BlockVersion, ()),
    (FormVersion, ()),
    (LegalTextVersion, ()),
    (ValueSetVersion, ("effective_to",)),
)
"""Frozen models, and the columns of theirs that may still change."""


def _changed(columns: Sequence[str]) -> Callable[[str], str]:
    return lambda equal: f"NOT ({same(columns, equal)})"


def guards() -> tuple[Guard, ...]:
    """The guards of these tables."""
    found: list[Guard] = []
    for model, mutable in FROZEN:
        table = model._meta.db_table
        columns = [f.column for f in model._meta.local_concrete_fields if f.column and f.column not in mutable]
        found.append(Guard(f"{table}_update", table, "UPDATE", MESSAGE, _changed(columns)))
        found.append(Guard(f"{table}_delete", table, "DELETE", MESSAGE))
    return tuple(found)
