"""The panel: what it shows to whom, and the two gestures on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.audit.models import Entry
from dcc.contracts.errors import Refused
from dcc.contracts.xds import Code
from dcc.documents import api as documents
from dcc.documents.models import Document
from dcc.exchange.models import Intake
from dcc.patients.models import Patient
from dcc.patients.qualification.models import Reconciliation
from dcc.web.tests.browsing import texts_of, tree_of
from plugins.dmp.consultation import cache
from plugins.dmp.consultation.elsewhere import DocumentsOfTheDmp
from plugins.dmp.consultation.keeping import keep, kept_of
from plugins.dmp.consultation.tests.conftest import connect, searched_by
from plugins.dmp.consultation.tests.dossier import Dossier, cda
from plugins.dmp.models import FoundDocument, KeptDocument
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


def url(patient_id: UUID, name: str = "found", *more: UUID) -> str:
    """An address of the panel."""
    return reverse(f"dmp:{name}", args=[patient_id, *more])


def rows(content: bytes) -> list[str]:
    """The documents that are listed, in words."""
    return [" ".join(row.text_content().split()) for row in tree_of(content).xpath("//section[@id='trouves']//tbody/tr")]


@pytest.fixture
def found(alice: User, qualified: UUID, dossier: Dossier, frcp_form: object, pps_form: object) -> FoundDocument:
    """A PPS and a « VSM » that alice found; the PPS."""
    connect(alice)
    dossier.put("1.2.3", confidentiality=(Code("N"), Code("INVISIBLE_PATIENT")))
    dossier.put("1.2.4", "vsm", class_code=Code("90"))
    searched_by(alice, qualified)
    return FoundDocument.objects.get(unique_id="1.2.3")


def test_the_panel_says_where_each_comes_from_and_what_is_to_be_known(
    visit: Visit, alice: User, qualified: UUID, found: FoundDocument
) -> None:
    lines = rows(visit(alice).get(url(qualified)).content)
    pps, vsm = sorted(lines)
    assert "DMP / Mon espace santé" in pps
    assert "Invisible au patient" in pps
    assert "Garder ce document" in pps
    assert "Déposé par le patient" in vsm
    assert "Garder" not in vsm


def test_what_one_found_nobody_else_sees(
    visit: Visit, alice: User, bob: User, charlie: User, edith: User, adrien: User, qualified: UUID, found: FoundDocument
) -> None:
    seen = {user.username: visit(user).get(url(qualified)) for user in (alice, bob, charlie, edith, adrien)}
    assert {name: answer.status_code for name, answer in seen.items()} == {
        "alice": 200, "bob": 200, "charlie": 404, "edith": 404, "adrien": 404,
    }  # fmt: skip
    assert (len(rows(seen["alice"].content)), rows(seen["bob"].content)) == (2, [])
    assert not DocumentsOfTheDmp().documents(qualified, bob.pk)
    kept = visit(bob).post(url(qualified, "keep", found.pk), follow=True)
    assert "n'est plus à votre disposition" in " ".join(texts_of(kept.content, ".notice"))
    assert visit(charlie).post(url(qualified, "keep", found.pk)).status_code == 404


def test_keeping_makes_a_document_with_its_origin(
    visit: Visit, alice: User, qualified: UUID, found: FoundDocument, facility: Facility
) -> None:
    page = visit(alice).post(url(qualified, "keep", found.pk), follow=True)
    assert "Document gardé" in " ".join(texts_of(page.content, ".notice"))
    (document,) = Document.objects.all()
    assert (document.patient_id, document.facility_id, document.document_type) == (qualified, facility.pk, "pps")
    assert Intake.objects.get().filename.startswith("DMP PPS ")
    kept = KeptDocument.objects.get()
    assert (kept.document_id, kept.unique_id, kept.there) == (document.pk, "1.2.3", "present")
    trace = Entry.objects.get(action="dmp.document_kept")
    assert (trace.actor_id, trace.subject, trace.facts) == (alice.pk, f"document:{document.pk}", {"kind": "18776-5"})
    assert [told.unique_id for _row, told in cache.held(qualified, alice.pk)] == ["1.2.4"]
    assert documents.open_document(alice, document.pk).answers


@pytest.mark.parametrize(
    ("became", "there"), [({"status": "Deprecated"}, "remplace"), ({"status": "Deleted"}, "absent"), (None, "absent")]
)
def test_what_was_kept_is_looked_at_again(
    visit: Visit, alice: User, qualified: UUID, found: FoundDocument, dossier: Dossier, became: dict[str, str] | None, there: str
) -> None:
    visit(alice).post(url(qualified, "keep", found.pk))
    if became is None:
        del dossier.entries["1.2.3"]
    else:
        dossier.become("1.2.3", **became)
    connect(alice, minutes=300)
    said = searched_by(alice, qualified)
    assert KeptDocument.objects.get().there == there
    assert said[0].startswith("Un document gardé du DMP : ")


def test_what_a_colleague_kept_is_judged_by_who_may_see_it(
    visit: Visit, alice: User, bob: User, qualified: UUID, found: FoundDocument, dossier: Dossier
) -> None:
    visit(alice).post(url(qualified, "keep", found.pk))
    entry = dossier.entries.pop("1.2.3")
    connect(bob)
    searched_by(bob, qualified)
    assert KeptDocument.objects.get().there == "present", "it may be masked to bob only"
    dossier.entries["1.2.3"] = replace(entry, status="Deleted")
    connect(bob, minutes=300)
    searched_by(bob, qualified)
    assert KeptDocument.objects.get().there == "absent"


def test_what_was_kept_is_told_to_who_may_open_it(
    alice: User, bob: User, charlie: User, qualified: UUID, found: FoundDocument
) -> None:
    keep(actor=alice, patient_id=qualified, found_id=found.pk)
    assert [len(kept_of(user, qualified)) for user in (alice, bob, charlie)] == [1, 1, 0]


def test_what_is_too_heavy_is_said_and_not_offered(
    visit: Visit, alice: User, qualified: UUID, dossier: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "LARGEST_FILE", 10)
    connect(alice)
    dossier.put("1.2.3")
    searched_by(alice, qualified)
    (line,) = rows(visit(alice).get(url(qualified)).content)
    assert "Trop lourd pour être gardé" in line
    assert "Garder ce document" not in line


WHO: dict[str, tuple[dict[str, Any], str]] = {
    "twin": ({"given": "CLAUDE", "ins": None}, "désigne un autre patient"),
    "other_ins": ({"ins": "279035121519088"}, "un autre INS"),
    "other_name": ({"name": "AUTRE"}, "traits diffèrent"),
}


@pytest.mark.parametrize("case", WHO)
def test_a_document_of_somebody_else_is_not_kept(
    alice: User, qualified: UUID, found: FoundDocument, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    header, why = WHO[case]
    content = cda("1.2.3", **header)
    monkeypatch.setattr("plugins.dmp.consultation.cache.content_of", lambda _row: content)
    patients_before = Patient.objects.count()
    with pytest.raises(Refused, match=why):
        keep(actor=alice, patient_id=qualified, found_id=found.pk)
    assert (Document.objects.count(), Patient.objects.count()) == (0, patients_before)
    assert not KeptDocument.objects.exists()
    assert Reconciliation.objects.count() == (0 if case == "twin" else 1), "what contradicts him waits for a person"


def test_a_reader_keeps_nothing(visit: Visit, lea: User, qualified: UUID, dossier: Dossier) -> None:
    connect(lea)
    dossier.put("1.2.3")
    searched_by(lea, qualified)
    client, row = visit(lea), FoundDocument.objects.get()
    assert "Garder" not in " ".join(rows(client.get(url(qualified)).content))
    assert client.post(url(qualified, "keep", row.pk)).status_code == 403
    assert not Document.objects.exists()


def test_searching_again_is_a_gesture(visit: Visit, alice: User, qualified: UUID, dossier: Dossier) -> None:
    client = visit(alice)
    page = client.post(url(qualified, "search"), follow=True)
    assert "Votre accès au DMP n'est pas ouvert" in " ".join(texts_of(page.content, ".notice"))
    connect(alice)
    page = client.post(url(qualified, "search"), {"document": str(uuid4())}, follow=True)
    assert "que vous suivez" in " ".join(texts_of(page.content, ".notice")), "nobody's document"
    page = client.post(url(qualified, "search"), follow=True)
    assert "Recherche dans le DMP…" in tree_of(page.content).get_element_by_id("trouves").text_content()
    assert dossier.calls == [], "the page calls nothing"
