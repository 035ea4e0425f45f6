"""Templates and constant codes of entries that several volets share (CI-SIS, IHE PCC)."""

from __future__ import annotations

from typing import Any

from plugins.cda.codecs.datatypes import CISIS, SNOMED, Code
from plugins.cda.codecs.leaves import TIME_NOT_APPLICABLE, Fixed, Leaf
from plugins.cda.codecs.statements import Relation, Statement, Text, filled
from plugins.cda.codecs.times import Moment

SIMPLE = ("1.3.6.1.4.1.19376.1.5.3.1.4.13", "1.2.250.1.213.1.1.3.48")
COMMENT = ("2.16.840.1.113883.10.20.1.40", "1.3.6.1.4.1.19376.1.5.3.1.4.2", "1.2.250.1.213.1.1.3.32")
PROBLEM = ("2.16.840.1.113883.10.20.1.28", "1.3.6.1.4.1.19376.1.5.3.1.4.5", "1.2.250.1.213.1.1.3.37")
EVALUATION = (
    "1.3.6.1.4.1.19376.1.5.3.1.4.13",
    "2.16.840.1.113883.10.20.1.31",
    "1.3.6.1.4.1.19376.1.5.3.1.1.12.3.6",
    "1.2.250.1.213.1.1.3.25",
)
PREGNANCY = ("1.3.6.1.4.1.19376.1.5.3.1.4.13", "1.3.6.1.4.1.19376.1.5.3.1.4.13.5", "1.2.250.1.213.1.1.3.53")
ACT_DONE = ("1.3.6.1.4.1.19376.1.5.3.1.4.19", "2.16.840.1.113883.10.20.1.29", "1.2.250.1.213.1.1.3.62")
ACT_MEANT = ("2.16.840.1.113883.10.20.1.25", "1.3.6.1.4.1.19376.1.5.3.1.4.19", "1.2.250.1.213.1.1.3.62")
ENCOUNTER = ("2.16.840.1.113883.10.20.1.25", "1.3.6.1.4.1.19376.1.5.3.1.4.14", "1.2.250.1.213.1.1.3.58")
WEIGHT = (
    "2.16.840.1.113883.10.20.1.31",
    "1.3.6.1.4.1.19376.1.5.3.1.4.13",
    "1.3.6.1.4.1.19376.1.5.3.1.4.13.2",
    "1.2.250.1.213.1.1.3.50",
)
HABITS = (
    "2.16.840.1.113883.10.20.1.33",
    "1.3.6.1.4.1.19376.1.5.3.1.4.13",
    "1.3.6.1.4.1.19376.1.5.3.1.4.13.4",
    "1.2.250.1.213.1.1.3.52",
)
REQUEST = ("2.16.840.1.113883.10.20.1.25", "1.3.6.1.4.1.19376.1.5.3.1.1.20.3.1", "1.2.250.1.213.1.1.3.27")

COMMENT_CODE = Code("48767-8", "Commentaire")
CALL_BACK = Fixed(Code("CS", "recontacter pour fixer RDV", "2.16.840.1.113883.5.7").as_xml("priorityCode"))
ACT_LABELS = {"completed": "Déjà réalisé", "active": "En cours de réalisation", "cancelled": "Non réalisé"}
CONCERN_LABELS = {"active": "En cours", "suspended": "Suspendu", "aborted": "Abandonné", "completed": "Terminé"}
"""Labels of the statusCode answers, as in the value sets ``statut-acte`` and ``statut-suivi``."""


def observation(
    code: Code, anchor: str, value: Leaf, *relations: Relation, time: Leaf = TIME_NOT_APPLICABLE, **more: Any
) -> Statement:
    """FR-Simple-Observation."""
    return Statement("observation", SIMPLE, code, Text(anchor), parts=(time, value), relations=relations, **more)


def comment(key: str, anchor: str, *, date: str = "") -> Statement:
    """FR-Commentaire-ER: a text in the narrative, and its date when the form asks for one."""
    parts = (Moment(date, optional=True),) if date else ()
    return Statement("act", COMMENT, COMMENT_CODE, Text(anchor, key), parts=parts, has_id=False, when=filled(key))


def cisis(code: str, label: str) -> Code:
    """A code of the CI-SIS terminology."""
    return Code(code, label, CISIS)


def snomed(code: str, label: str) -> Code:
    """A SNOMED CT code."""
    return Code(code, label, SNOMED)
