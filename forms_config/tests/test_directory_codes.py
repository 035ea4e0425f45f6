"""The codes that the directory knows by heart (it is below the terminology room) are those of the official lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from forms_config.schema.answers import exportable
from forms_config.schema.values import check_value
from forms_config.terminology.api import label
from forms_config.terminology.files import read_shipped
from rcp_directory.api import rcp_answers
from rcp_directory.codes import (
    BODY_SYSTEMS,
    CIVILITIES,
    ENCOUNTER_SYSTEM,
    ENCOUNTERS,
    NATURE_SYSTEM,
    NATURES,
    ORGANS,
    PRACTICE_SYSTEM,
    PRACTICES,
    SECTOR_SYSTEM,
    SECTORS,
    TITLES,
    Coded,
)
from rcp_directory.models import CoordinationCentre, LocalIdentifier, Rcp, RcpOrgan, RegionalNetwork, Session

if TYPE_CHECKING:
    from dcc.accounts.models import Facility, User
    from forms_config.api import PublishedForm


@pytest.mark.parametrize(
    ("name", "system", "known", "complete"),
    [
        ("JDV_J02_XdsHealthcareFacilityTypeCode_CISIS", SECTOR_SYSTEM, SECTORS, False),
        ("jdv-nature-discussion-cisis", NATURE_SYSTEM, NATURES, True),
        ("JDV_J142_TypeRencontre_CISIS", ENCOUNTER_SYSTEM, ENCOUNTERS, False),
        ("JDV_J04_XdsPracticeSettingCode_CISIS", PRACTICE_SYSTEM, PRACTICES, False),
        ("JDV_J245_Civilite_CISIS", "1.2.250.1.213.1.6.1.69", CIVILITIES, True),
        ("JDV_J246_Titre_CISIS", "1.2.250.1.213.1.6.1.11", TITLES, True),
    ],
)
def test_codes_and_labels(name: str, system: str, known: dict[str, str], complete: bool) -> None:
    official = {c.code: c.label for c in read_shipped(name).concepts if c.system == system and c.active}
    assert known.items() <= official.items()
    assert not complete or known == official


@pytest.mark.parametrize(("name", "known"), [("jdv-rcp-appareil-cisis", BODY_SYSTEMS), ("jdv-rcp-organe-cisis", ORGANS)])
def test_codes_of_several_systems(name: str, known: dict[str, Coded]) -> None:
    active = [c for c in read_shipped(name).concepts if c.active]
    assert {c.code: (c.system, c.label) for c in active} == known


def test_answers_of_the_directory_fit_the_form(facility: Facility, alice: User, frcp_form: PublishedForm) -> None:
    network = RegionalNetwork.objects.create(national_id="5201", name="RRC")
    centre = CoordinationCentre.objects.create(national_id="520114", name="3C", network=network)
    rcp = Rcp.objects.create(
        national_id="1",
        denomination="Sein",
        centre=centre,
        establishment=facility,
        coordinator=alice.practitioner,
        nature="ORG-117",
        body_system="76752008",
    )
    RcpOrgan.objects.create(rcp=rcp, code="76752008")
    LocalIdentifier.objects.create(rcp=rcp, root="1.2.3", value="x")
    session = Session.objects.create(rcp=rcp, starts_at="2025-07-01T14:30:00+02:00", identifier="S1")
    answers = rcp_answers(rcp.pk, session.pk, label=label)
    schema = frcp_form.schema
    place = {part: value for part, value in answers["frcp.rcp.etablissement"].items() if part not in ("telecoms", "sector")}
    assert exportable(schema, answers) == {**answers, "frcp.rcp.etablissement": place}  # the volet has no place for the others
    for key, value in answers.items():
        assert check_value(schema.by_key[key], value) == value
    assert {q.key for q in schema.sections[0].questions if q.required == "validate"} <= answers.keys()
    assert answers["frcp.rcp.secteur"]["label"] == "Etablissement public de santé"
    assert answers["frcp.participants.coordonnateur"]["profession"]["label"] == "Médecin - Oncologie, opt médicale (SM)"
