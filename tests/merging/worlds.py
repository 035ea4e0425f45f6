"""Two files of one person, each with everything that a room may hold of a patient."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from uuid import UUID

from django.utils import timezone

from dcc.accounts.api import User
from dcc.contracts.snapshots import IdentityTraits, InstanceId, RelatedPerson
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.patients.models import Patient
from dcc.patients.tests.people import MATRICULES, NESSI, NIR, header
from tests.fixtures import validate

ADDRESS = {"street": "Rue de la Paix", "postal_code": "49000", "city": "ANGERS"}
TYPED = replace(NESSI, given_names="", birth_place_code="")
"""The same person, typed at a desk without all of her traits."""
IPP = InstanceId("1.2.3.4", "A12")


@dataclass(frozen=True)
class Pair:
    """The file that is kept, the one that is absorbed, and documents of each."""

    kept: UUID
    absorbed: UUID
    kept_frcp: UUID
    frcp: UUID
    pps: UUID

    @property
    def revisions(self) -> tuple[int, int]:
        """Of both, as they stand."""
        return revision_of(self.kept), revision_of(self.absorbed)


def revision_of(patient_id: UUID) -> int:
    """The revision of an identity as it stands."""
    return Patient.everyone.get(pk=patient_id).revision


def make_pair(alice: User, bob: User, charlie: User) -> Pair:
    """Received with her INS, followed by two establishments; then typed again « malgré tout », without it."""
    here, there = _place(alice), _place(charlie)
    absorbed = patients.register_from_header(
        actor=alice, facility_id=here, header=replace(header(NESSI, identifiers=(IPP,)), address=ADDRESS)
    ).patient_id
    patients.register_from_header(actor=charlie, facility_id=there, header=header(NESSI))
    _qualify(absorbed, here)
    kept = patients.create_patient(
        actor=alice, facility_id=here, traits=TYPED, used_name="Corse", contacts=[_contact("Jeanne")], despite=[absorbed]
    )
    for patient_id in (kept, absorbed):
        patients.join_team(actor=alice, patient_id=patient_id, user_id=bob.pk)
    patients.join_team(actor=alice, patient_id=absorbed, user_id=alice.pk)
    kept_frcp = documents.create_document(actor=alice, patient_id=kept, facility_id=here, document_type="frcp")
    frcp = documents.create_document(actor=alice, patient_id=absorbed, facility_id=here, document_type="frcp")
    validate(alice, bob, frcp)
    pps = documents.create_following(actor=alice, reference_id=frcp)
    patients.update_contact_details(
        actor=alice,
        patient_id=absorbed,
        expected_revision=revision_of(absorbed),
        address=ADDRESS,
        telecoms=[],
        contacts=[_contact("Paul"), _contact("Anne")],
    )
    patients.mask_patient(actor=bob, patient_id=absorbed, words="Soignante de l'établissement")
    return Pair(kept, absorbed, kept_frcp, frcp, pps)


def _qualify(patient_id: UUID, facility_id: UUID) -> None:
    """As INSi and a justificatif would have; the process that the flow began is done."""
    now = timezone.now()
    row = Patient.objects.get(pk=patient_id)
    row.status, row.ins_oid, row.ins_matricule, row.insi_at = "qualifiee", NIR, MATRICULES["NESSI"], now
    row.save()
    row.qualifications.filter(closed_at=None).update(closed_at=now)
    row.proofs.create(kind="TC", level="eleve", origin="cda", facility_id=facility_id, at=now)
    row.ins_history.create(oid=NIR, matricule=MATRICULES["CORSE"], given_at=now)


def begin(actor: User, patient_id: UUID) -> None:
    """A process that waits for the answer that INSi proposed."""
    row = Patient.objects.get(pk=patient_id)
    facility_id = _place(actor)
    process = row.qualifications.filter(closed_at=None).first() or row.qualifications.create(
        facility_id=facility_id, actor_id=actor.pk, source="saisie", match="identique", traits=asdict(TYPED), waits="confirmation"
    )
    row.proposals.create(qualification=process, traits=asdict(NESSI), oid=NIR, matricule=MATRICULES["NESSI"], at=timezone.now())


def glass_of(pair: Pair, physician: User, traits: IdentityTraits = NESSI) -> None:
    """A « bris de glace » in the file that is absorbed, of which both have the traits: by its INS."""
    patients.break_glass(actor=physician, reason="avis", words="Avis demandé", matricule=MATRICULES[traits.birth_name])


def merge(actor: User, pair: Pair, *, right: str = "") -> UUID:
    """Merge the pair as it stands."""
    return merging.merge_patients(
        actor=actor,
        kept_id=pair.kept,
        absorbed_id=pair.absorbed,
        expected_revisions=pair.revisions,
        reason="Même carte d'identité",
        right=right,
    )


def part(actor: User, pair: Pair, merge_id: UUID) -> None:
    """Undo it."""
    merging.unmerge_patients(
        actor=actor, merge_id=merge_id, expected_revision=revision_of(pair.kept), reason="Deux personnes, deux cartes"
    )


def _place(user: User) -> UUID:
    found = user.memberships.get().facility_id
    assert found is not None
    return found


def _contact(given: str) -> RelatedPerson:
    return RelatedPerson("confiance", "NESSI", given)
