"""Finding patients as people type them, and never those of others."""

from __future__ import annotations

from uuid import UUID

import pytest

from dcc.accounts.api import User, grant_role
from dcc.accounts.models import Facility
from dcc.contracts.snapshots import IdentityTraits
from dcc.patients import api
from dcc.patients.finding import Query
from dcc.patients.search import understood
from dcc.patients.tests.covered import qualified
from dcc.patients.tests.people import (
    ARTAGNAN,
    CORSE,
    ECETINSI,
    MATRICULES,
    MICHELANGELO,
    NESSI,
    PAT_TROIS,
    RUTH,
    TCHITCHI,
    VINCI,
    ZOE,
    header,
)
from dcc.patients.tests.test_registration import create, here

EVERYBODY = (ARTAGNAN, CORSE, ECETINSI, MICHELANGELO, NESSI, PAT_TROIS, RUTH, TCHITCHI, VINCI, ZOE)


@pytest.fixture
def known(alice: User) -> dict[UUID, IdentityTraits]:
    found = {create(alice, traits): traits for traits in EVERYBODY if traits is not TCHITCHI}
    registration = qualified(alice, here(alice), header(TCHITCHI))
    return {**found, registration.patient_id: TCHITCHI}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("corse", [CORSE]),
        ("Corsé", [CORSE]),
        ("anthony corse", [CORSE]),
        ("COR", [CORSE]),
        ("pat-trois", [PAT_TROIS]),
        ("pat trois", [PAT_TROIS]),
        ("pattrois", [PAT_TROIS]),
        ("marie louise pat", [PAT_TROIS]),
        ("marie-louise", [PAT_TROIS]),
        ("marielouise", [PAT_TROIS]),
        ("d'artagnan", [ARTAGNAN]),
        ("artagnan herault", [ARTAGNAN]),
        ("dartagnan", [ARTAGNAN]),
        ("de vinci", [VINCI, RUTH]),
        ("devinci", [VINCI, RUTH]),
        ("vinci 2014", [VINCI]),
        ("vinci 01/02/2014", [VINCI]),
        ("vinci 1976-07-14", [RUTH]),
        ("14/07/1976", [RUTH]),
        ("14071976", [RUTH]),
        ("07/1977", [NESSI]),
        ("1936", [TCHITCHI]),
        ("nessi", [MICHELANGELO, NESSI]),
        ("nessi nat", [NESSI]),
        ("pierre alain", [ARTAGNAN, ECETINSI]),
        ("ecetinsi", [ECETINSI]),
        ("ecetisni", [ECETINSI]),
        ("ecetins1", []),
        ("corze", [CORSE]),
        ("nesssi nathalie", [NESSI]),
        ("tchichi", [TCHITCHI]),
        ("arta gnan", [ARTAGNAN]),
        ("2 36 06 63 220 836 56", [TCHITCHI]),
        ("236066322083656", [TCHITCHI]),
        ("2360663220836", [TCHITCHI]),
        ("236066322083699", []),
        ("zzzz", []),
        ("", []),
        ("   ", []),
        ("a", []),
        ("nessi 32/13/1977", [MICHELANGELO, NESSI]),
        ("%", []),
        ("x' OR 1=1 --", []),
    ],
)
def test_as_people_type(alice: User, known: dict[UUID, IdentityTraits], text: str, expected: list[IdentityTraits]) -> None:
    found = api.search(actor=alice, text=text)
    assert {known[line.patient_id] for line in found.lines} == set(expected)
    assert len(found.lines) == len(expected)
    assert not found.more


def test_lines_tell_people_apart(alice: User, known: dict[UUID, IdentityTraits]) -> None:
    line = api.search(actor=alice, text=MATRICULES["TCHITCHI"]).lines[0]
    assert (line.birth_name, line.first_given_name, line.given_names) == ("TCHITCHI", "CATARINA", "CATARINA BELLA")
    assert (line.sex, line.birth_date, line.birth_date_unknown, line.status) == ("F", "1936-06-21", "", "qualifiee")


@pytest.mark.parametrize("text", ["nessi", "nesi", "14/07/1977", MATRICULES["TCHITCHI"], "tchitchi", "1936"])
@pytest.mark.parametrize("person", ["charlie", "edith", "adrien"])
def test_others_find_nothing(request: pytest.FixtureRequest, known: dict[UUID, IdentityTraits], person: str, text: str) -> None:
    assert api.search(actor=request.getfixturevalue(person), text=text) == api.Found()


def test_the_whole_team_finds(alice: User, lea: User, sonia: User, known: dict[UUID, IdentityTraits]) -> None:
    for user in (lea, sonia):
        assert api.search(actor=user, text="nessi") == api.search(actor=alice, text="nessi")


def test_two_facilities_show_a_patient_once(
    alice: User, charlie: User, other_facility: Facility, known: dict[UUID, IdentityTraits]
) -> None:
    nessi = next(pk for pk, traits in known.items() if traits is NESSI)
    api.adopt_patient(actor=charlie, facility_id=here(charlie), patient_id=nessi, traits=NESSI)
    grant_role(actor=None, user=alice, role="medecin", facility=other_facility)
    for text in ("nathalie", "nesi nathalie", "14/07/1977"):
        assert [line.patient_id for line in api.search(actor=alice, text=text).lines] == [nessi]
        assert [line.patient_id for line in api.search(actor=charlie, text=text).lines] == [nessi]


def test_the_best_come_first_and_more_is_said(alice: User, known: dict[UUID, IdentityTraits]) -> None:
    pierre = create(alice, IdentityTraits("PIERRE", "ZOE", "", "F", "1975-12-31"), despite=list(known))
    found = api.search(actor=alice, text="pierre")
    assert found.lines[0].patient_id == pierre, "a birth name before a given name"
    short = api.search(actor=alice, text="pierre", limit=2)
    assert (len(short.lines), short.more) == (2, True)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Dupont Marie 12/03/1960", Query(("DUPONT", "MARIE"), "1960-03-12")),
        ("12031960 dupont", Query(("DUPONT",), "1960-03-12", identifier="12031960")),
        ("dupont 1960", Query(("DUPONT",), "1960", identifier="1960")),
        ("dupont 03/1960", Query(("DUPONT",), "1960-03")),
        ("dupont 99999999", Query(("DUPONT",), identifier="99999999")),
        ("1 80 03 2b 020 401", Query(matricule="180032B020401")),
        ("IPP-0012", Query(identifier="IPP-0012")),
        ("d'Artagnan", Query(("D", "ARTAGNAN"))),
    ],
)
def test_what_is_understood(text: str, query: Query) -> None:
    assert understood(text) == query
