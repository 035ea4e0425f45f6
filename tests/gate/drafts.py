"""Generated drafts: the standard form arranged in every way an editor may, and spoilt in many that he may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from dcc.exchange.proof.tests.forms import CATALOGUE, Draft, draft_of, mandatory, question_in, whole_draft
from forms_config.terminology import api as terminology

OPTIONAL = sorted({q["key"] for s in whole_draft()["sections"] for q in s["questions"]} - mandatory())
LONGEST_LIST = 60
"""A longer list is left whole: nobody ticks a subset of ten thousand codes."""

WORDS = st.sampled_from(["Fumeur ?", "Paquets-années", "« Précision » d'usage", "Œdème & co. <5 cm>", "Avis n° 2 — suite"])


def _regional(datatype: str) -> dict[str, Any]:
    return {"choices": [{"code": "a", "label": "Choix A"}, {"code": "b", "label": "Choix B"}]} if datatype == "coded" else {}


@st.composite
def arranged(draw: st.DrawFn) -> Draft:
    """A form that the gate must let through: optional elements dropped, order, subsets, regional questions, conditions."""
    dropped = draw(st.lists(st.sampled_from(OPTIONAL), unique=True, max_size=len(OPTIONAL)))
    draft = draft_of(_closed(mandatory() | (set(OPTIONAL) - set(dropped))))
    draft["sections"] = draw(st.permutations(draft["sections"]))
    for section in draft["sections"]:
        section["title"] = draw(st.sampled_from([section["title"], f"{section['title']} (région)"]))
        section["questions"] = draw(st.permutations(section["questions"]))
    for question in draw(st.lists(st.sampled_from(_subsettable(draft)), max_size=2)) if _subsettable(draft) else ():
        _subset(draw, question)
    kinds = draw(st.lists(st.sampled_from(["string", "text", "integer", "decimal", "date", "boolean", "coded"]), max_size=3))
    for number, datatype in enumerate(kinds):
        question = {"key": f"regional.q{number}", "label": draw(WORDS), "datatype": datatype, **_regional(datatype)}
        if number and draw(st.booleans()):
            question["condition"] = {"question": "regional.q0", "operator": "filled"}
        draw(st.sampled_from(draft["sections"]))["questions"].append(question)
    return draft


def _closed(keys: set[str] | frozenset[str]) -> frozenset[str]:
    """The keys, and those of the questions that their conditions look at."""
    questions = {q["key"]: q for s in whole_draft()["sections"] for q in s["questions"]}
    kept = set(keys)
    while True:
        seen = {key for name in kept for part in (questions[name],) for key in _looked_at(part)} & set(questions)
        if seen <= kept:
            return frozenset(kept)
        kept |= seen


def _looked_at(data: Any) -> set[str]:
    """Questions that the conditions and equalities inside a question name."""
    if isinstance(data, dict):
        own = {data["question"]} if isinstance(data.get("question"), str) else set()
        own |= {data["same_as"]} if isinstance(data.get("same_as"), str) else set()
        return own.union(*(_looked_at(part) for part in data.values()), set())
    return set().union(*(_looked_at(part) for part in data)) if isinstance(data, list) else set()


def _is_short(question: dict[str, Any]) -> bool:
    return bool(question.get("values")) and 1 < len(terminology.concepts(question["values"])) <= LONGEST_LIST


def _subsettable(draft: Draft) -> list[dict[str, Any]]:
    """Coded questions with a list that can be shown whole, and that no condition looks at."""
    named = _looked_at(draft)
    return [
        q
        for s in draft["sections"]
        for q in s["questions"]
        if q.get("values")
        and q["key"] not in named
        and "default" not in q
        and 1 < len(terminology.concepts(q["values"])) <= LONGEST_LIST
    ]


def _subset(draw: st.DrawFn, question: dict[str, Any]) -> None:
    codes = [concept.code for concept in terminology.concepts(question["values"])]
    kept = draw(st.lists(st.sampled_from(sorted(set(codes))), unique=True, min_size=1, max_size=8))
    question["choices"] = [{"code": code, **({"label": "Mot de la région"} if draw(st.booleans()) else {})} for code in kept]


TYPES = ["string", "text", "boolean", "integer", "date", "coded", "professional"]
AWKWARD_LABELS = ["\x00", "A\x0bB", "\ud800", "漢字", "x" * 5_000, "]]>", "&#0;", "\u202eenvers"]
DEFAULTS = ["X", -1, "2025-13-45", True, {"code": "X", "system": "1.2", "label": "x"}]

Spoiler = Callable[[st.DrawFn, Draft], None]


def _any(draw: st.DrawFn, draft: Draft) -> dict[str, Any]:
    question: dict[str, Any] = draw(st.sampled_from([q for s in draft["sections"] for q in s["questions"]]))
    if question.get("columns") and draw(st.booleans()):
        column: dict[str, Any] = draw(st.sampled_from(question["columns"]))
        return column
    return question


def _remove(draw: st.DrawFn, draft: Draft) -> None:
    section = draw(st.sampled_from([s for s in draft["sections"] if s["questions"]]))
    section["questions"].remove(draw(st.sampled_from(section["questions"])))


def _retype(draw: st.DrawFn, draft: Draft) -> None:
    _any(draw, draft)["datatype"] = draw(
        st.sampled_from(["string", "text", "boolean", "integer", "date", "coded", "professional"])
    )


def _relist(draw: st.DrawFn, draft: Draft) -> None:
    _any(draw, draft)["values"] = draw(st.sampled_from(["", "inconnue", "jdv-tumeur-cisis", "JDV_J11_RelationPatient_CISIS"]))


def _subset_of_nothing(draw: st.DrawFn, draft: Draft) -> None:
    _any(draw, draft)["choices"] = [{"code": draw(st.sampled_from(["X", "C50.9", "", "1"])), "label": "Au choix"}]


def _condition(draw: st.DrawFn, draft: Draft) -> None:
    other = _any(draw, draft)["key"]
    operator = draw(st.sampled_from(["filled", "empty"]))
    _any(draw, draft)["condition"] = {"question": other, "operator": operator}


def _uncondition(draw: st.DrawFn, draft: Draft) -> None:
    _any(draw, draft).pop("condition", None)


def _unrequire(draw: st.DrawFn, draft: Draft) -> None:
    _any(draw, draft)["required"] = draw(st.sampled_from(["never", "complete", "validate"]))


def _relabel(draw: st.DrawFn, draft: Draft) -> None:
    _any(draw, draft)["label"] = draw(
        st.sampled_from(["\x00", "A\x0bB", "\ud800", "漢字", "x" * 5_000, "]]>", "&#0;", "\u202eenvers"])
    )


def _retitle(draw: st.DrawFn, draft: Draft) -> None:
    draw(st.sampled_from(draft["sections"]))["title"] = draw(st.sampled_from(["\x01", "\ufffe", "T" * 3_000, "<b>"]))


def _rehome(draw: st.DrawFn, draft: Draft) -> None:
    keys = [section.key for section in CATALOGUE.sections]
    draw(st.sampled_from(draft["sections"]))["element"] = draw(st.sampled_from([*keys, "", "frcp.inconnue"]))


def _many(draw: st.DrawFn, draft: Draft) -> None:
    question = _any(draw, draft)
    question["multiple"] = not question.get("multiple", False)


def _free(draw: st.DrawFn, draft: Draft) -> None:
    name = draw(st.sampled_from(["free", "open"]))
    question = _any(draw, draft)
    question[name] = not question.get(name, False)


def _unelement(draw: st.DrawFn, draft: Draft) -> None:
    _any(draw, draft).pop("element", None)


def _default(draw: st.DrawFn, draft: Draft) -> None:
    _any(draw, draft)["default"] = draw(
        st.sampled_from(["X", -1, "2025-13-45", True, {"code": "X", "system": "1.2", "label": "x"}])
    )


def _regional_noise(draw: st.DrawFn, draft: Draft) -> None:
    datatype = draw(st.sampled_from(["string", "file", "group", "coded", "professional", "organisation", "datetime"]))
    question = {"key": "regional.bruit", "label": draw(WORDS), "datatype": datatype, "required": "validate"}
    draw(st.sampled_from(draft["sections"]))["questions"].append(question)


def _synthesis(draw: st.DrawFn, draft: Draft) -> None:
    question_in(draft, "frcp.synthese.question")["width"] = draw(st.sampled_from(["half", "third"]))


SPOILERS: tuple[Spoiler, ...] = (
    _remove, _retype, _relist, _subset_of_nothing, _condition, _uncondition, _unrequire, _relabel, _retitle, _rehome, _many,
    _free, _unelement, _default, _regional_noise, _synthesis,
)  # fmt: skip


@st.composite
def hostile(draw: st.DrawFn) -> Draft:
    """A short form after one to three edits, most of which no form may have."""
    draft = draft_of(mandatory())
    for spoil in draw(st.lists(st.sampled_from(SPOILERS), min_size=1, max_size=3)):
        if any(section["questions"] for section in draft["sections"]):
            try:
                spoil(draw, draft)
            except StopIteration:
                continue  # the question was removed by a former edit
    return draft
