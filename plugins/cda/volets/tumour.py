"""The tumour block, the same in every cancer volet (§1.2-3 and §7.2-3): one concern act and one diagnosis for each tumour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml.etree import _Element

from forms_config.schema.model import Question
from plugins.cda.codecs.blocks import Facts, Row, SheetPerRow, fact
from plugins.cda.codecs.cells import Cell, shown_only
from plugins.cda.codecs.coded import Coded, Qualified, Qualifier, Words
from plugins.cda.codecs.datatypes import ACT_STATUS, SYSTEM_NAMES, Code
from plugins.cda.codecs.groups import Many, Repeated, Rows
from plugins.cda.codecs.leaves import TIME_NOT_APPLICABLE, Echo, Fixed
from plugins.cda.codecs.narrative import UNSAID
from plugins.cda.codecs.reading import Found, Reading
from plugins.cda.codecs.sections import Section
from plugins.cda.codecs.statements import Relation, Statement, Text
from plugins.cda.codecs.times import Moment, moment_attributes, read_moment
from plugins.cda.codecs.writing import Writing
from plugins.cda.codecs.xml import add, child
from plugins.cda.volets.templates import CONCERN_LABELS, PROBLEM, SIMPLE, comment, observation, snomed

K = "frcp.tumeurs"
Values = Mapping[str, Any]

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


def _status_label(_: Question, value: Values) -> str:
    return str(value["label"])


def _status_words(_: Question, value: Values) -> str:
    return str(value.get("text", ""))


def _read_status(_: Question, text: str) -> dict[str, str] | None:
    """The status a sheet of ours says; words of another producer are left to the concern."""
    code = next((code for code, label in CONCERN_LABELS.items() if label == text), None)
    return {"code": code, "system": ACT_STATUS, "label": text} if code else None


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
        Row(
            "État du suivi de la tumeur",
            (
                Cell(f"{K}.statut", "suivi-tumeur-{n}", show=_status_label, read=_read_status, kept=True),
                Cell(f"{K}.statut", "suivi-tumeur-mots-{n}", show=_status_words, read=shown_only, checked=False),
            ),
            always=True,
        ),
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

_CLOSED = ("aborted", "completed")


def _rows(values: Values) -> list[Values]:
    return [row["values"] for row in values.get(K) or ()]


def _status(values: Values) -> str:
    """The status of the one concern: that of the tumours when they agree, active as soon as they do not."""
    codes = {(row.get(f"{K}.statut") or {}).get("code", "active") for row in _rows(values)}
    return str(codes.pop()) if len(codes) == 1 else "active"


class ConcernStatus:
    """statusCode of the concern."""

    tag = "statusCode"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        add(parent, self.tag, {"code": _status(values)})

    def decode(self, element: _Element, inp: Reading) -> Found:
        inp.context["statut"] = element.get("code") or ""
        return {}


class ConcernPeriod:
    """effectiveTime of the concern: from the first diagnosis to the last end, which is there if and only if it is closed."""

    tag = "effectiveTime"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        element = add(parent, self.tag)
        add(element, "low", moment_attributes(self._known(values, f"{K}.date", first=True)))
        if _status(values) in _CLOSED:
            add(element, "high", moment_attributes(self._known(values, f"{K}.fin", first=False)))

    @staticmethod
    def _known(values: Values, key: str, *, first: bool) -> Any:
        dates = [row[key] for row in _rows(values) if key in row]
        known = sorted(date for date in dates if isinstance(date, str))
        return (known[0] if first else known[-1]) if known else (dates[0] if dates else None)

    def decode(self, element: _Element, inp: Reading) -> Found:
        high = child(element, "high")
        inp.context["fin"] = read_moment(f"{K}.fin", high, inp).get(f"{K}.fin") if high is not None else None
        return {}


def _inherit(inner: Found, inp: Reading) -> None:
    """What the concern says goes to each of its tumours, unless the sheets say it of each."""
    status, words = f"{K}.statut", inp.narrative.resolve(f"#suivi-tumeur-mots-{inp.row}")
    if status in inner:
        inner.update(inp.take(status, {**inner[status], "text": words}) if words else {})
    elif inp.narrative.words(f"#suivi-tumeur-{inp.row}") != UNSAID and inp.context.get("statut"):
        code = inp.context["statut"]
        inner.update(inp.take(status, {"code": code, "system": ACT_STATUS, "label": CONCERN_LABELS.get(code, code)}))
        if code in _CLOSED and inp.context.get("fin") is not None:
            inner.setdefault(f"{K}.fin", inp.context["fin"])


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
    status=ConcernStatus(),
    mark="1.2.250.1.213.1.1.3.39",
    parts=(ConcernPeriod(),),
    relations=(Relation(Rows(K, DIAGNOSIS, shown=SHEETS, least=1, inherit=_inherit), "SUBJ", "false"),),
)
"""One concern for all tumours: two of them in a section make the official IHE schematron of October 2025 stop on a dynamic error
(``act/(… and …)`` is one boolean for each act). Each tumour's own status and end stand in its sheet."""

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
    entries=(Repeated(CONCERN),),
)
