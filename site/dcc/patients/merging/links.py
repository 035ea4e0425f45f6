"""What other systems say of one person: links (HL7 A24, A37), a local number that changes (A47), a merge (A40).

A flow merges by itself only what is its own: two identities that it follows alone, that do not contradict each other. Anything
else is signalled to people, who merge or say that these are two persons (decision 0268).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.audit import api as audit
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import InstanceId
from dcc.patients.access import locked_patient, patient_of
from dcc.patients.merging.alerts import Why, open_alert, ordered
from dcc.patients.merging.columns import contradictions
from dcc.patients.merging.merges import Asked, both, join
from dcc.patients.models import DuplicateAlert, Following, Link, LocalIdentifier, Merge, Patient
from dcc.patients.pictures import record_revision


@dataclass(frozen=True, slots=True)
class FlowMerge:
    """What became of a merge that a flow asked for: done (``merge_id``), signalled to people (``alert_id``), or done before."""

    merge_id: UUID | None = None
    alert_id: UUID | None = None


@transaction.atomic
def merge_from_flow(
    *,
    facility_id: UUID,
    kept_id: UUID,
    absorbed_id: UUID,
    source: str = "hl7",
    reason: str = "",
) -> FlowMerge:
    """Merge two patients because a facility says that they are one.

    Idempotent: what was merged already stays so. Raises ``UnknownPatient``, ``Refused`` when the facility follows neither.
    """
    standing = {pk: locked_patient(pk).pk for pk in sorted((kept_id, absorbed_id))}  # one order, whoever merges
    kept_id, absorbed_id = standing[kept_id], standing[absorbed_id]
    if kept_id == absorbed_id:
        return FlowMerge()
    kept, absorbed = both(kept_id, absorbed_id)
    followers = {pk: _followers(pk) for pk in (kept_id, absorbed_id)}
    if not any(facility_id in ids for ids in followers.values()):
        raise Refused(_("La structure émettrice ne suit aucun des deux patients"))
    alone = all(ids <= {facility_id} for ids in followers.values())
    if (
        alone
        and not held_for_two(kept_id, absorbed_id)
        and kept.fictitious == absorbed.fictitious
        and not contradictions(kept, absorbed)
    ):
        return FlowMerge(merge_id=join(kept, absorbed, Asked(None, source, (reason or _("Fusion reçue par flux"))[:500])))
    alert = open_alert(kept_id, absorbed_id, Why.FLOW)
    return FlowMerge(alert_id=alert.pk if alert else None)


def held_for_two(a: UUID, b: UUID) -> bool:
    """Whether somebody held two patients, or identities that they absorbed, for two persons: by an answer, or by parting them."""
    pairs = [ordered(x, y) for x in (a, *absorbed_by(a)) for y in (b, *absorbed_by(b))]
    answered, parted = Q(pk__in=[]), Q(pk__in=[])
    for first, second in pairs:
        answered |= Q(first=first, second=second)
        parted |= Q(kept=first, absorbed=second) | Q(kept=second, absorbed=first)
    if DuplicateAlert.objects.filter(answered, state=DuplicateAlert.State.DISTINCT).exists():
        return True
    return Merge.objects.filter(parted, undone_at__isnull=False).exists()


def _followers(patient_id: UUID) -> set[UUID]:
    return set(Following.objects.filter(patient=patient_id).values_list("facility_id", flat=True))


@transaction.atomic
def link_patients(*, first_id: UUID, second_id: UUID, source: str = "hl7") -> None:
    """Keep that a flow holds two identities for one person, and ask people to look; linked already, nothing changes.

    Raises ``UnknownPatient``, ``MergeRefused`` for an identity and itself.
    """
    first, second = ordered(*(locked_patient(pk).pk for pk in sorted((first_id, second_id))))
    defaults = {"since": timezone.now(), "source": source}
    link, created = Link.objects.get_or_create(first_id=first, second_id=second, until=None, defaults=defaults)
    if created:
        _trace("patient.linked", link)
        open_alert(first, second, Why.LINK)


@transaction.atomic
def unlink_patients(*, first_id: UUID, second_id: UUID) -> bool:
    """End the link of two identities; whether there was one. Raises ``UnknownPatient``."""
    first, second = ordered(*(patient_of(pk).pk for pk in (first_id, second_id)))
    link = Link.objects.select_for_update().filter(first=first, second=second, until=None).first()
    if link is None:
        return False
    link.until = timezone.now()
    link.save(update_fields=["until"])
    _trace("patient.unlinked", link)
    return True


def _trace(action: str, link: Link) -> None:
    for patient_id in (link.first_id, link.second_id):
        audit.record(actor=None, action=action, subject=f"link:{link.pk}", patient_id=patient_id)


def linked(patient_id: UUID) -> Sequence[UUID]:
    """The patients whom flows hold for this one, as they are now; of a patient whose file was opened."""
    family = [patient_id, *absorbed_by(patient_id)]
    found = list(Link.objects.filter(until=None, first__in=family).values_list("second", flat=True))
    found = [*found, *Link.objects.filter(until=None, second__in=family).values_list("first", flat=True)]
    return list(dict.fromkeys(pk for pk in (patient_of(other).pk for other in found) if pk != patient_id))


def kept_id(patient_id: UUID) -> UUID:
    """The id of who stands for a patient: his own, or that of the identity that absorbed him. Raises ``UnknownPatient``."""
    return patient_of(patient_id).pk


def absorbed_by(patient_id: UUID) -> Sequence[UUID]:
    """Ids of the identities that this one absorbed, and that those had absorbed; under them the journal knows the patient too."""
    found: list[UUID] = []
    newest = [patient_id]
    while newest:
        newest = list(Patient.everyone.filter(merged_into__in=newest).order_by("pk").values_list("pk", flat=True))
        found += newest
    return found


def holder_of(identifier: InstanceId) -> UUID | None:
    """The patient whom a facility knows by a number, for a flow of that facility; nothing is shown nor traced."""
    held = LocalIdentifier.objects.filter(root=identifier.root, extension=identifier.extension or "").first()
    return held.patient_id if held else None


@transaction.atomic
def change_identifier(*, former: InstanceId, new: InstanceId) -> UUID | None:
    """Give the patient whom a facility knows by ``former`` the number ``new`` instead; returns his id, if somebody has it.

    Done already, nothing changes. Raises ``Refused`` when ``new`` is somebody else's.
    """
    held, taken = (LocalIdentifier.objects.filter(root=n.root, extension=n.extension or "").first() for n in (former, new))
    if held is None or held == taken:
        return taken.patient_id if taken else None
    patient = locked_patient(held.patient_id)
    if taken is not None:
        if taken.patient_id != held.patient_id:
            raise Refused(_("Le nouveau numéro est celui d'un autre patient"))
        held.delete()
    else:
        held.root, held.extension = new.root, new.extension or ""
        held.save(update_fields=["root", "extension"])
    record_revision(patient, actor=None, reason="identifiant", action="patient.changed")
    return patient.pk
