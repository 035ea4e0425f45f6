"""Small worlds drawn at random: people of every role, patients, documents, and every relation between them."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from dcc.accounts.models import Facility, Membership, Practitioner, Role, User
from dcc.documents.models import Contributor, Document, DocumentVersion
from dcc.documents.states import STATUSES
from dcc.patients.models import BrokenGlass, CareTeamMember, Following, Patient
from forms_config.api import PublishedForm
from rcp_directory import api as directory
from rcp_directory.api import Named

TYPES = ("frcp", "autre")


@dataclass(slots=True)
class World:
    """Who and what is in it."""

    people: list[User] = field(default_factory=list)
    facilities: list[Facility] = field(default_factory=list)
    patients: list[Patient] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)


def draw(seed: int, form: PublishedForm) -> World:
    """A world of a seed."""
    chance, world = random.Random(seed), World()  # noqa: S311  (worlds to be drawn again, not secrets)
    world.facilities = [Facility.objects.create(name=f"Structure {n}", finess=f"49000{n:04}") for n in range(3)]
    world.people = [_person(chance, world, n) for n in range(10)]
    world.patients = [_patient(chance, world, n) for n in range(5)]
    rcps = [_rcp(chance, world, n) for n in range(2)]
    world.documents = [_document(chance, world, form, [*rcps, ""]) for _ in range(25)]
    return world


def _person(chance: random.Random, world: World, number: int) -> User:
    practitioner = Practitioner.objects.create(family=f"P{number}", national_id=f"8100000000{number:02}")
    user = User.objects.create(username=f"p{number}", practitioner=practitioner)
    for _ in range(chance.choice((1, 1, 2))):
        role = chance.choice([*Role.values, "medecin", "medecin", "assistant", "lecteur"])
        regional = role in ("editeur", "administrateur", "responsable")
        Membership.objects.get_or_create(user=user, role=role, facility=None if regional else chance.choice(world.facilities))
    return user


def _patient(chance: random.Random, world: World, number: int) -> Patient:
    patient = Patient.objects.create(
        birth_name=f"N{number}", first_given_name="X", sex="F", birth_date="1980-01-01", masked=number in (0, 1)
    )
    now = timezone.now()
    for facility in chance.sample(world.facilities, chance.choice((0, 1, 1, 2))):
        Following.objects.create(patient=patient, facility=facility)
    for user in chance.sample(world.people, 2):
        ended = chance.random() < 0.3
        CareTeamMember.objects.create(patient=patient, user=user, since=now, until=now if ended else None, named_by=user)
    for user in chance.sample(world.people, 2):
        at = now - timedelta(hours=chance.choice((1, 9)))
        BrokenGlass.objects.create(patient=patient, user=user, reason="avis", words="x", at=at, until=at + timedelta(hours=4))
    return patient


def _rcp(chance: random.Random, world: World, number: int) -> str:
    coordinator, member = chance.sample(world.people, 2)
    rcp_id = directory.record_rcp(
        national_id=f"RCP{number}",
        denomination=f"RCP {number}",
        network=Named("R", "R", "R"),
        centre=Named("C", "C", "C"),
        attributes={"coordinator": coordinator.practitioner},
    )
    assert member.practitioner_id is not None
    directory.record_member(rcp_id=rcp_id, practitioner_id=member.practitioner_id)
    return f"RCP{number}"


def _document(chance: random.Random, world: World, form: PublishedForm, rcps: list[str]) -> Document:
    document = Document.objects.create(
        document_type=chance.choice(TYPES),
        patient=chance.choice(world.patients),
        facility=chance.choice(world.facilities),
        created_by=chance.choice(world.people),
        set_id_root="1.2.3",
        set_id_extension=str(uuid.uuid4()),
    )
    status, now = chance.choice(list(STATUSES)), timezone.now()
    frozen = status in ("valide", "cloture")
    version = DocumentVersion.objects.create(
        document=document,
        number=1,
        form_version_id=form.version_id,
        title="x",
        rcp=chance.choice(rcps),
        status=status,
        status_at=now,
        changed_at=now,
        validated_at=now if frozen else None,
        content_sha256="0" * 64 if frozen else "",
    )
    for user in chance.sample(world.people, chance.choice((0, 0, 1))):
        Contributor.objects.create(version=version, user=user, since=now, last_at=now)
    return document
