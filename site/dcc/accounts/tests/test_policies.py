"""The table of rights, cell by cell, then with people."""

from __future__ import annotations

import itertools
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from dcc.accounts import api
from dcc.accounts.models import Facility, Membership, Role, User
from dcc.accounts.policies import EVERYTHING, LETTERS, POLICY, Action, Relation, Scope, enough, read_table
from dcc.accounts.rights import OF_THE_REGION, Post, Rights, Subject

HERE, ELSEWHERE = UUID(int=1), UUID(int=2)
CLINICAL = {"medecin", "assistant", "lecteur"}
CLINICAL_ACTIONS = [a for a in Action if a.value.startswith(("patient.", "document."))]


def test_the_table_is_whole() -> None:
    assert {(role, action) for role, action, scope in POLICY.cells if scope == EVERYTHING} == set(
        itertools.product(Role.values, Action)
    )


@pytest.mark.parametrize(("role", "action"), sorted(itertools.product(Role.values, Action)), ids=str)
def test_cell(role: str, action: Action) -> None:
    """Each cell of each scope against every way one can stand to a document, masked or not."""
    here, region = Rights((Post(role, HERE),)), Rights((Post(role),))
    for scope in POLICY.scopes(action):
        cell = POLICY.cell(role, action, scope)
        subject = Subject(document_type=scope.document_type, status=scope.status)
        masked = replace(subject, masked=True)
        assert here.may(action, subject=subject) is (cell == "any")
        assert here.may(action, facility_ids=[ELSEWHERE], subject=subject) is (cell == "any")
        assert here.may(action, facility_ids=[HERE], subject=subject) is (cell == "any" or "F" in cell)
        assert here.may(action, facility_ids=[HERE], subject=masked) is (cell == "any")
        assert region.may(action, facility_ids=[HERE], subject=subject) is (cell == "any"), "a regional post is in no facility"
        for letter, relation in LETTERS.items():
            assert here.may(action, relation=relation, subject=subject) is (cell == "any" or letter in cell)
            assert here.may(action, relation=relation, subject=masked) is (cell == "any" or letter in set(cell) - {"R", "F"})


@pytest.mark.parametrize("action", CLINICAL_ACTIONS)
def test_no_clinical_data_for_editors_and_administrators(action: Action) -> None:
    for role in set(Role.values) - CLINICAL:
        assert all(POLICY.cell(role, action, scope) == "-" for scope in POLICY.scopes(action))


def test_only_a_physician_validates() -> None:
    assert [role for role in Role.values if POLICY.cell(role, Action.VALIDATE_DOCUMENT) != "-"] == ["medecin"]


def test_a_reader_only_reads() -> None:
    allowed = {action for action in Action if POLICY.cell("lecteur", action) != "-"}
    assert allowed == {"patient.search", "patient.open", "document.open", "document.download"}


OF_NONE = (Action.CREATE_DOCUMENT, Action.IMPORT_DOCUMENT)
OF_A_DOCUMENT = [action for action in Action if action.value.startswith("document.") and action not in OF_NONE]


@pytest.mark.parametrize("action", OF_A_DOCUMENT)
def test_what_one_may_do_one_may_open(action: Action) -> None:
    """The answer « introuvable » rests on it."""
    scopes = {*POLICY.scopes(action), *POLICY.scopes(Action.OPEN_DOCUMENT)}
    for role, scope in itertools.product(Role.values, scopes):
        assert enough(POLICY.cell(role, action, scope)) <= enough(POLICY.cell(role, Action.OPEN_DOCUMENT, scope))


def test_broken_glass_only_reads() -> None:
    glass = {action for _role, action, _scope, relation, allowed in POLICY.every_cell() if allowed and relation == "glass"}
    everybody = {action for role, action, _scope in POLICY.cells if POLICY.cell(role, action) == "any"}
    assert glass - everybody == {"patient.open", "document.open", "document.download"}


