"""The table of rights, cell by cell, with people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied

from forms_config.favourites.api import Action, Scope
from forms_config.favourites.models import Favourite
from forms_config.favourites.reach import may, require, within
from rcp_directory import api as directory

if TYPE_CHECKING:
    from dcc.accounts.models import Facility, User

pytestmark = pytest.mark.django_db
TABLE = """
                          alice  bob  sonia  lea  charlie  edith  adrien
personnel      voir       +      -    -      -    -        -      -
personnel      utiliser   +      -    -      -    -        -      -
personnel      modifier   +      -    -      -    -        -      -
personnel      proposer   +      -    -      -    -        -      -
personnel      approuver  -      -    -      -    -        -      -
service        voir       +      +    +      +    -        +      -
service        utiliser   +      +    +      -    -        -      -
service        modifier   -      -    -      -    -        +      -
service        proposer   +      +    +      -    -        -      -
service        approuver  +      +    -      -    -        +      -
rcp            voir       +      +    +      +    +        +      -
rcp            utiliser   +      +    +      -    +        -      -
rcp            modifier   -      -    -      -    -        +      -
rcp            proposer   +      +    +      -    +        -      -
rcp            approuver  -      -    -      -    -        +      -
etablissement  voir       +      +    +      +    -        +      -
etablissement  utiliser   +      +    +      -    -        -      -
etablissement  modifier   -      -    -      -    -        +      -
etablissement  proposer   +      +    +      -    -        -      -
etablissement  approuver  -      -    -      -    -        +      -
region         voir       +      +    +      +    +        +      +
region         utiliser   +      +    +      -    +        -      -
region         modifier   -      -    -      -    -        +      -
region         proposer   +      +    +      -    +        -      -
region         approuver  -      -    -      -    -        +      -
"""


def cells() -> list[tuple[str, str, str, bool]]:
    header, *lines = (line.split() for line in TABLE.strip().splitlines())
    return [(scope, action, who, cell == "+") for scope, action, *marks in lines for who, cell in zip(header, marks, strict=True)]


@pytest.fixture
def people(alice: User, bob: User, sonia: User, lea: User, charlie: User, edith: User, adrien: User) -> dict[str, User]:
    return {user.username: user for user in (alice, bob, sonia, lea, charlie, edith, adrien)}


def test_every_cell(people: dict[str, User], facility: Facility) -> None:
    assert len(cells()) == len(Scope) * len(Action) * len(people)
    wrong = []
    for scope, action, who, expected in cells():
        placed = facility.pk if scope in ("service", "etablissement") else None
        favourite = Favourite(scope=scope, owner=people["alice"], facility_id=placed)
        if may(people[who], Action(action), favourite) is not expected:
            wrong.append((scope, action, who))
    assert wrong == []


def test_the_filter_of_many_says_the_same(people: dict[str, User], facility: Facility, other_facility: Facility) -> None:
    network, centre = (
        directory.Named(number, short, name) for number, short, name in (("1", "R", "Réseau"), ("2", "C", "Centre"))
    )
    rcp_id = directory.record_rcp(
        national_id="R1", denomination="Sein", network=network, centre=centre, attributes={"nature": "ORG-117"}
    )
    kept = [
        Favourite.objects.create(
            owner=people[owner], scope=scope, facility=place if scope in ("service", "etablissement") else None,
            service="Oncologie" if scope == "service" else "", rcp_id=rcp_id if scope == "rcp" else None, name=owner,
        )
        for owner in ("alice", "charlie")
        for place in (facility, other_facility)
        for scope in Scope
    ]  # fmt: skip
    for user in people.values():
        for action in Action:
            found = set(Favourite.objects.filter(within(user, action)).values_list("pk", flat=True))
            assert found == {f.pk for f in kept if may(user, action, f)}, (user.username, action)


def test_who_left_may_nothing(alice: User) -> None:
    alice.is_active = False
    alice.save()
    with pytest.raises(PermissionDenied):
        require(alice, Action.SEE, Favourite(scope="personnel", owner=alice))
