"""System checks of the gate: no platform publishes without proof."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_proof(**_: Any) -> list[CheckMessage]:
    """An error when the proof is switched off (``manage.py check --deploy``)."""
    if settings.DCC_GATE_PROOF:
        return []
    hint = "Retirer DCC_GATE_PROOF des réglages : seuls les tests automatiques s'en passent."
    return [Error("Le contrôle avant publication est coupé (DCC_GATE_PROOF)", hint=hint, id="forms_config.E001")]
