"""The directory: finding an RCP, its answers for an FRCP, titles, what the database refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from rcp_directory.api import UnknownRcp, frcp_title, frcp_title_of, names_of_title, rcp_answers, search_rcps, sessions_of
from rcp_directory.models import CoordinationCentre, LocalIdentifier, Rcp, RegionalNetwork, Session

if TYPE_CHECKING:
    from dcc.accounts.models import Facility, User

db = pytest.mark.django_db


@pytest.fixture
def centre(db: None) -> CoordinationCentre:
    network = RegionalNetwork.objects.create(national_id="5201", acronym="ONCOPL", name="Réseau Onco Pays de la Loire")
    return CoordinationCentre.objects.create(national_id="520114", acronym="3C49", name="3C du Maine-et-Loire", network=network)


@pytest.fixture
def rcp(centre: CoordinationCentre, facility: Facility, alice: User) -> Rcp:
    made: Rcp = Rcp.objects.create(
        national_id="27011113",
        denomination="Sénologie",
        centre=centre,
        nature="ORG-117",
        speciality="sein, gynécologie",
        is_recourse=True,
        coordinator=alice.practitioner,
        establishment=facility,
    )
    LocalIdentifier.objects.create(rcp=made, root="1.2.250.1.999.1", value="SENO-1")
    return made


def names(text: str, **options: Any) -> list[str]:
    return [found.denomination for found in search_rcps(text, **options)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "senologie",
        "SÉNO",
        "gynéco sein",
        "27011113",
        "3c49",
        "maine et loire",
        "oncopl",
        "angers",
        "martin",
        "sein démonstration",
    ],
)
def test_an_rcp_is_found_by_its_words(rcp: Rcp, text: str) -> None:
    [found] = search_rcps(text)
    assert (found.rcp_id, found.denomination, found.centre, found.network) == (rcp.pk, "Sénologie", "3C49", "ONCOPL")
    assert (found.establishment, found.coordinator) == ("Centre hospitalier de Démonstration", "DR Alice MARTIN")


@pytest.mark.parametrize("text", ["urologie", "sein urologie", "enologie"])
def test_an_rcp_is_not_found_by_other_words(rcp: Rcp, text: str) -> None:
    assert search_rcps(text) == []


@db
def test_closed_rcps_come_last_and_on_request(centre: CoordinationCentre) -> None:
    today = timezone.localdate()
    for number, (name, start, end) in enumerate(
        [
            ("Abdomen", None, today),
            ("Bronches", None, None),
            ("Crâne", today + timedelta(days=1), None),
            ("Digestif", today, today + timedelta(days=1)),
        ]
    ):
        Rcp.objects.create(national_id=str(number), denomination=name, centre=centre, active_from=start, active_to=end)
    assert names("") == ["Bronches", "Digestif"]
    assert names("", closed=True) == ["Bronches", "Digestif", "Abdomen", "Crâne"]
    assert names("", limit=1) == ["Bronches"]


def label(system: str, code: str) -> str:
    return f"libellé de {code}"


def test_answers(rcp: Rcp) -> None:
    session = Session.objects.create(rcp=rcp, starts_at=datetime(2025, 7, 1, 12, 30, 15, tzinfo=UTC), identifier="S-12")
    answers = rcp_answers(rcp.pk, session.pk, label=label)
    professional = answers.pop("frcp.participants.coordonnateur")
    organisation = answers.pop("frcp.rcp.etablissement")
    [local] = answers.pop("frcp.rcp.identifiants_locaux")
    assert answers == {
        "frcp.rcp.denomination": "Sénologie",
        "frcp.rcp.identifiant": "27011113",
        "frcp.rcp.gestionnaire_nom": "3C49",
        "frcp.rcp.gestionnaire_identifiant": "520114",
        "frcp.rcp.rrc_nom": "ONCOPL",
        "frcp.rcp.rrc_identifiant": "5201",
        "frcp.rcp.type_prise_en_charge": {"code": "VR", "system": "2.16.840.1.113883.5.4", "label": "libellé de VR"},
        "frcp.rcp.secteur": {"code": "SA01", "system": "1.2.250.1.71.4.2.4", "label": "libellé de SA01"},
        "frcp.rcp.date": "2025-07-01T14:30+02:00",
        "frcp.rcp.session_identifiant": "S-12",
        "frcp.motif.nature": {"code": "ORG-117", "system": "1.2.250.1.213.1.1.4.322", "label": "RCP Appareil - Organes"},
        "frcp.motif.rcp_recours": True,
        "frcp.motif.rcp_pediatrique": False,
    }
    assert local["values"] == {
        "frcp.rcp.identifiants_locaux.racine": "1.2.250.1.999.1",
        "frcp.rcp.identifiants_locaux.valeur": "SENO-1",
    }
    assert (professional["family"], professional["id"]["extension"]) == ("MARTIN", "810000000001")
    assert professional["profession"]["label"] == "libellé de G15_10/SM36"
    assert (organisation["name"], organisation["id"]["extension"]) == ("Centre hospitalier de Démonstration", "1490000031")
    assert frcp_title_of(answers) == "FRCP ONCOPL / 3C49 / Sénologie"


def test_answers_of_a_bare_rcp(centre: CoordinationCentre) -> None:
    centre.acronym = ""
    centre.save()
    rcp = Rcp.objects.create(national_id="1", denomination="Urologie", centre=centre, sector="SA36")
    answers = rcp_answers(rcp.pk)
    assert answers["frcp.rcp.secteur"]["label"] == "Centre anti-cancer"
    assert answers["frcp.rcp.gestionnaire_nom"] == "3C du Maine-et-Loire"
    assert not {"frcp.rcp.etablissement", "frcp.rcp.date", "frcp.motif.nature", "frcp.rcp.identifiants_locaux"} & answers.keys()
    assert frcp_title_of(answers) == "FRCP ONCOPL / 3C du Maine-et-Loire / Urologie"


def test_the_sector_of_the_rcp_goes_before_that_of_its_establishment(rcp: Rcp) -> None:
    rcp.sector = "SA36"
    rcp.save()
    assert rcp_answers(rcp.pk)["frcp.rcp.secteur"]["code"] == "SA36"


def test_unknown_rcp_and_session(rcp: Rcp, centre: CoordinationCentre) -> None:
    with pytest.raises(UnknownRcp, match="RCP inconnue : 0"):
        rcp_answers(0)
    other = Rcp.objects.create(national_id="2", denomination="Urologie", centre=centre)
    session = Session.objects.create(rcp=other, starts_at=timezone.now())
    with pytest.raises(UnknownRcp, match="Séance inconnue pour « Sénologie »"):
        rcp_answers(rcp.pk, session.pk)


def test_sessions_to_come(rcp: Rcp) -> None:
    now = timezone.now()
    for days in (-3, 2, 1):
        Session.objects.create(rcp=rcp, starts_at=now + timedelta(days=days))
    assert [s.starts_at for s in sessions_of(rcp.pk)] == [now + timedelta(days=1), now + timedelta(days=2)]
    assert len(sessions_of(rcp.pk, since=now - timedelta(days=10))) == 3


PART = (
    st.text(st.sampled_from("ABC abcé-'/.3"), min_size=1, max_size=20)
    .map(lambda t: " ".join(t.split()))
    .filter(lambda t: t and " / " not in f" {t} ")
)


@given(PART, PART, PART)
def test_a_title_gives_its_names_back(network: str, centre: str, rcp: str) -> None:
    assert names_of_title(frcp_title(network, centre, rcp)) == (network, centre, rcp)


@pytest.mark.parametrize("title", ["", "PPS", "FRCP", "FRCP Sénologie", "FRCP A / B", "frcp A / B / C"])
def test_titles_of_another_shape(title: str) -> None:
    assert names_of_title(title) is None


def test_a_name_with_slashes_in_a_received_title() -> None:
    assert names_of_title("FRCP A / B / C / D") == ("A", "B", "C / D")


def test_a_title_without_answers() -> None:
    assert frcp_title_of({"frcp.rcp.denomination": {"null": "UNK"}}) == "FRCP  /  / "


@db
@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("denomination", "Sein / ovaire", "sépare déjà les noms"),
        ("denomination", "", "vide"),
        ("national_id", "27 01", "Lettres, chiffres"),
        ("mailbox", "pas une adresse", "adresse"),
        ("sector", "SA99", "SA99"),
        ("nature", "X", "X"),
        ("active_to", datetime(2020, 1, 1).date(), "ne peut pas précéder"),
    ],
)
def test_what_is_refused_of_an_rcp(centre: CoordinationCentre, field: str, value: Any, message: str) -> None:
    values = {"national_id": "1", "denomination": "Sein/ovaire", "centre": centre, "active_from": timezone.localdate()}
    Rcp(**values).full_clean()
    with pytest.raises(ValidationError, match=message):
        Rcp(**{**values, field: value}).full_clean()


def test_numbers_are_unique(rcp: Rcp, centre: CoordinationCentre) -> None:
    for make in (
        lambda: Rcp.objects.create(national_id="27011113", denomination="Autre", centre=centre),
        lambda: CoordinationCentre.objects.create(national_id="520114", name="Autre", network=centre.network),
        lambda: RegionalNetwork.objects.create(national_id="5201", name="Autre"),
        lambda: LocalIdentifier.objects.create(rcp=rcp, root="1.2.250.1.999.1", value="SENO-1"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


@pytest.mark.parametrize("root", ["SENO", "3.1", "1.02", "1"])
def test_local_identifiers_stand_under_an_oid(rcp: Rcp, root: str) -> None:
    with pytest.raises(ValidationError, match="Un OID"):
        LocalIdentifier(rcp=rcp, root=root, value="x").full_clean()
