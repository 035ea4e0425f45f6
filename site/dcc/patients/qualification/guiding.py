"""INSi asked before the question, where the region wants it: its answer guides the person, decides nothing (decision 0241)."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.audit import api as audit
from dcc.contracts.errors import Refused
from dcc.patients.errors import StaleIdentity
from dcc.patients.qualification.asking import query_of, verifier
from dcc.patients.qualification.errors import AlreadyAnswered
from dcc.patients.qualification.headers import read_back
from dcc.patients.qualification.models import Reconciliation
from dcc.patients.qualification.regional import policy
from dcc.patients.qualification.table import CREATE, KEEP
from dcc.patients.recognising import read_header


def guide_reconciliation(*, actor: accounts.User, reconciliation_id: UUID, expected_revision: int) -> str:
    """Ask INSi with the received traits about a question that waits; returns its code, and keeps what it suggests.

    Raises ``LookupError``, ``PermissionDenied``, ``AlreadyAnswered``, ``StaleIdentity``, ``Refused`` where the region does not
    want it, and what the verifier raises (a fault leaves the question as it is).
    """
    row = Reconciliation.objects.filter(pk=reconciliation_id).first()
    if row is None:
        raise LookupError(_("Identité à rapprocher inconnue"))
    if not accounts.may(actor, Action.RECONCILE_IDENTITY, facility_ids=[row.facility_id]):
        raise PermissionDenied
    if not policy().call_before_reconciling:
        raise Refused(_("La région n'interroge pas INSi avant un rapprochement"))
    traits = read_header(read_back(row.header)).identity.traits
    verdict = verifier().verify(query_of(traits, row.facility_id, actor, automatic=False))
    with transaction.atomic():
        row = Reconciliation.objects.select_for_update().get(pk=row.pk)
        if row.state != Reconciliation.State.PENDING:
            raise AlreadyAnswered
        if row.revision != expected_revision:
            raise StaleIdentity
        row.insi_code = verdict.code
        row.insi_oid = verdict.ins.root if verdict.ins else ""
        row.insi_matricule = (verdict.ins.extension or "") if verdict.ins else ""
        row.save()
        audit.record(
            actor=actor,
            action="identity.asked",
            subject=f"reconciliation:{row.pk}",
            facility_id=row.facility_id,
            code=verdict.code,
            answer=verdict.answer_id,
        )
    return verdict.code


def suggestion(row: Reconciliation) -> tuple[str, UUID | None]:
    """What INSi's answer suggests: ``conserver`` and the patient who has that INS, ``creer``, or nothing when not asked."""
    if not row.insi_code:
        return "", None
    holder = row.candidates.filter(ins_oid=row.insi_oid, ins_matricule=row.insi_matricule).exclude(ins_matricule="").first()
    return (KEEP, holder.pk) if row.insi_code == "00" and holder is not None else (CREATE, None)
