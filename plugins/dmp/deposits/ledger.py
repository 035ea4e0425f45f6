"""What this platform put in DMPs, read for the tables; written so that it outlives whatever happens next."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from dcc.contracts.snapshots import Artifact, DocumentSnapshot, InstanceId
from dcc.contracts.xds import oid_of
from dcc.contracts.xds.hl7 import PRACTITIONERS
from dcc.documents import api as documents
from dcc.patients import api as patients
from plugins.dmp.deposits.visibility import ORDER, Frcp, Pps, Seen
from plugins.dmp.models import Deposit
from plugins.dmp.models.deposits import Stage


def practitioners_of(snapshot: DocumentSnapshot) -> Sequence[str]:
    """National identifiers of the authors and the legal authenticator: in whose session it may be deposited (EX_2.1-1140)."""
    actors = [*snapshot.authors, *([snapshot.legal_authenticator] if snapshot.legal_authenticator else [])]
    ids = (actor.professional.get("id") or {} for actor in actors)
    return list(
        dict.fromkeys(found["extension"] for found in ids if found.get("root") == PRACTITIONERS and found.get("extension"))
    )


def row_of(snapshot: DocumentSnapshot, cda: Artifact, key: UUID) -> Deposit:
    """The line of a transmission; of a document that goes again under another key, the one it has (its uniqueId is the same).

    It takes the key of the newest transmission: what is said of the deposit is said there.
    """
    unique_id = cda.identifier.root if cda.identifier else ""
    found = Deposit.objects.filter(unique_id=unique_id).first()
    if found is None:
        return _new(snapshot, unique_id, key)
    if found.pk != key:
        Deposit.objects.filter(pk=found.pk).update(key=key)
        return Deposit.objects.get(pk=key)
    return found


def _new(snapshot: DocumentSnapshot, unique_id: str, key: UUID) -> Deposit:
    ins = snapshot.patient.ins or InstanceId("")
    try:
        return Deposit.objects.create(
            key=key,
            document_id=snapshot.document_id,
            document_type=snapshot.document_type,
            reference_id=documents.followed_id(snapshot.document_id),
            unique_id=unique_id,
            set_id="^".join(filter(None, (snapshot.set_id.root, snapshot.set_id.extension))),
            version_number=snapshot.version_number,
            lot=oid_of(key),
            ins_root=ins.root,
            ins_extension=ins.extension or "",
            visibility=Seen.INVISIBLE if snapshot.document_type == "frcp" else Seen.VISIBLE,
            practitioners=list(practitioners_of(snapshot)),
        )
    except IntegrityError:  # another process wrote it meanwhile
        return Deposit.objects.get(unique_id=unique_id)


def ins_of(document_id: UUID) -> InstanceId | None:
    """The INS of the patient of a document now; nothing while his identity is not qualified."""
    patient_id = documents.patient_of(document_id)
    return patients.patient_snapshot(patient_id).ins if patient_id else None


def _under(ins: InstanceId) -> QuerySet[Deposit]:
    """What concerns the DMP of one INS: that of another one, which the patient had before, is another DMP."""
    return Deposit.objects.filter(ins_root=ins.root, ins_extension=ins.extension or "")


def there(document_id: UUID, ins: InstanceId) -> QuerySet[Deposit]:
    """Versions of a document that are in the DMP now, the newest first; one, unless somebody else's hand was in it."""
    rows = _under(ins).filter(document_id=document_id, stage=Stage.DEPOSITED, replaced_by="")
    return rows.order_by("-version_number", "-deposited_at")


def may_deposit(row: Deposit) -> Sequence[str]:
    """In whose session a document is deposited: its authors', of whom only those of the version that it replaces may do that."""
    mine: list[str] = row.practitioners
    former = there(row.document_id, row.ins).exclude(pk=row.pk).first()
    both = [one for one in mine if former is None or one in former.practitioners]
    return both or mine


def unsettled(document_id: UUID, ins: InstanceId) -> QuerySet[Deposit]:
    """Deposits of a document whose outcome is not known."""
    return _under(ins).filter(document_id=document_id, stage=Stage.STARTED).order_by("version_number")


