"""People, structures and how to reach them, in clear."""

from __future__ import annotations

from typing import Any

import pytest

from plugins.pdf.people import NBSP, Person, address_text, person_of, telecom_text
from plugins.pdf.tests.samples import professional


def test_a_professional() -> None:
    value = professional("ZENBERGER", "Michel", "10000000002", "Radiothérapie") | {"telecoms": [{"value": "tel:0241000000"}]}
    assert person_of(value | {"comment": "Le matin"}, role="Demandeur") == Person(
        name="DR Michel ZENBERGER",
        details=(
            "Médecin - Radiothérapie (SM)",
            "Centre hospitalier de Démonstration",
            f"RPPS{NBSP}10000000002",
            f"tél.{NBSP}02{NBSP}41{NBSP}00{NBSP}00{NBSP}00",
        ),
        comment="Le matin",
        role="Demandeur",
    )


def test_a_structure_and_nobody() -> None:
    structure = {"name": "CHU", "id": {"root": "1.2.250.1.71.4.2.2", "extension": "1490000031"}}
    assert person_of(structure) == Person("CHU", (f"FINESS{NBSP}490000031",))
    assert person_of({"null": "NA"}, role="Médecin traitant") == Person("Sans objet", role="Médecin traitant")


def test_an_identifier_of_elsewhere_is_shown_as_it_is() -> None:
    assert person_of({"family": "A", "id": {"root": "1.2.3", "extension": "842"}}).details == (f"identifiant{NBSP}842",)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"house_number": "4", "street": "rue Larrey", "postal_code": "49100", "city": "ANGERS"}, "4 rue Larrey, 49100 ANGERS"),
        ({"lines": ["Lieu-dit Le Bas", "49000 X"]}, "Lieu-dit Le Bas, 49000 X"),
        ({"city": "ROMA", "country": "ITA"}, "ROMA, ITA"),
        (None, ""),
    ],
)
def test_addresses(value: Any, text: str) -> None:
    assert address_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("tel:+33241000000", f"tél.{NBSP}+33241000000"),
        ("fax:0241000000", f"fax{NBSP}02{NBSP}41{NBSP}00{NBSP}00{NBSP}00"),
        ("mailto:a@b.fr", "a@b.fr"),
        ("http:https://chu.fr", "http:https://chu.fr"),
        ("0241", "0241"),
    ],
)
def test_telecoms(value: str, text: str) -> None:
    assert telecom_text(value) == text
