"""The tumour block, the same in every cancer volet (§1.2-3 and §7.2-3): one concern act and one diagnosis for each tumour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from forms_config.schema.model import Question
from plugins.cda.codecs.blocks import Facts, Row, SheetPerRow, fact
from plugins.cda.codecs.cells import Cell, shown_only
from plugins.cda.codecs.coded import Coded, Qualified, Qualifier, Status, Words
from plugins.cda.codecs.datatypes import SYSTEM_NAMES, Code
from plugins.cda.codecs.leaves import TIME_NOT_APPLICABLE, Echo, Fixed
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Many, Relation, Rows, Statement, Text
from plugins.cda.codecs.times import Moment, Period
from plugins.cda.volets.templates import CONCERN_LABELS, PROBLEM, SIMPLE, comment, observation, snomed

K = "frcp.tumeurs"

_T = Code("21905-5", "TNM Clinique T")
_N = Code("21906-3", "TNM Clinique N")
_M = Code("21907-1", "TNM Clinique M")


def with_system(_: Question, value: Mapping[str, Any]) -> str:
    """« C50.2 [CIM10FRPMSI] », as the official narrative shows codes; nothing for a text."""
    if not value.get("code"):
        return ""
    name = SYSTEM_NAMES.get(value["system"])
    return f"{value['code']} [{name}]" if name else str(value["code"])


def code_then_words(label: str, key: str, anchor: str, *, always: bool = False) -> Row:
    """A line with the code, then the words that entries point to."""
    return Row(label, (Cell(key, show=with_system, read=shown_only), Cell(key, anchor, kept=always)), always)


SHEET = Facts(
    title="Tumeur",
    title_anchor="tumeur-{n}",
    rows=(
        fact("Date du diagnostic initial (minimum mois et année)", f"{K}.date"),
        code_then_words("Topographie", f"{K}.topographie", "topographie-{n}"),
        code_then_words("Latéralité (si applicable)", f"{K}.lateralite", "lateralite-{n}"),
        code_then_words("Morphologie", f"{K}.morphologie", "morphologie-{n}"),
        code_then_words("Stade clinique", f"{K}.stade", "stade-clinique-{n}", always=True),
        fact("Édition de la classification TNM", f"{K}.tnm_edition", "tnm-edition-{n}"),
        code_then_words("TNM (T)", f"{K}.tnm_t", "TNM-T-{n}", always=True),
        code_then_words("TNM (N)", f"{K}.tnm_n", "TNM-N-{n}", always=True),
        code_then_words("TNM (M)", f"{K}.tnm_m", "TNM-M-{n}", always=True),
        fact("Autre stade si pertinent", f"{K}.autres_stades", "autre-classification-{n}-{m}"),
        fact("Commentaire sur la tumeur", f"{K}.commentaire", "commentaire-tumeur-{n}"),
        fact("État du suivi de la tumeur", f"{K}.statut", "suivi-tumeur-{n}", always=True),
        fact("Date de fin de suivi", f"{K}.fin"),
    ),
)
SHEETS = SheetPerRow(K, SHEET, least=1)

STAGE = Statement(
    "observation",
    ("1.3.6.1.4.1.19376.1.7.3.1.4.14.2",),
    Code("75620-5", "Stade TNM Clinique"),
    Text("stade-clinique-{n}"),
    negation="false",
    has_id=False,
    parts=(
        Echo(Moment(f"{K}.date", low=True)),
        Qualified(
            (
                Qualifier(f"{K}.stade", Code("21909-7", "Stade clinique"), "stade-clinique-{n}"),
                Qualifier(f"{K}.tnm_edition", Code("21917-0", "Version TNM Classification"), "tnm-edition-{n}"),
            ),
            empty="NA",
        ),
    ),
    relations=tuple(
        Relation(observation(code, anchor, Coded(f"{K}.{key}", anchor)), "COMP")
        for code, key, anchor in ((_T, "tnm_t", "TNM-T-{n}"), (_N, "tnm_n", "TNM-N-{n}"), (_M, "tnm_m", "TNM-M-{n}"))
    ),
)
"""A haematological disease keeps the four observations, with a null flavour (checked by the schematrons of October 2025)."""

DIAGNOSIS = Statement(
    "observation",
    (*PROBLEM, "1.3.6.1.4.1.19376.1.7.3.1.4.14.1", "1.2.250.1.213.1.1.3.113"),
    snomed("282291009", "interprétation diagnostique"),
    Text("tumeur-{n}"),
    negation="false",
    parts=(
        Moment(f"{K}.date", low=True),
        Coded(f"{K}.morphologie", "morphologie-{n}", words="always"),
        Coded(
            f"{K}.topographie",
            "topographie-{n}",
            tag="targetSiteCode",
            typed=False,
            words="always",
            inner=(Qualifier(f"{K}.lateralite", Code("20228-3", "Latéralité"), "lateralite-{n}", typed=False),),
        ),
    ),
    relations=(
        Relation(STAGE, "SUBJ", "false"),
        Relation(
            Many(
                f"{K}.autres_stades",
                Statement(
                    "observation",
                    SIMPLE,
                    Code("21918-8", "Autre classification du stade"),
                    Text("autre-classification-{n}-{m}"),
                    parts=(TIME_NOT_APPLICABLE, Words(f"{K}.autres_stades", "autre-classification-{n}-{m}")),
                ),
            ),
            "SUBJ",
            "false",
        ),
        Relation(comment(f"{K}.commentaire", "commentaire-tumeur-{n}"), "SUBJ", "true"),
    ),
)

CONCERN = Statement(
    "act",
    (
        "2.16.840.1.113883.10.20.1.27",
        "1.3.6.1.4.1.19376.1.5.3.1.4.5.1",
        "1.3.6.1.4.1.19376.1.5.3.1.4.5.2",
        "1.2.250.1.213.1.1.3.39",
        "1.2.250.1.213.1.1.3.39.1",
    ),
    Fixed('<code nullFlavor="NA"/>'),
    status=Status(f"{K}.statut", CONCERN_LABELS, "suivi-tumeur-{n}"),
    mark="1.2.250.1.213.1.1.3.39",
    parts=(Period(f"{K}.date", f"{K}.fin", optional=False),),
    relations=(Relation(DIAGNOSIS, "SUBJ", "false"),),
)

TUMOUR = Section(
    key="frcp.tumeur",
    templates=(
        "2.16.840.1.113883.10.20.1.11",
        "1.3.6.1.4.1.19376.1.5.3.1.3.6",
        "1.3.6.1.4.1.19376.1.7.3.1.3.14.1",
        "1.2.250.1.213.1.1.2.27",
    ),
    code=Code("72135-7", "Diagnostic du cancer"),
    title="Tumeur",
    blocks=(SHEETS,),
    entries=(Rows(K, CONCERN, shown=SHEETS, least=1),),
)
