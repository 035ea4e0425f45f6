"""A document with every question answered, plausibly: what the renderer, the benchmarks and the journeys are run on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from forms_config.schema.model import FormSchema, Question
from forms_config.terminology import api as terminology

NAMESPACE = UUID("6f0d2c1e-5a0b-4a3e-9f5d-1f9f0a1b2c3d")

SURGEON: dict[str, Any] = {
    "family": "ZENBERGER",
    "given": "Michel",
    "prefix": "M",
    "suffix": "DR",
    "id": {"root": "1.2.250.1.71.4.2.1", "extension": "801234567897"},
    "profession": {
        "code": "G15_10/SM36",
        "system": "1.2.250.1.213.1.1.4.5",
        "label": "Médecin - Oncologie option médicale (SM)",
    },
    "telecoms": [{"value": "tel:0241000001", "use": "WP"}, {"value": "mailto:m.zenberger@ch-demo.example"}],
    "organisation": {"name": "Centre hospitalier de Démonstration", "address": {"city": "ANGERS", "postal_code": "49100"}},
}
PLACE: dict[str, Any] = {
    "name": "Centre hospitalier de Démonstration",
    "id": {"root": "1.2.250.1.71.4.2.2", "extension": "1490000031"},
    "address": {"use": "WP", "house_number": "4", "street": "rue Larrey", "postal_code": "49100", "city": "ANGERS"},
    "telecoms": [{"value": "tel:0241000000", "use": "WP"}],
}
TEXTS = {
    "frcp.rcp.denomination": "RCP Sénologie Anjou",
    "frcp.rcp.gestionnaire_nom": "3C Anjou",
    "frcp.rcp.rrc_nom": "ONCOPL",
    "frcp.antecedents.libelle": "Hypertension artérielle traitée depuis 2009",
    "frcp.comorbidites.libelle": "Diabète de type 2, équilibré sous metformine",
    "frcp.paraclinique.examen": "Mammographie et échographie bilatérales",
    "frcp.paraclinique.resultat": "Masse de 22 mm supéro-externe, ACR 5 ;\nganglion axillaire suspect de 12 mm.",
    "frcp.synthese.question": "Carcinome infiltrant du sein droit T2 N1.\nChimiothérapie néoadjuvante avant chirurgie ?",
    "frcp.acp.conclusion": "Carcinome infiltrant de type non spécifique, grade II, RE 90 %, RP 70 %, HER2 0, Ki67 25 %.",
    "frcp.propositions.precision": "4 cycles EC puis 12 paclitaxel hebdomadaire",
    "frcp.souhaits.texte": "Souhaite continuer à travailler à mi-temps pendant le traitement.",
    "frcp.geriatrie.outil": "G8",
}
CODES = {
    "frcp.motif.nature": "ORG-117",
    "frcp.motif.statut_cas": "ORG-128",
    "frcp.tumeurs.topographie": "C50.4",
    "frcp.tumeurs.statut": "completed",
}


def filled_answers(schema: FormSchema, *, rows: int = 2) -> dict[str, Any]:
    """An answer to each question, ``rows`` rows in each table."""
    return {q.key: _value(q, schema.value_sets, rows) for q in schema.questions()}


def _value(question: Question, pins: Mapping[str, str], rows: int) -> Any:
    if question.datatype == "group":
        count = rows if question.multiple else 1
        return [
            {
                "id": str(uuid5(NAMESPACE, f"{question.key} {n}")),
                "values": {c.key: _value(c, pins, rows) for c in question.columns},
            }
            for n in range(count)
        ]
    value = _code(question, pins) if question.datatype == "coded" else _VALUES[question.datatype]
    if question.datatype in ("text", "string"):
        value = TEXTS.get(question.key, value)
    return [value] if question.multiple else value


def _code(question: Question, pins: Mapping[str, str]) -> dict[str, str]:
    version = pins.get(question.values) or None
    wanted = CODES.get(question.key, "")
    found = terminology.lookup(question.values, wanted, version=version) if wanted else None
    return (found or terminology.concepts(question.values, version=version)[0]).value


_VALUES: Mapping[str, Any] = {
    "string": "Précision",
    "text": "Précision saisie en clair par le médecin.",
    "boolean": True,
    "integer": 2,
    "date": "2026-03",
    "datetime": "2026-11-03T14:30+01:00",
    "professional": SURGEON,
    "organisation": PLACE,
}
