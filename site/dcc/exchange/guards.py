"""What the database itself refuses: changing an artifact or the picture of a rendition once made, and erasing where it went."""

from __future__ import annotations

from dcc.audit.api import Guard, same

MESSAGE = "rendu figé : contenu immuable"
HISTORY = "transmissions : rien ne s'efface"
_PICTURE = ("id", "version_id", "number", "reason", "as_of", "snapshot", "snapshot_sha256", "created_at")

GUARDS = (
    Guard(
        "exchange_rendition_update",
        "exchange_rendition",
        "UPDATE",
        MESSAGE,
        lambda equal: f"NOT ({same(_PICTURE, equal)})",
    ),
    Guard("exchange_rendition_delete", "exchange_rendition", "DELETE", MESSAGE),
    Guard("exchange_artifact_update", "exchange_storedartifact", "UPDATE", MESSAGE),
    Guard("exchange_artifact_delete", "exchange_storedartifact", "DELETE", MESSAGE),
    Guard("exchange_check_update", "exchange_artifactcheck", "UPDATE", MESSAGE),
    Guard("exchange_check_delete", "exchange_artifactcheck", "DELETE", MESSAGE),
    Guard("exchange_transmission_delete", "exchange_transmission", "DELETE", HISTORY),
    Guard("exchange_opposition_delete", "exchange_mailopposition", "DELETE", HISTORY),
    Guard("exchange_choice_update", "exchange_policychoice", "UPDATE", HISTORY),
    Guard("exchange_choice_delete", "exchange_policychoice", "DELETE", HISTORY),
    Guard("exchange_step_update", "exchange_transmissionstep", "UPDATE", HISTORY),
    Guard("exchange_step_delete", "exchange_transmissionstep", "DELETE", HISTORY),
    Guard("exchange_entrustment_delete", "exchange_entrustment", "DELETE", HISTORY),
    Guard("exchange_entrustment_step_update", "exchange_entrustmentstep", "UPDATE", HISTORY),
    Guard("exchange_entrustment_step_delete", "exchange_entrustmentstep", "DELETE", HISTORY),
)
