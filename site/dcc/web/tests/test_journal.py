"""The journal as whoever answers for accesses reads it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.models import Facility, User
from dcc.audit import api as audit
from dcc.audit.models import Entry, Turn
from dcc.audit.protection import lift_protection, protect
from dcc.documents import api as documents
from dcc.patients import api as patients
from dcc.patients.models import Patient
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(alice: User, bob: User, frcp_id: UUID, patient_id: UUID) -> UUID:
    """A patient whose document was written by alice and read by bob."""
    documents.open_document(bob, frcp_id)
    patients.open_patient(actor=bob, patient_id=patient_id)
    audit.seal()
    return patient_id


def whole() -> audit.Filters:
    return audit.Filters(timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1))


def test_the_page_says_who_did_what(visit: Visit, rachel: User, bob: User, read: UUID) -> None:
    page = visit(rachel).get(reverse("web:journal"), {"qui": bob.last_name})
    text = page.content.decode()
    assert "Ouverture d&#x27;un document" in text
    assert "Création d&#x27;un patient" not in text
    assert {row.who.username for row in page.context["rows"]} == {bob.username}
    assert all(row.trace.sealed for row in page.context["rows"])
    patient = Patient.objects.get(pk=read)
    assert patient.birth_name not in text
    searched = Entry.objects.filter(action="journal.searched").get()
    assert (searched.actor_id, searched.kind, searched.facts["people"]) == (rachel.pk, "journal", 1)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"nature": "soins"}, {"soins"}),
        ({"nature": "acces", "resultat": "refus"}, {"acces"}),
        ({"qui": "personne-de-ce-nom"}, set()),
        ({"structure": "490000031"}, {"soins", "acces"}),
        ({"structure": "999"}, set()),
        ({"du": "2001-01-01", "au": "2001-01-02"}, set()),
        ({"du": "pas-une-date", "patient": "x", "nature": "x", "apres": "x_1"}, {"soins", "acces"}),
    ],
)
def test_filters(
    asked: dict[str, str], found: set[str], visit: Visit, rachel: User, charlie: User, bob: User, read: UUID
) -> None:
    visit(charlie).get(reverse("web:patient", args=[read]))
    visit(bob).get(reverse("web:glass_review"))
    page = visit(rachel).get(reverse("web:journal"), asked)
    assert page.status_code == 200
    kinds = {Entry.objects.get(pk=row.trace.id).kind for row in page.context["rows"]}
    assert kinds - {"configuration", "journal"} == found


def test_pages_follow_each_other_without_loss(rachel: User, read: UUID) -> None:
    expected = list(Entry.objects.order_by("-at", "-id").values_list("pk", flat=True))
    seen: list[int] = []
    after = None
    filters = whole()
    while True:
        rows, after = accounts.read_journal(actor=rachel, filters=filters, after=after, limit=2)
        seen += [row.trace.id for row in rows]
        if after is None:
            break
    assert [pk for pk in seen if pk in expected] == expected


def test_the_report_of_a_patient(visit: Visit, rachel: User, alice: User, bob: User, read: UUID) -> None:
    patient = Patient.objects.get(pk=read)
    client = visit(rachel)
    typed = {name: getattr(patient, name) for name in ("birth_name", "first_given_name", "sex", "birth_date", "birth_place_code")}
    found = client.post(reverse("web:journal_patient"), {**typed, "birth_date": patient.birth_date})
    assert found.status_code == 302, found.context["creation"].problems
    assert found["Location"] == reverse("web:journal_accesses", args=[read])
    page = client.get(found["Location"])
    assert {row.who.username for row in page.context["rows"]} >= {alice.username, bob.username}
    assert patient.birth_name in page.content.decode()
    pdf = client.get(reverse("web:journal_accesses_file", args=[read, "pdf"]))
    assert pdf.content.startswith(b"%PDF-")
    table = client.get(reverse("web:journal_accesses_file", args=[read, "csv"])).content.decode("utf-8-sig").splitlines()
    assert table[0].startswith("Date;Personne;Compte")
    assert any(bob.username in line for line in table)
    made = Entry.objects.filter(action="journal.report_made", patient_id=read).order_by("pk")
    assert [entry.facts["way"] for entry in made] == ["page", "pdf", "csv"]
    assert client.get(reverse("web:journal_accesses_file", args=[read, "doc"])).status_code == 404


@pytest.mark.parametrize("typed", [{"birth_name": "X"}, {"matricule": "1"}, {"matricule": "279035121518989"}])
def test_an_inexact_identity_tells_nothing(typed: dict[str, str], visit: Visit, rachel: User, read: UUID) -> None:
    assert visit(rachel).post(reverse("web:journal_patient"), typed).status_code == 422


def test_broken_glass_is_marked(visit: Visit, rachel: User, charlie: User, alice: User, read: UUID) -> None:
    traits = patients.patient_snapshot(read).traits
    patients.break_glass(actor=charlie, reason="avis", words="Avis demandé par téléphone", traits=traits)
    patients.open_patient(actor=charlie, patient_id=read)
    now = timezone.now()
    rows = accounts.accesses_of(actor=rachel, patient_id=read, since=now - timedelta(days=1), until=now + timedelta(days=1))
    assert {row.who.username: row.glass for row in rows if row.trace.action == "patient.opened"} == {
        "bob": False,
        "charlie": True,
    }


@pytest.mark.parametrize("name", ["journal_accesses", "journal_accesses_file"])
def test_only_who_answers_for_accesses(name: str, visit: Visit, people: dict[str, User], read: UUID) -> None:
    arguments = [read] if name == "journal_accesses" else [read, "pdf"]
    assert {visit(user).get(reverse(f"web:{name}", args=arguments)).status_code for user in people.values()} == {403}


def test_a_cell_is_no_formula(rachel: User) -> None:
    from dcc.web.accesses import table_of

    Entry.objects.create(at=timezone.now(), action="form.published", kind="configuration", subject="form:x", facts={"a": "=1"})
    rows = list(table_of(accounts.journal_rows(actor=rachel, filters=whole())))
    assert all(not cell.startswith("=") for row in rows for cell in row)


def test_the_worker_verifies_in_turns_and_says_what_it_found(visit: Visit, rachel: User, read: UUID, facility: Facility) -> None:
    assert "pas encore été vérifié" in visit(rachel).get(reverse("web:journal")).content.decode()
    audit.seal()
    audit.watch(seconds=-1)
    assert not audit.state().whole
    while not audit.state().whole:
        audit.watch(seconds=-1)
    assert "Journal intact" in visit(rachel).get(reverse("web:journal")).content.decode()
    lift_protection()
    Entry.objects.filter(action="document.created").update(subject="document:other")
    protect()
    audit.watch()
    assert Turn.objects.count() == 1, "a turn that has just ended is not begun again"
    Turn.objects.update(ended_at=timezone.now() - timedelta(days=2))
    audit.watch()
    assert audit.state().breaches == 2
    assert "pas intact" in visit(rachel).get(reverse("web:journal")).content.decode()
