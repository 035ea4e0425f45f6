"""What each answer to a reconciliation would do, told before it is given: the same table decides."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from dcc.accounts import api as accounts
from dcc.patients.models import Patient
from dcc.patients.qualification.covering import cover_of
from dcc.patients.qualification.deciding import DOUBTFUL_CASE, Decision, Next, Situation, decide
from dcc.patients.qualification.process import is_proved
from dcc.patients.qualification.reconciling import Reconciled
from dcc.patients.qualification.regional import policy
from dcc.patients.qualification.table import CREATE, KEEP, Answer, Reliability


def foreseen(actor: accounts.User, question: Reconciled) -> Mapping[UUID | None, Decision]:
    """What the table says of each answer to a question that was shown, before INSi is asked: of each patient, of a new one."""
    cover = cover_of(actor, question.facility_id, policy())
    known = Patient.objects.filter(pk__in=[side.patient_id for side in question.sides])
    situations: dict[UUID | None, tuple[Reliability, Answer, bool]] = {None: (Reliability.PROV, CREATE, False)}
    situations |= {patient.pk: (Reliability(patient.status), KEEP, is_proved(patient)) for patient in known}
    if question.attribute:  # said doubtful or fictitious by its sender: it brings nothing, and INSi is not asked
        return {
            pk: Decision(DOUBTFUL_CASE, pk is None, local, False, False, Next.DOUBT if pk is None else Next.END)
            for pk, (local, _answer, _proved) in situations.items()
        }
    return {
        pk: decide(
            Situation(
                clause=cover.present,
                source="saisie" if question.source == "saisie" else "flux",
                match="incoherente",
                received=None if question.source == "saisie" else Reliability(question.received or Reliability.PROV),
                local=local,
                answer=answer,
                proof_known=bool(question.proof),
                proved_here=proved,
            ),
            policy(),
        )
        for pk, (local, answer, proved) in situations.items()
    }