def last_seen(document_id: UUID, ins: InstanceId) -> Seen | None:
    """The widest that a document was ever shown; nothing when it never was there."""
    shown = _under(ins).filter(document_id=document_id, deposited_at__isnull=False).values_list("visibility", flat=True)
    return max((Seen(value) for value in shown), key=ORDER.index, default=None)


def pps_of(frcp_id: UUID, ins: InstanceId) -> Pps:
    """The PPS of an FRCP, as far as it is known; one that another took the place of is there no more, whatever became of that."""
    rows = _under(ins).filter(reference_id=frcp_id, document_type="pps", replaced_by="")
    stages = set(rows.values_list("stage", flat=True))
    if Stage.DEPOSITED in stages:
        return Pps.PRESENT
    return Pps.UNKNOWN if Stage.STARTED in stages else Pps.ABSENT


def deposited_pps(frcp: Deposit) -> QuerySet[Deposit]:
    """Every PPS of an FRCP that ever was in the DMP where the FRCP is."""
    return _under(frcp.ins).filter(reference_id=frcp.document_id, document_type="pps", deposited_at__isnull=False)


def frcp_of(frcp_id: UUID, ins: InstanceId) -> Frcp:
    """An FRCP as it was sent last."""
    if unsettled(frcp_id, ins).exists():
        return Frcp.UNKNOWN
    row = there(frcp_id, ins).first()
    if row is None:
        return Frcp.ABSENT
    return Frcp.INVISIBLE if row.visibility == Seen.INVISIBLE else Frcp.VISIBLE


def misplaced(document_id: UUID) -> QuerySet[Deposit]:
    """What is, or may be, in the DMP of an INS that the patient has no more."""
    return _astray().filter(document_id=document_id).order_by("-version_number")


def misplaced_by(national_ids: Sequence[str]) -> Sequence[Deposit]:
    """The same, of whatever document of which one of these is an author or the legal authenticator."""
    return [row for row in _astray() if set(national_ids) & set(row.practitioners)]


def _astray() -> QuerySet[Deposit]:
    return Deposit.objects.filter(misplaced_at__isnull=False, stage__in=(Stage.STARTED, Stage.DEPOSITED), replaced_by="")


def note_ins(document_id: UUID, ins: InstanceId) -> Sequence[Deposit]:
    """The patient has this INS now: what is under another one is :func:`misplaced`. Answers what was so and is no more."""
    rows = Deposit.objects.filter(document_id=document_id)
    here = Q(ins_root=ins.root, ins_extension=ins.extension or "")
    back = list(rows.filter(here, misplaced_at__isnull=False))
    rows.filter(here).update(misplaced_at=None)
    rows.exclude(here).filter(misplaced_at=None).update(misplaced_at=timezone.now())
    return back


def was_taken_away(document_id: UUID, ins: InstanceId) -> bool:
    """Whether somebody took the newest that was put there of a document away."""
    newest = _under(ins).filter(document_id=document_id).order_by("-version_number").first()
    return newest is not None and newest.stage == Stage.WITHDRAWN


def note_started(row: Deposit, seen: Seen, depositor: str) -> None:
    """Before the request leaves."""
    _note(row, stage=Stage.STARTED, visibility=seen, depositor=depositor, attempts=row.attempts + 1)


def note_not_there(row: Deposit) -> None:
    """The DMP does not have it."""
    _note(row, stage=Stage.NEW)


@transaction.atomic
def note_deposited(row: Deposit) -> Sequence[UUID]:
    """The DMP has it; what it replaces, of which the keys are answered, is no longer there. Both are noted or none: what is not
    noted is looked for."""
    _note(row, stage=Stage.DEPOSITED, deposited_at=row.deposited_at or timezone.now())
    former = list(there(row.document_id, row.ins).filter(version_number__lt=row.version_number).values_list("pk", flat=True))
    Deposit.objects.filter(pk__in=former).update(replaced_by=row.unique_id, changed_at=timezone.now())
    return former


def note_withdrawn(row: Deposit) -> None:
    """Somebody took it away."""
    _note(row, stage=Stage.WITHDRAWN)


def note_shown(row: Deposit, seen: Seen) -> None:
    """It was made visible where it is."""
    _note(row, visibility=seen, revealed_at=timezone.now())


def _note(row: Deposit, **values: object) -> None:
    """Written before what follows; that a request leaves, outside any transaction."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=[*values, "changed_at"])
