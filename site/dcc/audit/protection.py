"""The guards that make the journal append-only inside the database itself.

A row may be written once and sealed once; it may leave only when its segment is marked as purged; a segment may only be marked as
purged.
"""

from __future__ import annotations

from dcc.audit.guards import Guard, install, remove, same

MESSAGE = "journal d'audit : ajout seulement"
_CONTENT = ("id", "at", "actor_id", "action", "subject", "patient_id", "facts", "kind")
_SEAL = ("number", "kind", "sealed_at", "first_at", "last_at", "count", "previous", "digest", "key_id", "signature")

GUARDS = (
    Guard(
        "audit_entry_update",
        "audit_entry",
        "UPDATE",
        MESSAGE,
        lambda equal: f"NOT (OLD.segment_id IS NULL AND NEW.segment_id IS NOT NULL AND {same(_CONTENT, equal)})",
    ),
    Guard(
        "audit_entry_delete",
        "audit_entry",
        "DELETE",
        MESSAGE,
        lambda _: "NOT EXISTS (SELECT 1 FROM audit_segment s WHERE s.number = OLD.segment_id AND s.purged_at IS NOT NULL)",
    ),
    Guard(
        "audit_segment_update",
        "audit_segment",
        "UPDATE",
        MESSAGE,
        lambda equal: f"NOT (OLD.purged_at IS NULL AND NEW.purged_at IS NOT NULL AND {same(_SEAL, equal)})",
    ),
    Guard("audit_segment_delete", "audit_segment", "DELETE", MESSAGE),
    Guard("audit_entry_truncate", "audit_entry", "TRUNCATE", MESSAGE),
    Guard("audit_segment_truncate", "audit_segment", "TRUNCATE", MESSAGE),
)


def protect(using: str = "default") -> None:
    """Put the guards in place. Raises ``NotImplementedError`` on a database without them."""
    install(GUARDS, using)


def lift_protection(using: str = "default") -> None:
    """Take the guards away, for tests that play the intruder or empty the tables."""
    remove(GUARDS, using)