@pytest.mark.parametrize(
    ("asked", "cell"),
    [
        (EVERYTHING, "F"),
        (Scope("frcp", "complete"), "F"),
        (Scope("frcp", "valide"), "A"),
        (Scope("pps", "complete"), "AT"),
        (Scope("pps", "valide"), "AT"),
        (Scope("pps", "annule"), "-"),
    ],
)
def test_the_most_specific_line_wins(asked: Scope, cell: str) -> None:
    policy = read_table("""
                          medecin
document.open             F
document.open * valide    A
document.open pps         AT
document.open pps annule  -
""")
    assert policy.cell("medecin", Action.OPEN_DOCUMENT, asked) == cell
    assert policy.cell("lecteur", Action.OPEN_DOCUMENT, asked) == "-"


@pytest.mark.parametrize("cell", ["X", "AA", "anyA", "a"])
def test_what_is_no_cell_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=cell):
        enough(cell)


def test_facilities_where() -> None:
    rights = Rights((Post("medecin", HERE), Post("lecteur", ELSEWHERE), Post("editeur")))
    assert rights.facilities("patient.open") == {HERE, ELSEWHERE}
    assert rights.facilities("document.edit") == {HERE}
    assert rights.facilities("forms.configure") == set(), "what is allowed everywhere is no reason to list facilities"


def test_the_reach_is_the_table_read_the_other_way_round() -> None:
    rights = Rights((Post("medecin", HERE), Post("lecteur", ELSEWHERE), Post("editeur")))
    reached = {reach.relation: reach for reach in rights.reach("document.open")}
    assert set(reached) == set(LETTERS.values())
    assert reached[Relation.FACILITY].facility_ids == {HERE, ELSEWHERE}
    assert {relation for relation, reach in reached.items() if reach.scopes} == {Relation.RCP}
    assert reached[Relation.RCP].scopes == (EVERYTHING,), "any status but those that a line names"
    assert [reach.facility_ids for reach in rights.reach("document.edit") if reach.facility_ids] == [{HERE}]
    assert rights.reach("forms.configure") == []


def test_a_session_of_one_patient() -> None:
    """Nothing of another patient, of several, or of the platform (R-109)."""
    rights = Rights((Post("medecin", HERE), Post("administrateur")), only_patient=UUID(int=7))
    this, other = Subject(UUID(int=7)), Subject(UUID(int=8))
    for action in Action:
        assert not rights.may(action, facility_ids=[HERE], relation=Relation.AUTHOR, subject=other)
        assert not rights.may(action, facility_ids=[HERE], relation=Relation.AUTHOR), "whoever does not say of whom is refused"
    assert rights.may("document.edit", facility_ids=[HERE], subject=this)
    assert not rights.may("patient.create", facility_ids=[HERE], subject=this)
    assert rights.facilities("document.open") == {HERE}
    assert rights.facilities("patient.search") == rights.facilities("document.import") == set()


PEOPLE = {
    #                    alice  bob    charlie sonia  lea    edith  adrien
    "patient.open": (True, True, False, True, True, False, False),
    "document.edit": (True, True, False, True, False, False, False),
    "document.complete": (True, True, False, True, False, False, False),
    "document.validate": (True, True, False, False, False, False, False),
    "document.cancel": (True, True, False, False, False, False, False),
    "document.follow_form": (False, False, False, False, False, False, False),
    "document.download": (True, True, False, True, True, False, False),
    "document.send": (True, True, False, True, False, False, False),
    "document.send_unqualified": (True, True, False, False, False, False, False),
    "transmissions.watch": (True, True, False, True, False, False, True),
    "transmissions.configure": (False, False, False, False, False, True, True),
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


@pytest.mark.parametrize("role", sorted(OF_THE_REGION))
@pytest.mark.parametrize("action", Action)
def test_a_role_of_the_region_held_in_a_facility(role: str, action: Action, facility: Facility, charlie: User) -> None:
    """The administrator of an establishment admits people there, and may nothing else of the region's."""
    Membership.objects.all().delete()
    Membership.objects.create(user=charlie, role=role, facility=facility)
    api.sync_groups(charlie)
    assert api.may(charlie, action) is (role == "administrateur" and action is Action.ADMIT_PEOPLE)
    assert not charlie.groups.exists(), "and stays out of the admin"
