"""The register in the database, in few queries: the rows that the services of the patients room would have written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

from dcc.accounts.models import Facility
from dcc.contracts.snapshots import IdentityTraits
from dcc.patients.models import Following, NameWord, Patient
from dcc.patients.pictures import write_identity
from dcc.patients.traits import Identity
from dcc.patients.vocabulary import learn
from dcc.patients.words import index_words
from tests.register.people import Person, registered

BATCH = 2_000
T = TypeVar("T")


def patient_of(person: Person, number: int) -> Patient:
    """The row of a person, not saved; its id is made of the number."""
    patient = Patient(pk=UUID(int=number, version=4))
    given = " ".join(map(registered, person.given))
    traits = IdentityTraits(registered(person.birth_name), registered(person.given[0]), given, person.sex, person.born)  # type: ignore[arg-type]  # M or F
    write_identity(patient, Identity(traits, "", registered(person.used_name), registered(person.used_given)))
    return patient


def words_of(patient: Patient) -> set[str]:
    """What the index holds of a patient in a facility (as :func:`dcc.patients.index.reindex`)."""
    given = (patient.given_names, patient.first_given_name, patient.used_given_name)
    return index_words(patient.birth_name, patient.used_name, given=given)


def load(everybody: Iterable[Person], facilities: Sequence[Facility]) -> dict[UUID, Person]:
    """Save people, each followed by one of the facilities in turn; answers who has which id."""
    found: dict[UUID, Person] = {}
    vocabulary: set[str] = set()
    for batch in batches(everybody):
        patients = [patient_of(person, len(found) + n) for n, person in enumerate(batch)]
        found |= {patient.pk: person for patient, person in zip(patients, batch, strict=True)}
        places = [(patient, facilities[patient.pk.int % len(facilities)]) for patient in patients]
        Patient.objects.bulk_create(patients)
        Following.objects.bulk_create([Following(patient=patient, facility=facility) for patient, facility in places])
        rows = [NameWord(patient=p, facility=f, word=word) for p, f in places for word in sorted(words_of(p))]
        NameWord.objects.bulk_create(rows, batch_size=BATCH)
        vocabulary |= {row.word for row in rows}
    for part in batches(sorted(vocabulary)):
        learn(set(part))
    return found


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """Lists of so many."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
