"""The tumour block, the same in every cancer volet (§1.2-3 and §7.2-3): one concern act and one diagnosis for each tumour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
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


def _sheet(group: str) -> Facts:
    """The sheet of one tumour."""
    return Facts(
        title="Tumeur",
        title_anchor="tumeur-{n}",
        rows=(
            fact("Date du diagnostic initial (minimum mois et année)", f"{group}.date", aliases=("Date du diagnostic initial",)),
            code_then_words("Topographie", f"{group}.topographie", "topographie-{n}"),
            code_then_words("Latéralité (si applicable)", f"{group}.lateralite", "lateralite-{n}"),
            code_then_words("Morphologie", f"{group}.morphologie", "morphologie-{n}"),
            code_then_words("Stade clinique", f"{group}.stade", "stade-clinique-{n}", always=True),
            fact("Édition de la classification TNM", f"{group}.tnm_edition", "tnm-edition-{n}"),
            code_then_words("TNM (T)", f"{group}.tnm_t", "TNM-T-{n}", always=True),
            code_then_words("TNM (N)", f"{group}.tnm_n", "TNM-N-{n}", always=True),
            code_then_words("TNM (M)", f"{group}.tnm_m", "TNM-M-{n}", always=True),
            fact("Autre stade si pertinent", f"{group}.autres_stades", "autre-classification-{n}-{m}"),
            fact("Commentaire sur la tumeur", f"{group}.commentaire", "commentaire-tumeur-{n}"),
            Row(
                "État du suivi de la tumeur",
                (
                    Cell(f"{group}.statut", "suivi-tumeur-{n}", show=_status_label, read=_read_status, kept=True),
                    Cell(f"{group}.statut", "suivi-tumeur-mots-{n}", show=_status_words, read=shown_only, checked=False),
                ),
                always=True,
            ),
            fact("Date de fin de suivi", f"{group}.fin"),
        ),
    )


def _stage(group: str) -> Statement:
    """A haematological disease keeps the four observations, with a null flavour (checked by the schematrons of October 2025)."""
    return Statement(
        "observation",
        ("1.3.6.1.4.1.19376.1.7.3.1.4.14.2",),
        Code("75620-5", "Stade TNM Clinique"),
        Text("stade-clinique-{n}"),
        negation="false",
        has_id=False,
        parts=(
            Echo(Moment(f"{group}.date", low=True)),
            Qualified(
                (
                    Qualifier(f"{group}.stade", Code("21909-7", "Stade clinique"), "stade-clinique-{n}"),
                    Qualifier(f"{group}.tnm_edition", Code("21917-0", "Version TNM Classification"), "tnm-edition-{n}"),
                ),
                empty="NA",
            ),
        ),
        relations=tuple(
            Relation(observation(code, anchor, Coded(f"{group}.{key}", anchor)), "COMP")
            for code, key, anchor in ((_T, "tnm_t", "TNM-T-{n}"), (_N, "tnm_n", "TNM-N-{n}"), (_M, "tnm_m", "TNM-M-{n}"))
        ),
    )


def _diagnosis(group: str) -> Statement:
    """One tumour."""
    return Statement(
        "observation",
        (*PROBLEM, "1.3.6.1.4.1.19376.1.7.3.1.4.14.1", "1.2.250.1.213.1.1.3.113"),
        snomed("282291009", "interprétation diagnostique"),
        Text("tumeur-{n}"),
        negation="false",
        parts=(
            Moment(f"{group}.date", low=True),
            Coded(f"{group}.morphologie", "morphologie-{n}", words="always"),
            Coded(
                f"{group}.topographie",
                "topographie-{n}",
                tag="targetSiteCode",
                typed=False,
                words="always",
                inner=(Qualifier(f"{group}.lateralite", Code("20228-3", "Latéralité"), "lateralite-{n}", typed=False),),
            ),
        ),
        relations=(
            Relation(_stage(group), "SUBJ", "false"),
            Relation(
                Many(
                    f"{group}.autres_stades",
                    Statement(
                        "observation",
                        SIMPLE,
                        Code("21918-8", "Autre classification du stade"),
                        Text("autre-classification-{n}-{m}"),
                        parts=(TIME_NOT_APPLICABLE, Words(f"{group}.autres_stades", "autre-classification-{n}-{m}")),
                    ),
                ),
                "SUBJ",
                "false",
            ),
            Relation(comment(f"{group}.commentaire", "commentaire-tumeur-{n}"), "SUBJ", "true"),
        ),
    )


_CLOSED = ("aborted", "completed")


@dataclass(frozen=True)
class _Group:
    """The rows of tumours."""

    group: str

    def rows(self, values: Values) -> list[Values]:
        """The answers of each tumour."""
        return [row["values"] for row in values.get(self.group) or ()]

    def status(self, values: Values) -> str:
        """The status of the one concern: that of the tumours when they agree, active as soon as they do not."""
        codes = {(row.get(f"{self.group}.statut") or {}).get("code", "active") for row in self.rows(values)}
        return str(codes.pop()) if len(codes) == 1 else "active"


class ConcernStatus(_Group):
    """statusCode of the concern."""

    tag = "statusCode"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        add(parent, self.tag, {"code": self.status(values)})

    def decode(self, element: _Element, inp: Reading) -> Found:
        inp.context["statut"] = element.get("code") or ""
        return {}


class ConcernPeriod(_Group):
    """effectiveTime of the concern: from the first diagnosis to the last end, which is there if and only if it is closed."""

    tag = "effectiveTime"

    def encode(self, values: Values, parent: _Element, out: Writing) -> None:
        element = add(parent, self.tag)
        add(element, "low", moment_attributes(self._known(values, f"{self.group}.date", first=True)))
        if self.status(values) in _CLOSED:
            add(element, "high", moment_attributes(self._known(values, f"{self.group}.fin", first=False)))

    def _known(self, values: Values, key: str, *, first: bool) -> Any:
        dates = [row[key] for row in self.rows(values) if key in row]
        known = sorted(date for date in dates if isinstance(date, str))
        return (known[0] if first else known[-1]) if known else (dates[0] if dates else None)

    def decode(self, element: _Element, inp: Reading) -> Found:
        high = child(element, "high")
        inp.context["fin"] = read_moment(f"{self.group}.fin", high, inp).get(f"{self.group}.fin") if high is not None else None
        return {}


def _inherit(group: str, inner: Found, inp: Reading) -> None:
    """What the concern says goes to each of its tumours, unless the sheets say it of each."""
    status, words = f"{group}.statut", inp.narrative.resolve(f"#suivi-tumeur-mots-{inp.row}")
    if status in inner:
        inner.update(inp.take(status, {**inner[status], "text": words}) if words else {})
    elif inp.narrative.words(f"#suivi-tumeur-{inp.row}") != UNSAID and inp.context.get("statut"):
        code = inp.context["statut"]
        inner.update(inp.take(status, {"code": code, "system": ACT_STATUS, "label": CONCERN_LABELS.get(code, code)}))
        if code in _CLOSED and inp.context.get("fin") is not None:
            inner.setdefault(f"{group}.fin", inp.context["fin"])


def _concern(group: str, sheets: SheetPerRow) -> Statement:
    """One concern for all tumours; each tumour's own status and end stand in its sheet.

    Two concerns in a section make the official IHE schematron of October 2025 stop on a dynamic error (``act/(… and …)`` is one
    boolean for each act).
    """
    rows = Rows(group, _diagnosis(group), shown=sheets, least=1, inherit=partial(_inherit, group))
    return Statement(
        "act",
        (
            "2.16.840.1.113883.10.20.1.27",
            "1.3.6.1.4.1.19376.1.5.3.1.4.5.1",
            "1.3.6.1.4.1.19376.1.5.3.1.4.5.2",
            "1.2.250.1.213.1.1.3.39",
            "1.2.250.1.213.1.1.3.39.1",
        ),
        Fixed('<code nullFlavor="NA"/>'),
        status=ConcernStatus(group),
        mark="1.2.250.1.213.1.1.3.39",
        parts=(ConcernPeriod(group),),
        relations=(Relation(rows, "SUBJ", "false"),),
    )


def tumour(prefix: str, title: str) -> Section:
    """The section of the tumours of a volet, whose answers begin with ``prefix``."""
    group = f"{prefix}.tumeurs"
    sheets = SheetPerRow(group, _sheet(group), least=1)
    return Section(
        key=f"{prefix}.tumeur",
        templates=(
            "2.16.840.1.113883.10.20.1.11",
            "1.3.6.1.4.1.19376.1.5.3.1.3.6",
            "1.3.6.1.4.1.19376.1.7.3.1.3.14.1",
            "1.2.250.1.213.1.1.2.27",
        ),
        code=Code("72135-7", "Diagnostic du cancer"),
        title=title,
        blocks=(sheets,),
        entries=(Repeated(_concern(group, sheets)),),
    )
