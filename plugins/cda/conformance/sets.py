"""Which schemas apply to a document: one table, read from its templateIds (``cda.md`` § 0.1, § 7.1).

No schema checks the extension of the volet's templateId, so the extension chooses the schema. A level 1 document (N1) carries the
templateId of N1 in the place of its volet's, and its volet's schema does not apply to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

HL7 = "{urn:hl7-org:v3}"
N1 = "1.3.6.1.4.1.19376.1.2.20"
COMMON_ROOTS = frozenset({"2.16.840.1.113883.2.8.2.1", "1.2.250.1.213.1.1.1.1"})
"""HL7 France and CI-SIS: on every document."""

COMMON = (
    "profils/CI-SIS_ModelesDeContenusCDA.sch",
    "profils/CI-SIS_Modeles_ANS.sch",
    "profils/IHE.sch",
    "profils/structurationMinimale/ASIP-STRUCT-MIN-StrucMin.sch",
)
"""Schemas of every document, below ``schematrons/``."""


PPS_RUBRICS = (
    ("1.2.250.1.213.1.1.2.35", "", "Statut du document"),
    ("1.2.250.1.213.1.1.2.158", "MED-566", "Programme thérapeutique et de suivi"),
    ("1.2.250.1.213.1.1.2.158", "MED-567", "Soins oncologiques de support et accompagnements"),
    ("1.2.250.1.213.1.1.2.27", "", "Diagnostic"),
    ("1.2.250.1.213.1.1.2.163", "", "Mode de découverte du cancer"),
    ("1.2.250.1.213.1.1.2.55", "", "Documents référencés"),
)
"""What a PPS must hold once, beside the patient-rights texts (§7.3): the kit asks for some of it only (§7.5)."""
PDF_COPY = ("1.2.250.1.213.1.1.2.243", "", "Copie du document")


@dataclass(frozen=True, slots=True)
class Volet:
    """A kind of document: templateId, its own schema if there is one, whether the two patient-rights texts are due in it.

    ``rubrics`` are the sections it must hold once: template, code of translation that tells it from others, name.
    """

    root: str
    extension: str | None
    label: str
    schematron: str | None
    patient_rights: bool = False
    rubrics: Sequence[tuple[str, str, str]] = ()

    @property
    def structured(self) -> bool:
        """Whether the body is structured (level 3)."""
        return self.root != N1

    @property
    def heads(self) -> Sequence[str]:
        """All the schemas of this volet, below ``schematrons/``."""
        return (self.schematron, *COMMON) if self.schematron else COMMON


VOLETS = (
    Volet("1.2.250.1.213.1.1.1.8", "2025.01", "FRCP 2025.01", "CI-SIS_CANCER-FRCP_2025.01.sch", patient_rights=True),
    Volet("1.2.250.1.213.1.1.1.8", "2022.01", "FRCP 2022.01", "CI-SIS_CANCER-FRCP_2022.01.sch"),
    Volet(
        "1.2.250.1.213.1.1.1.26",
        "2025.01",
        "PPS 2025.01",
        "CI-SIS_CANCER-PPS_2025.01.sch",
        patient_rights=True,
        rubrics=(*PPS_RUBRICS, PDF_COPY),
    ),
    Volet(
        "1.2.250.1.213.1.1.1.26",
        "2022.01",
        "PPS 2022.01",
        "CI-SIS_CANCER-PPS_2022.01.sch",
        patient_rights=True,
        rubrics=PPS_RUBRICS,
    ),
    Volet("1.2.250.1.213.1.1.1.32", "2022.01", "CR-GM 2022.01", "CI-SIS_CANCER-CR-GM_2022.01.sch"),
    Volet("1.2.250.1.213.1.1.1.13", "201310", "VSM", None),
    Volet(N1, None, "CDA R2 N1", None),
)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A document whose volet is in no row: ``declared`` are the templateIds it shows, ``known`` the rows of the same root."""

    declared: Sequence[str]
    known: Sequence[str]


def volet_of(root: etree._Element) -> Volet | Unknown:
    """The row of a document; an N1 templateId wins over any other."""
    declared = [
        (element.get("root", ""), element.get("extension"))
        for element in root.findall(f"{HL7}templateId")
        if element.get("root") not in COMMON_ROOTS
    ]
    rows = [row for row in VOLETS for found in declared if (row.root, row.extension) == found or row.root == found[0] == N1]
    if rows:
        return next((row for row in rows if row.root == N1), rows[0])
    same_root = [row.label for row in VOLETS if row.root in {oid for oid, _ in declared}]
    return Unknown([oid + (f" (version {extension})" if extension else "") for oid, extension in declared], same_root)
