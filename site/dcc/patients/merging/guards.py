"""What the database itself refuses of a merge: being removed, or changed otherwise than by what it moved and by its end."""

from __future__ import annotations

from dcc.audit.api import Guard, same

MESSAGE = "fusion d'identités : historique, ajout seulement"
_FACTS = ("id", "kept_id", "absorbed_id", "at", "actor_id", "source", "reason", "reference", "before")

GUARDS = (
    Guard(
        "patients_merge_update",
        "patients_merge",
        "UPDATE",
        MESSAGE,
        lambda equal: f"OLD.undone_at IS NOT NULL OR NOT ({same(_FACTS, equal)})",
    ),
    Guard("patients_merge_delete", "patients_merge", "DELETE", MESSAGE),
)
