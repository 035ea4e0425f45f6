"""CANCER-FRCP 2022.01, to be read (§1): the tree of 2025.01, what stood elsewhere, and the codes that changed (§7.1).

The functional status section wrapped three others: two of them hold what 2025.01 puts in its evaluations, the third one (pain)
says nothing of its own. The patient-rights texts and the PDF copy did not exist.
"""

from __future__ import annotations

from dataclasses import replace

from plugins.cda.codecs.cells import Cell, Said, shown_only
from plugins.cda.codecs.coded import Coded
from plugins.cda.codecs.datatypes import CISIS, LOINC, SNOMED, Code
from plugins.cda.codecs.grids import Grid
from plugins.cda.codecs.groups import Rows
from plugins.cda.codecs.leaves import Number
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Statement, Text
from plugins.cda.codecs.times import Moment
from plugins.cda.codecs.tree import Body
from plugins.cda.volets.frcp_2025_01 import N3 as FRCP_2025
from plugins.cda.volets.frcp_2025_01 import SECTIONS
from plugins.cda.volets.frcp_history import ECOG, EVALUATIONS, GERIATRIC
from plugins.cda.volets.templates import EVALUATION, cisis

VERSION = "2022.01"

_FORMER_ECOG = Grid(
    ECOG,
    (
        Cell(f"{ECOG}.date", label="Date"),
        Said("Grade", "performance-OMS", "Grade"),
        Cell(f"{ECOG}.indice", label="Indice", read=shown_only),
    ),
    former_title="Échelle de performance OMS",
    told=False,
)
_FORMER_SCORE = Grid(
    GERIATRIC,
    (
        Cell(f"{GERIATRIC}.date", label="Date"),
        Cell(f"{GERIATRIC}.score", label="Score", read=shown_only),
        Cell(f"{GERIATRIC}.outil", label="Outil"),
    ),
    former_title="Dépistage de la fragilité gériatrique (Age > ou = à 75 ans)",
    told=False,
)

ECOG_2022 = replace(
    EVALUATIONS,
    blocks=(_FORMER_ECOG,),
    entries=(
        Rows(
            ECOG,
            Statement(
                "observation",
                EVALUATION,
                cisis("MED-239", "Echelle de performance OMS"),
                Text("performance-OMS"),
                parts=(Moment(f"{ECOG}.date"), Coded(f"{ECOG}.indice", "performance-OMS")),
            ),
            shown=_FORMER_ECOG,
        ),
    ),
)
FRAGILITY = Section(
    key=EVALUATIONS.key,
    templates=("1.3.6.1.4.1.19376.1.5.3.1.1.12.2.4", "1.2.250.1.213.1.1.2.114"),
    code=Code("48542-5", "Évaluation de la dépression gériatrique"),
    title="Évaluation de la dépression gériatrique",
    blocks=(_FORMER_SCORE,),
    entries=(
        Rows(
            GERIATRIC,
            Statement(
                "observation",
                EVALUATION,
                Code("48544-1", "Score de la dépression gériatrique"),
                Text("depistage-fragilite", f"{GERIATRIC}.outil"),
                parts=(Moment(f"{GERIATRIC}.date"), Number(f"{GERIATRIC}.score")),
            ),
            shown=_FORMER_SCORE,
        ),
    ),
)

_ECOG_LABELS = {
    "LA9622-7": "0. Capable d'une activité identique à celle précédant la maladie sans aucune restriction.",
    "LA9623-5": "1. Activité physique diminuée mais ambulatoire et capable de mener un travail",
    "LA9624-3": "2. Ambulatoire et capable de prendre soin de soi-même, incapable de travailler. "
    "Alité moins de 50 % de son temps",
    "LA9625-0": "3. Capable seulement de quelques soins. Alité ou en chaise plus de 50 % du temps",
    "LA9626-8": "4. Incapable de prendre soins de soi-même. Alité ou en chaise en permanence",
}
_FORMER_OMS = dict(zip(("MED-240", "MED-264", "MED-265", "MED-266", "MED-267"), _ECOG_LABELS, strict=True))

CONVERSIONS = {
    **{(CISIS, old): {"code": new, "system": LOINC, "label": _ECOG_LABELS[new]} for old, new in _FORMER_OMS.items()},
    (CISIS, "MED-227"): {"code": "424313000", "system": SNOMED, "label": "surveillance active"},
    (SNOMED, "81745001"): {"code": "1290040004", "system": SNOMED, "label": "œil entier"},
}
"""(system, code) of 2022.01 -> the value that replaced it; labels are those of the value sets of 2025."""

SECTIONS_2022 = tuple(section for codec in SECTIONS for section in ((ECOG_2022, FRAGILITY) if codec is EVALUATIONS else (codec,)))

N3 = replace(
    FRCP_2025,
    volet_version=VERSION,
    body=Body(
        SECTIONS_2022,
        wrappers=frozenset({"1.2.250.1.213.1.1.2.111"}),
        dropped=frozenset({"1.2.250.1.213.1.1.2.112"}),
    ),
    conversions=CONVERSIONS,
)
"""Read only: the platform writes 2025.01."""
