"""Contacts of a PPS of another producer, whose codes are shared: what the rules of §7.3 propose."""

from __future__ import annotations

from typing import Any

import pytest

from forms_config.schema.answers import without_row_ids
from plugins.cda.tests.documents import read, written_pps

C = "pps.contacts"
PERSON = "<associatedPerson><name><given>Luce</given><family>DUCOUT</family></name></associatedPerson>"
HOUSE = "<scopingOrganization><name>Maison de santé</name></scopingOrganization>"


def participant(
    function: str, entity: str, *, class_code: str = "PROV", words: str = "texte libre", type_code: str = "INF"
) -> str:
    """One participant, in the words of another producer."""
    return (
        f'<participant typeCode="{type_code}">'
        f'<functionCode code="{function}" displayName="x" codeSystem="1.2.250.1.213.1.1.4.2.280">'
        f'<originalText>{words}</originalText></functionCode><time nullFlavor="UNK"/>'
        f'<associatedEntity classCode="{class_code}">{entity}</associatedEntity></participant>'
    )


def structure(name: str) -> str:
    """A structure that acts by itself."""
    return f"<telecom value='tel:0240'/><scopingOrganization><name>{name}</name></scopingOrganization>"


def contacts(*participants: str) -> dict[str, Any]:
    """Answers read from a PPS with these participants."""
    content = written_pps({}).decode().replace("<documentationOf>", "".join(participants) + "<documentationOf>", 1)
    return {key: value for key, value in without_row_ids(read(content.encode()).answers).items() if key.startswith(C)}


def test_the_3c_is_the_structure_that_is_called_so_wherever_it_stands() -> None:
    found = contacts(
        participant("ST-PS-PEC", structure("Pharmacie du quartier")),
        participant("ST-PS-PEC", structure("Centre de coordination en cancérologie"), words="3e étage"),
        participant("ST-PS-PEC", PERSON),
        participant("ST-PS-PEC", PERSON, class_code="AGNT"),
    )
    assert found[f"{C}.coordination_3c"]["name"] == "Centre de coordination en cancérologie"
    assert found[f"{C}.coordination_3c_commentaire"] == "3e étage"
    structures = [line.get(f"{C}.proximite.structure", {}).get("name") for line in found[f"{C}.proximite"]]
    assert structures == ["Pharmacie du quartier", None]
    assert found[f"{C}.proximite"][1][f"{C}.proximite.professionnel"]["family"] == "DUCOUT"
    assert found[f"{C}.mediateur"]["family"] == "DUCOUT"


def test_without_such_a_name_the_first_structure_is_proposed_as_3c() -> None:
    found = contacts(participant("ST-PS-PEC", structure("Clinique A")), participant("ST-PS-PEC", structure("Clinique B")))
    assert found[f"{C}.coordination_3c"]["name"] == "Clinique A"
    assert found[f"{C}.proximite"] == [
        {
            f"{C}.proximite.structure": {"name": "Clinique B", "telecoms": [{"value": "tel:0240"}]},
            f"{C}.proximite.commentaire": "texte libre",
        }
    ]


def test_the_network_is_told_by_its_name_and_a_person_to_ask_for_is_kept_in_the_comment() -> None:
    found = contacts(
        participant("ST-COORD", f"{PERSON}{HOUSE}", class_code="AGNT"),
        participant("ST-COORD", structure("Réseau Régional de Cancérologie Onco Pays de la Loire"), class_code="AGNT"),
    )
    assert found[f"{C}.rrc"]["name"].startswith("Réseau Régional")
    assert found[f"{C}.coordination"] == [
        {
            f"{C}.coordination.structure": {"name": "Maison de santé"},
            f"{C}.coordination.commentaire": "texte libre\nInterlocuteur : Luce DUCOUT",
        }
    ]


@pytest.mark.parametrize(
    ("function", "translation", "key"),
    [("CORRE", "ORG-190", "coordination_3c"), ("CORRE", "ORG-191", "rrc"), ("CORRE", "ORG-177", "hebergement")],
)
def test_contacts_of_2022_are_told_by_their_translation(function: str, translation: str, key: str) -> None:
    said = f'<translation code="{translation}" displayName="x" codeSystem="1.2.250.1.213.1.1.4.322"/>'
    sent = participant(function, structure("Structure X"), type_code="PRF")
    found = contacts(sent.replace("</originalText>", f"</originalText>{said}"))
    assert found[f"{C}.{key}"]["name"] == "Structure X"


def test_an_unknown_role_is_kept_as_it_stands() -> None:
    content = written_pps({}).decode().replace("<documentationOf>", participant("PRELV", PERSON) + "<documentationOf>", 1)
    result = read(content.encode())
    assert [(part.title, "DUCOUT" in part.text) for part in result.unknown_parts] == [("Participant : texte libre", True)]


def test_a_secure_site_is_written_as_the_standard_admits_it_and_read_back() -> None:
    """The schematrons admit ``http:`` and no ``https:``; the official sample writes ``http:https://…``."""
    network = {
        "name": "Réseau",
        "telecoms": [{"value": "https://reseau.example", "use": "WP"}, {"value": "http://ancien.example"}],
    }
    content = written_pps({f"{C}.rrc": network})
    assert b'"http:https://reseau.example"' in content
    assert read(content).answers[f"{C}.rrc"]["telecoms"] == network["telecoms"]
