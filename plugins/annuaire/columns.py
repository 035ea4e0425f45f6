"""The columns that are read of each extraction file, by the name in their header, never by their place.

Source: headers of ``Extraction_Correspondance_MSSante`` and ``PS_LibreAcces_Personne_activite`` (Annuaire Santé, ANS). Columns
that are added or moved change nothing; one that is missing and needed refuses the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of file: ``known_by`` is a column that no other kind has, ``needed`` and ``other`` the columns read, by field."""

    kind: str
    known_by: str
    needed: Mapping[str, str]
    other: Mapping[str, str]


BOXES = Shape(
    "boites",
    "Adresse BAL",
    needed={
        "type": "Type de BAL",
        "address": "Adresse BAL",
        "practitioner": "Identification nationale PP",
        "structure_type": "Type identifiant structure",
        "structure": "Identification Structure",
    },
    other={
        "service": "Service de rattachement",
        "family": "Nom d'exercice",
        "given": "Prénom d'exercice",
        "paperless": "Dématérialisation",
        "structure_name": "Raison Sociale structure BAL",
        "sign": "Enseigne commerciale structure BAL",
        "unlisted": "Liste rouge",
    },
)
ACTIVITIES = Shape(
    "activites",
    "Code mode exercice",
    needed={
        "practitioner": "Identification nationale PP",
        "family": "Nom d'exercice",
        "given": "Prénom d'exercice",
        "profession": "Code profession",
        "speciality": "Code savoir-faire",
        "finess": "Numéro FINESS site",
        "structure_name": "Raison sociale site",
    },
    other={
        "title": "Code civilité d'exercice",
        "prefix": "Code civilité",
        "speciality_type": "Code type savoir-faire",
        "sign": "Enseigne commerciale site",
        "technical_id": "Identifiant technique de la structure",
        "former_id": "Ancien identifiant de la structure",
        "house_number": "Numéro Voie (coord. structure)",
        "street_type": "Libellé type de voie (coord. structure)",
        "street": "Libellé Voie (coord. structure)",
        "postal_code": "Code postal (coord. structure)",
        "city": "Libellé commune (coord. structure)",
        "phone": "Téléphone (coord. structure)",
    },
)
SHAPES: Sequence[Shape] = (BOXES, ACTIVITIES)
