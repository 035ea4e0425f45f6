"""CANCER-PPS 2022.01, to be read (§2): the tree of 2025.01, and the codes that changed (§7.1).

Sections stand in another order, and contacts are told apart by a translation of their function: both are read by the same tree.
The patient-rights texts are the same section; the PDF copy did not exist.
"""

from __future__ import annotations

from dataclasses import replace

from plugins.cda.codecs.datatypes import SNOMED
from plugins.cda.volets.pps_2025_01 import N3 as PPS_2025

VERSION = "2022.01"
CONVERSIONS = {
    (SNOMED, "13197004"): {"code": "408969000", "system": SNOMED, "label": "prise en charge d'une contraception"},
}
"""(system, code) of 2022.01 -> the value that replaced it; labels are those of the value sets of 2025."""

N3 = replace(PPS_2025, volet_version=VERSION, conversions=CONVERSIONS)
"""Read only: the platform writes 2025.01."""
