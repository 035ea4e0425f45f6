"""Sections 2 and 3 of a PPS: what is done and planned for the patient (§2.2, §2.3, §7.3)."""

from __future__ import annotations

from plugins.cda.codecs.datatypes import Code
from plugins.cda.codecs.sections import Section
from plugins.cda.volets.templates import cisis


def _plan(key: str, title: str, told_apart: Code) -> Section:
    return Section(
        key=key,
        templates=("2.16.840.1.113883.10.20.1.10", "1.3.6.1.4.1.19376.1.5.3.1.3.36", "1.2.250.1.213.1.1.2.158"),
        code=Code("18776-5", "Plan de soins"),
        title=title,
        told_apart=told_apart,
    )


PROGRAMME = _plan("pps.programme", "PROGRAMME THÉRAPEUTIQUE ET DE SUIVI", cisis("MED-566", "Programme thérapeutique et de suivi"))
SUPPORT = _plan(
    "pps.soins_support",
    "SOINS ONCOLOGIQUES DE SUPPORT, ACCOMPAGNEMENT SOCIAL ET SOCIOPROFESSIONNEL",
    cisis("MED-567", "Soins oncologiques de support, accompagnement social et socioprofessionnel"),
)
