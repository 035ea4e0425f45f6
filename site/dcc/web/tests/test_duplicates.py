"""Possible duplicates on screen: the worklist, the pair side by side, the merge with its preview, and its undoing."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.contracts.snapshots import IdentityTraits
from dcc.patients import api as patients
from dcc.patients.merging import api as merging
from dcc.patients.models import Patient
from dcc.web.tests.browsing import sent, texts_of, tree_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db
TWIN = IdentityTraits("PAT-TROIX", "DOMINIQUE", "DOMINIQUE MARIE-LOUISE", "F", "1979-03-28", "51215", "DOMPREMY")


@pytest.fixture
def twin_id(alice: User, facility: Facility, patient_id: UUID) -> UUID:
    """The same person, created again with a slip in her name."""
    return patients.create_patient(actor=alice, facility_id=facility.pk, traits=TWIN, despite=[patient_id])


@pytest.fixture
def pair(alice: User, twin_id: UUID) -> str:
    """The address of the pair."""
    (found,) = merging.duplicates(alice)
    return reverse("web:duplicate", args=[found.alert_id])


def test_the_worklist_leads_to_the_pair_and_the_pair_to_the_merge(
    visit: Visit, alice: User, patient_id: UUID, twin_id: UUID, pair: str
) -> None:
    client = visit(alice)
    assert pair in client.get(reverse("web:identities"), {"genre": "doublon"}).content.decode()
    content = client.get(pair).content
    marks = sorted(mark.text for mark in tree_of(content).iter("mark"))
    assert marks == ["S", "X"]
    assert reverse("web:merge", args=[patient_id, twin_id]) in content.decode()


def test_merge_then_part_again(visit: Visit, bob: User, patient_id: UUID, twin_id: UUID) -> None:
    client, address = visit(bob), reverse("web:merge", args=[patient_id, twin_id])
    data = sent(tree_of(client.get(address).content).xpath("//form[.//textarea]")[0])
    unsaid = client.post(address, {**data, "reason": "Même carte d'identité"})
    assert unsaid.status_code == 422
    assert tree_of(unsaid.content).get_element_by_id("i-reason").text_content().strip() == "Même carte d'identité"
    done = client.post(address, {**data, "reason": "Même carte d'identité", "right": "gardee"})
    assert done["Location"] == reverse("web:identity", args=[patient_id])
    page = tree_of(client.get(done["Location"]).content)
    (undo,) = [form for form in page.iter("form") if "defusion" in (form.get("action") or "")]
    client.post(undo.get("action"), {**sent(undo), "reason": "Deux sœurs"})
    assert Patient.objects.filter(pk__in=[patient_id, twin_id]).count() == 2


def test_somebody_was_faster(visit: Visit, alice: User, patient_id: UUID, twin_id: UUID) -> None:
    client, address = visit(alice), reverse("web:merge", args=[patient_id, twin_id])
    data = sent(tree_of(client.get(address).content).xpath("//form[.//textarea]")[0])
    patients.set_attributes(actor=alice, patient_id=twin_id, expected_revision=1, homonym=True)
    answer = client.post(address, {**data, "reason": "Même carte", "right": "absorbee"})
    assert answer.status_code == 409
    assert tree_of(answer.content).xpath("//input[@value='absorbee']/@checked")
    assert Patient.objects.filter(pk=twin_id).exists()


def test_two_persons_are_not_proposed_again(visit: Visit, alice: User, pair: str) -> None:
    client = visit(alice)
    assert client.post(pair, {"reason": " "}).status_code == 422
    assert client.post(pair, {"reason": "Jumelles"})["Location"] == reverse("web:identities")
    assert "Aucune identité" in client.get(reverse("web:identities")).content.decode()
    late = client.post(pair, {"reason": "Jumelles"}, follow=True)
    assert texts_of(late.content, ".notice") == ["Ce doublon possible a déjà été traité"]


@pytest.mark.parametrize(
    ("who", "status"), [("alice", 200), ("bob", 200), ("sonia", 200), ("lea", 403), ("charlie", 404), ("edith", 404)]
)
def test_who_may_merge(who: str, status: int, people: dict[str, User], visit: Visit, patient_id: UUID, twin_id: UUID) -> None:
    address = reverse("web:merge", args=[patient_id, twin_id])
    assert visit(people[who]).get(address).status_code == status
    if status != 200:
        assert visit(people[who]).post(address, {"reason": "x"}).status_code == status


@pytest.mark.parametrize(("who", "status"), [("alice", 200), ("lea", 403), ("charlie", 404), ("edith", 403)])
def test_who_may_see_a_pair(who: str, status: int, people: dict[str, User], visit: Visit, pair: str) -> None:
    assert visit(people[who]).get(pair).status_code == status
