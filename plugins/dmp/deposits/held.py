"""A deposit that was refused for what people noted of a patient, who noted otherwise while it was being looked at.

Whoever notes a choice releases what is held for want of it; a run that had looked a moment before holds its line only then, and
nobody would note it once more. So once it is held, it is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction

from dcc.contracts.events import Context, TransmissionChanged
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.patients import api as patients
from plugins.dmp.deposits.standing import Standing, standing_of

OVER: Mapping[str, Callable[[Standing], bool]] = {
    "minor": lambda standing: standing.chosen,
    "dmp_opposition": lambda standing: not standing.opposed,
}
"""By cause of the gate: whether what people noted says otherwise. What the DMP says is asked of it once more by « relancer »."""


def is_held(event: TransmissionChanged) -> bool:
    """Whether a line has just been held for what people noted."""
    return event.channel == "dmp" and event.state == exchange.State.HELD and event.cause in OVER


def look_again(event: TransmissionChanged, context: Context) -> None:
    """Subscriber of ``TransmissionChanged``: release it when its cause is over already. Idempotent."""
    patient_id = documents.patient_of(event.document_id)
    if patient_id is None:
        return
    with transaction.atomic():
        # Locked: who is noting something has either released the line that is held now, or is waited for and then seen.
        current = patients.current_id(patient_id)
        if OVER[event.cause](standing_of(current)):
            exchange.release_held(patient_id=current, causes=(event.cause,))
