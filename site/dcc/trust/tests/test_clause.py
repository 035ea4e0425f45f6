"""Is the trust clause there: four kinds of users by three cases by dates, from the table and from what is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from dcc.accounts.api import grant_role
from dcc.accounts.models import Facility, User
from dcc.accounts.sessions import Level
from dcc.trust.api import clause_status, publish_default_terms
from dcc.trust.clause import TABLE, Agreement, Change, Need, Person, Place, Situation, needs, place_of
from dcc.trust.models import Amendment, Convention, TermsSet, TermsVersion
from dcc.trust.models.conventions import Kind
from dcc.trust.terms import accept_terms

FIRST, LAST = date(2026, 3, 1), date(2027, 2, 28)
CONVENTION = Agreement(signed_on=date(2026, 2, 1), valid_from=FIRST, valid_to=LAST, has_clause=True, mutual=True)

# Person and place: is the clause there with nothing, own terms only, + the ES, + both conventions, conventions but no terms.
CASES = """
praticien      liberal   non oui oui oui non
praticien      region    non non oui oui non
praticien      ailleurs  non non non oui non
sans_exercice  liberal   non non non non non
sans_exercice  region    non non oui oui non
sans_exercice  ailleurs  non non non oui non
"""
GIVEN = (
    (False, (), ()),
    (True, (), ()),
    (True, (CONVENTION,), ()),
    (True, (CONVENTION,), (CONVENTION,)),
    (False, (CONVENTION,), (CONVENTION,)),
)


def there(situation: Situation) -> bool:
    return all(met for _need, met in needs(situation))


@pytest.mark.parametrize("line", CASES.strip().splitlines())
def test_users_and_cases(line: str) -> None:
    person, place, *cells = line.split()
    for (terms, facility, network), cell in zip(GIVEN, cells, strict=True):
        situation = Situation(Person(person), Place(place), FIRST, True, terms, facility, network)
        assert there(situation) is (cell == "oui"), (terms, len(facility), len(network))
        assert not there(replace(situation, works_there=False))


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(product(Person, Place))
    assert all(row[:2] == (Need.POST, Need.TERMS) for row in TABLE.values())


DAYS = [(FIRST - timedelta(days=1), False), (FIRST, True), (LAST, True), (LAST + timedelta(days=1), False)]


@pytest.mark.parametrize(("day", "holds"), DAYS)
@pytest.mark.parametrize("place", [Place.HERE, Place.ELSEWHERE])
@pytest.mark.parametrize("person", Person)
def test_the_days_of_a_convention(day: date, holds: bool, place: Place, person: Person) -> None:
    endless = replace(CONVENTION, valid_from=date(2020, 1, 1), valid_to=None)
    of_facility = Situation(person, place, day, True, True, (CONVENTION,), (endless,))
    assert there(of_facility) is holds
    if place is Place.ELSEWHERE:
        assert there(replace(of_facility, facility=(endless,), network=(CONVENTION,))) is holds


WITHOUT = replace(CONVENTION, has_clause=False, mutual=False)
JUNE = date(2026, 6, 1)
AGREEMENTS = [
    ("signed late", replace(CONVENTION, signed_on=JUNE), date(2026, 5, 31), False),
    ("signed late, the day", replace(CONVENTION, signed_on=JUNE), JUNE, True),
    ("never signed", replace(CONVENTION, signed_on=None), JUNE, False),
    ("without end", replace(CONVENTION, valid_to=None), date(2090, 1, 1), True),
    ("ended early, last day", replace(CONVENTION, ended_on=JUNE), JUNE, True),
    ("ended early, after", replace(CONVENTION, ended_on=JUNE), date(2026, 6, 2), False),
    ("no clause", WITHOUT, JUNE, False),
    ("amended, before", replace(WITHOUT, changes=[Change(JUNE, has_clause=True)]), date(2026, 5, 31), False),
    ("amended, the day", replace(WITHOUT, changes=[Change(JUNE, has_clause=True)]), JUNE, True),
    ("extended", replace(CONVENTION, changes=[Change(JUNE, extended_to=date(2028, 2, 29))]), date(2028, 2, 29), True),
    ("extended, after", replace(CONVENTION, changes=[Change(JUNE, extended_to=date(2028, 2, 29))]), date(2028, 3, 1), False),
    ("extended too late", replace(CONVENTION, changes=[Change(date(2027, 6, 1), extended_to=LAST)]), date(2027, 3, 1), False),
]  # fmt: skip


@pytest.mark.parametrize(("what", "agreement", "day", "expected"), AGREEMENTS, ids=[row[0] for row in AGREEMENTS])
def test_agreements(what: str, agreement: Agreement, day: date, expected: bool) -> None:
    assert there(Situation(Person.PRACTITIONER, Place.HERE, day, True, True, (agreement,))) is expected


def test_between_dsrc_the_mutual_clause_is_needed() -> None:
    plain = replace(CONVENTION, mutual=False)
    situation = Situation(Person.PRACTITIONER, Place.ELSEWHERE, JUNE, True, True, (CONVENTION,), (plain,))
    assert not there(situation)
    assert there(replace(situation, network=(replace(plain, changes=[Change(JUNE, mutual=True)]),)))


@pytest.mark.parametrize(
    ("sector", "network", "place"),
    [
        ("AMBULATOIRE", "", Place.LIBERAL), ("AMBULATOIRE", "5201", Place.LIBERAL), ("ETABLISSEMENT", "", Place.HERE),
        ("HAD", "", Place.HERE), ("ETABLISSEMENT", "5201", Place.ELSEWHERE),
    ],
)  # fmt: skip
def test_places(sector: str, network: str, place: Place) -> None:
    assert place_of(sector, network) is place


# What is recorded ------------------------------------------------------------------------------------------------------------

NOON = datetime(2026, 12, 1, 11, tzinfo=UTC)


def sign(facility: Facility, **fields: object) -> Convention:
    """A signed convention of the legal entity of an establishment with its DSRC."""
    facility.legal_finess = facility.legal_finess or "490000999"
    facility.save()
    told = {
        "kind": Kind.FACILITY,
        "legal_finess": facility.legal_finess,
        "network": facility.network,
        "has_clause": True,
        **fields,
    }
    convention: Convention = Convention.objects.create(party=facility.name, signed_on=FIRST, valid_from=FIRST, **told)
    return convention


def accept(*people: User) -> None:
    version = publish_default_terms()
    for person in people:
        accept_terms(actor=person, version_id=version.pk, sha256=version.sha256, level=Level.PSC)


def lacking(person: User, facility: Facility, at: datetime = NOON) -> list[str]:
    status = clause_status(person, facility, at)
    assert status.present is all(reason.ok for reason in status.reasons)
    assert all(reason.words for reason in status.reasons)
    return [reason.code for reason in status.reasons if not reason.ok]


@pytest.mark.django_db
def test_case_1_a_private_practice(alice: User, sonia: User, facility: Facility) -> None:
    Facility.objects.filter(pk=facility.pk).update(sector="AMBULATOIRE")
    facility.refresh_from_db()
    assert lacking(alice, facility) == ["cgu"]
    accept(alice, sonia)
    now = datetime.now(UTC)
    assert lacking(alice, facility, now) == []
    assert lacking(sonia, facility, now) == ["praticien"], "an assistant does not take on the responsibility of a practitioner"
    assert lacking(alice, facility, now - timedelta(hours=1)) == ["cgu"], "at that moment she had not accepted"


@pytest.mark.django_db
def test_case_2_an_establishment_of_the_region(alice: User, sonia: User, charlie: User, facility: Facility) -> None:
    now = datetime.now(UTC)
    assert lacking(alice, facility, now) == ["cgu", "convention_es"]
    convention = sign(facility, has_clause=False)
    accept(alice, sonia, charlie)
    now = datetime.now(UTC)
    assert lacking(alice, facility, now) == ["convention_es"]
    Amendment.objects.create(convention=convention, signed_on=FIRST, effective_on=FIRST, clause_version="2")
    assert lacking(alice, facility, now) == lacking(sonia, facility, now) == []
    assert lacking(charlie, facility, now) == ["situation"]


@pytest.mark.django_db
def test_case_3_an_establishment_of_another_region(charlie: User, other_facility: Facility) -> None:
    other_facility.network = "5202"
    other_facility.save()
    accept(charlie)
    now = datetime.now(UTC)
    assert lacking(charlie, other_facility, now) == ["convention_es", "convention_dsrc"]
    sign(other_facility)
    assert lacking(charlie, other_facility, now) == ["convention_dsrc"]
    between = Convention.objects.create(
        kind=Kind.NETWORK, network="5202", party="DSRC voisin", signed_on=FIRST, valid_from=FIRST, has_clause=True
    )
    assert lacking(charlie, other_facility, now) == ["convention_dsrc"], "not mutual"
    between.mutual = True
    between.save()
    assert lacking(charlie, other_facility, now) == []


@pytest.mark.django_db
def test_a_mixed_practice_is_told_by_the_situation(alice: User, facility: Facility, other_facility: Facility) -> None:
    other_facility.sector = "AMBULATOIRE"
    other_facility.save()
    grant_role(actor=None, user=alice, role="medecin", facility=other_facility)
    accept(alice)
    now = datetime.now(UTC)
    assert lacking(alice, other_facility, now) == []
    assert lacking(alice, facility, now) == ["convention_es"]


@pytest.mark.django_db
def test_a_day_ends_at_midnight_in_paris(alice: User, facility: Facility) -> None:
    sign(facility, valid_to=date(2027, 6, 30))
    codes = [lacking(alice, facility, datetime(2027, 6, 30, hour, 30, tzinfo=UTC)) for hour in (21, 22)]
    assert [("convention_es" in found) for found in codes] == [False, True]


@pytest.mark.django_db
def test_terms_without_the_clause_do_not_count(alice: User, facility: Facility) -> None:
    terms = TermsSet(key="enrs", title="Portail", body="Règles du portail.", live=False)
    terms.save()
    terms.publish(terms.save_revision(), skip_permission_checks=True)
    version = TermsVersion.objects.get()
    accept_terms(actor=alice, version_id=version.pk, sha256=version.sha256, level=Level.OTP)
    assert "cgu" in lacking(alice, facility, datetime.now(UTC))
