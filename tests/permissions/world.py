"""One patient and what is written about her, for all the cells of the tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from dcc.accounts.models import Facility, User
from dcc.accounts.policies import Scope
from dcc.contracts.snapshots import IdentityTraits
from dcc.documents import api as documents
from dcc.documents.models import Contributor, DocumentVersion
from dcc.patients import api as patients
from forms_config import api as forms
from forms_config.favourites import api as bank
from forms_config.legal import api as legal
from forms_config.terminology import api as terminology
from rcp_directory import api as directory
from rcp_directory.models import RcpMember
from tests.addresses import GROUP
from tests.fixtures import fill_document, make_facility, validate
from tests.permissions.people import KINDS, A, G, R, T, make_people

TRAITS = IdentityTraits("PAT-TROIS", "DOMINIQUE", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215", "DOMPREMY")
OTHER = IdentityTraits("ADRUN", "ZOE", "ZOE", "F", "1975-12-31", "63220", "MIREFLEURS")
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Thing:
    """A document of the world, and the scope under which the table speaks of it."""

    id: UUID
    scope: Scope


@dataclass(frozen=True, slots=True)
class World:
    """What the tables are asked of: all of it alice's, in her facility."""

    people: Mapping[str, User]
    here: Facility
    elsewhere: Facility
    patient_id: UUID
    documents: Mapping[str, Thing]
    attachment_id: UUID
    favourite_id: UUID

    @property
    def draft(self) -> UUID:
        """An FRCP that is being written."""
        return self.documents["draft"].id

    @property
    def done(self) -> UUID:
        """A validated FRCP."""
        return self.documents["done"].id

    @property
    def fresh(self) -> UUID:
        """A validated FRCP that no PPS follows."""
        return self.documents["fresh"].id

    @property
    def plan(self) -> UUID:
        """The PPS of the validated FRCP, being written."""
        return self.documents["plan"].id


def make_world() -> World:
    """Build it, as people would."""
    forms.ensure_default_forms("frcp")
    forms.ensure_default_forms("pps")
    legal.ensure_national_texts()
    here, elsewhere = make_facility(), make_facility("Clinique d'ailleurs", "490000099")
    people = make_people(here, elsewhere)
    alice = people["alice"]
    patient_id = patients.create_patient(actor=alice, facility_id=here.pk, traits=TRAITS)
    addressed = directory.rcp_answers(_rcp(people), label=terminology.label)
    draft, done, fresh = (
        documents.create_document(
            actor=alice, patient_id=patient_id, facility_id=here.pk, document_type="frcp", answers=addressed
        )
        for _ in "123"
    )
    attachment_id = documents.add_attachment(
        actor=alice, document_id=draft, title="Bilan", filename="bilan.pdf", content=b"%PDF-1.4 bilan"
    )
    for document_id in (draft, done, fresh):
        _write_in(people, document_id)
    for document_id in (done, fresh):
        validate(alice, people["bob"], document_id)
    plan = documents.create_following(actor=alice, reference_id=done)
    _write_in(people, plan)
    _tie(people, patient_id)
    things = {
        "draft": Thing(draft, Scope("frcp", "en_cours")),
        "done": Thing(done, Scope("frcp", "valide")),
        "fresh": Thing(fresh, Scope("frcp", "valide")),
        "plan": Thing(plan, Scope("pps", "en_cours")),
    }
    return World(people, here, elsewhere, patient_id, things, attachment_id, _favourite(alice))


def further(world: World) -> list[Thing]:
    """FRCP in the other statuses: completed, cancelled, closed."""
    alice, bob = world.people["alice"], world.people["bob"]
    answers = directory.rcp_answers(directory.search_rcps("Sein")[0].rcp_id, label=terminology.label)
    made = []
    for status in ("complete", "annule", "cloture"):
        document_id = documents.create_document(
            actor=alice, patient_id=world.patient_id, facility_id=world.here.pk, document_type="frcp", answers=answers
        )
        _write_in(world.people, document_id)
        if status == "complete":
            fill_document(alice, document_id)
            revision = documents.open_document(alice, document_id).revision
            documents.complete_document(actor=alice, document_id=document_id, expected_revision=revision)
        elif status == "annule":
            documents.cancel_document(actor=alice, document_id=document_id)
        else:
            validate(alice, bob, document_id)
            documents.close_document(actor=bob, document_id=document_id)
        made.append(Thing(document_id, Scope("frcp", status)))
    return made


def _write_in(people: Mapping[str, User], document_id: UUID) -> None:
    """Whom the table calls an author wrote something; who works elsewhere today did it when she worked here."""
    version = DocumentVersion.objects.get(document_id=document_id, is_current=True)
    for name, kind in KINDS.items():
        if A in kind.ties:
            Contributor.objects.get_or_create(version=version, user=people[name], defaults={"since": NOW, "last_at": NOW})


def _rcp(people: Mapping[str, User]) -> int:
    """The RCP to which the FRCP are addressed."""
    network, centre = directory.Named("5201", "RRC", "Réseau"), directory.Named("520114", "3C", "Centre")
    rcp_id = directory.record_rcp(national_id="27011113", denomination="Sein", network=network, centre=centre)
    for name, kind in KINDS.items():
        practitioner = people[name].practitioner
        if R in kind.ties and practitioner is not None:
            RcpMember.objects.create(rcp_id=rcp_id, practitioner=practitioner)
    return rcp_id


def _tie(people: Mapping[str, User], patient_id: UUID) -> None:
    """Name the care team, break the glass."""
    for name, kind in KINDS.items():
        if T in kind.ties:
            patients.join_team(actor=people["alice"], patient_id=patient_id, user_id=people[name].pk)
        if G in kind.ties:
            patients.break_glass(actor=people[name], reason="avis", words="Avis demandé", traits=TRAITS)


def _favourite(alice: User) -> UUID:
    kind = terminology.concepts("jdv-type-traitement-frcp-cisis")[0].value
    rows = [{f"{GROUP}.intention": 1, f"{GROUP}.sequence": 1, f"{GROUP}.type": kind}]
    schema = forms.published_form("frcp_standard").schema
    return bank.save_favourite(actor=alice, content=bank.Content("FEC", "frcp", GROUP, rows), schema=schema)


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside leaves nothing."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
