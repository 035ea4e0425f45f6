"""The table of rights, cell by cell, then with people."""

from __future__ import annotations

import itertools
from uuid import UUID, uuid4

import pytest

from dcc.accounts import api
from dcc.accounts.models import Facility, Membership, Role, User
from dcc.accounts.policies import POLICY, Action, Post, Relation, Rights

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
CLINICAL = {"medecin", "assistant", "lecteur"}
CLINICAL_ACTIONS = [a for a in Action if a.value.startswith(("patient.", "document."))]


def test_the_table_is_whole() -> None:
    assert set(POLICY) == set(itertools.product(Role.values, Action))
    assert set(POLICY.values()) == {"any", "team", "author", "-"}


@pytest.mark.parametrize(("role", "action"), sorted(POLICY), ids=str)
def test_cell(role: str, action: Action) -> None:
    """Each cell against the five ways one can stand to a document."""
    cell = POLICY[role, action]
    here, region = Rights((Post(role, HERE),)), Rights((Post(role),))
    same_team = here.may(action, facility_ids=[HERE])
    elsewhere = here.may(action, facility_ids=[ELSEWHERE])
    author = here.may(action, facility_ids=[ELSEWHERE], relation=Relation.AUTHOR)
    nothing = here.may(action)
    assert (same_team, elsewhere, author, nothing) == {
        "any": (True, True, True, True),
        "team": (True, False, True, False),
        "author": (False, False, True, False),
        "-": (False, False, False, False),
    }[cell]
    assert region.may(action, facility_ids=[HERE]) is (cell == "any"), "a regional post is in no team"


@pytest.mark.parametrize("action", CLINICAL_ACTIONS)
def test_no_clinical_data_for_editors_and_administrators(action: Action) -> None:
    for role in set(Role.values) - CLINICAL:
        assert POLICY[role, action] == "-"


def test_only_a_physician_validates() -> None:
    assert [role for role in Role.values if POLICY[role, Action.VALIDATE_DOCUMENT] != "-"] == ["medecin"]


def test_a_reader_only_reads() -> None:
    allowed = {action for action in Action if POLICY["lecteur", action] != "-"}
    assert allowed == {"patient.search", "patient.open", "document.open", "document.download"}


def test_facilities_where() -> None:
    rights = Rights((Post("medecin", HERE), Post("lecteur", ELSEWHERE), Post("editeur")))
    assert rights.facilities("patient.open") == {HERE, ELSEWHERE}
    assert rights.facilities("document.edit") == {HERE}
    assert rights.facilities("forms.configure") == set(), "what is allowed everywhere is no reason to list facilities"


PEOPLE = {
    #                    alice  bob    charlie sonia  lea    edith  adrien
    "patient.open": (True, True, False, True, True, False, False),
    "document.edit": (True, True, False, True, False, False, False),
    "document.complete": (True, True, False, True, False, False, False),
    "document.validate": (True, True, False, False, False, False, False),
    "document.cancel": (True, True, False, False, False, False, False),
    "document.follow_form": (False, False, False, False, False, False, False),
    "document.download": (True, True, False, True, True, False, False),
    "transmissions.watch": (True, True, False, True, False, False, True),
    "forms.configure": (False, False, False, False, False, True, False),
    "forms.approve": (False, False, False, False, False, True, True),
    "platform.administer": (False, False, False, False, False, False, True),
}


@pytest.mark.parametrize("action", PEOPLE)
def test_people(
    facility: Facility, alice: User, bob: User, charlie: User, sonia: User, lea: User, edith: User, adrien: User, action: str
) -> None:
    people = (alice, bob, charlie, sonia, lea, edith, adrien)
    assert tuple(api.may(person, action, facility_ids=[facility.pk]) for person in people) == PEOPLE[action]


def test_a_contributor_from_elsewhere(facility: Facility, charlie: User) -> None:
    assert not api.may(charlie, "document.edit", facility_ids=[facility.pk])
    assert api.may(charlie, "document.edit", facility_ids=[facility.pk], relation=api.Relation.AUTHOR)


def test_an_assistant_cancels_only_what_is_hers(facility: Facility, sonia: User) -> None:
    assert not api.may(sonia, "document.cancel", facility_ids=[facility.pk])
    assert api.may(sonia, "document.cancel", facility_ids=[facility.pk], relation=api.Relation.AUTHOR)


def test_nobody_and_former_users_may_nothing(facility: Facility, alice: User) -> None:
    assert not api.may(None, "patient.search", facility_ids=[facility.pk])
    alice.is_active = False
    assert not any(api.may(alice, action, facility_ids=[facility.pk], relation=api.Relation.AUTHOR) for action in Action)


def test_a_superuser_sees_no_patient(facility: Facility, db: None) -> None:
    root = User.objects.create_superuser("root", password="x")
    assert not any(api.may(root, action, facility_ids=[facility.pk], relation=api.Relation.AUTHOR) for action in Action)


def test_two_roles_add_up(facility: Facility, lea: User) -> None:
    Membership.objects.create(user=lea, role="editeur")
    assert api.may(lea, "forms.configure")
    assert api.may(lea, "patient.open", facility_ids=[facility.pk])
    assert not api.may(lea, "patient.open", facility_ids=[uuid4()])


def test_an_unknown_action_is_a_bug(alice: User) -> None:
    with pytest.raises(ValueError, match=r"document\.burn"):
        api.may(alice, "document.burn")
