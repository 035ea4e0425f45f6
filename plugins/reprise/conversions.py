"""How a question of one document becomes a question of another: few named pure functions, named by the maps.

Each gets the line of the map, the answers of the source and what finds codes, and gives what is found: a value, or a whole row of
a group, with its place in the source and what is to be known of it. What the source leaves unanswered gives nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms_config.schema.conditions import is_filled
from forms_config.schema.dates import french
from plugins.reprise.maps import Line, Map

Answers = Mapping[str, Any]
Lookup = Callable[[str, str], Mapping[str, Any] | None]
"""Value set and code to a coded answer, or nothing when the code is not in the set."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a line found: a value or a row, where in the source, and a remark."""

    value: Any
    path: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """The map a line belongs to, and what finds codes."""

    whole: Map
    lookup: Lookup


Conversion = Callable[[Line, Answers, Context], Iterator[Found]]

TO_DATE = "Déjà réalisé, sans date connue : préciser la date confirmée"
UNDER_WAY = "En cours : préciser la fin prévue"
ALTERNATIVE = "Alternative (intention %(n)s) : la RCP la propose à défaut de la première intention"
OTHER_TYPE = "Type sans équivalent exact dans le PPS : « %(label)s » est gardé en clair"


def same(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """The value as it is; of a group, each row."""
    value = answers.get(line.source)
    if isinstance(value, list) and value and isinstance(value[0], Mapping) and "values" in value[0]:
        yield from rows(line, answers, context)
    elif is_filled(value):
        yield Found(value, line.source, line.remark)


def day(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """The day of a date and time."""
    value = answers.get(line.source)
    if isinstance(value, str):
        yield Found(value[:10], line.source, line.remark)


def either(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """Yes when one of several questions says yes, no when none does and one says no."""
    said = {key: answers[key] for key in line.sources if isinstance(answers.get(key), bool)}
    if said:
        yield Found(any(said.values()), next((key for key, yes in said.items() if yes), line.source), line.remark)


def structure(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """An organisation of which the name and the number are known."""
    name, number = _two(line, answers)
    if isinstance(name, str):
        known = {"id": {"root": line.root, "extension": number}} if isinstance(number, str) else {}
        yield Found({"name": name, **known}, line.source, line.remark)


def cell(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """A value that becomes a row of its own, in one column."""
    value = answers.get(line.source)
    if is_filled(value) and not (isinstance(value, Mapping) and "null" in value):
        yield Found({line.column: value}, line.source, line.remark)


def wishes(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """The wishes of the patient for his quality of life, with their date, as a sentence of a comment."""
    text, when = _two(line, answers)
    if isinstance(text, str):
        dated = f" ({french(when)})" if isinstance(when, str) else ""
        yield Found(f"Souhaits du patient{dated} : {text}", line.source, line.remark)


def _two(line: Line, answers: Answers) -> tuple[Any, Any]:
    """The answers to the first question of a line, and to the second if it names one."""
    return answers.get(line.source), answers.get(line.sources[1]) if len(line.sources) > 1 else None


def rows(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """Each row of a group as a row of another: columns renamed as the line says, else by their prefix."""
    for row in answers.get(line.source) or ():
        values = _renamed(line, row["values"], context)
        if values:
            yield Found(values, f"{line.source}/{row['id']}", line.remark)


def identifier(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """How the source itself is identified outside, as a row that refers to it."""
    found = answers.get(line.source)
    if isinstance(found, Mapping):
        values = {f"{line.target}.racine": found["root"], f"{line.target}.extension": found["extension"], **line.texts}
        yield Found({key: value for key, value in values.items() if value}, line.source, line.remark)


def when_true(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """A row for a question answered yes, with the answers beside it."""
    if answers.get(line.source) is True:
        yield Found(_renamed(line, answers, context), line.source, line.remark)


def past_acts(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """Treatments past or under way: their dates are confirmed; one that was not carried out is not taken over (cda.md §5.4)."""
    for row in answers.get(line.source) or ():
        values, status = row["values"], (row["values"].get(f"{line.source}.statut") or {}).get("code")
        act, remark = _act(line, values, context)
        if status == "cancelled" or not act:
            continue
        dates = {f"{line.target}.{end}": values.get(f"{line.source}.{end}") for end in ("debut", "fin")}
        dates = {key: value for key, value in dates.items() if is_filled(value)}
        told = TO_DATE if status == "completed" and not dates else ""
        if status == "active" and f"{line.target}.fin" not in dates:
            told = UNDER_WAY
        yield Found({**act, **dates}, f"{line.source}/{row['id']}", _said(remark, told))


def proposed_acts(line: Line, answers: Answers, context: Context) -> Iterator[Found]:
    """What the RCP proposes: its dates are forecast; an alternative is proposed too, and said to be one."""
    for row in answers.get(line.source) or ():
        values = row["values"]
        act, remark = _act(line, values, context)
        if not act:
            continue
        dates = {
            f"{line.target}.debut_prevu": values.get(f"{line.source}.debut"),
            f"{line.target}.fin_prevue": values.get(f"{line.source}.fin"),
        }
        dates = {key: value for key, value in dates.items() if is_filled(value)}
        intention = values.get(f"{line.source}.intention")
        told = ALTERNATIVE % {"n": intention} if isinstance(intention, int) and intention > 1 else ""
        yield Found({**act, **dates}, f"{line.source}/{row['id']}", _said(remark, told))


def _act(line: Line, values: Answers, context: Context) -> tuple[dict[str, Any], str]:
    """Type and words of an act by the table of the line; nothing when the table sends its type another way."""
    kind = values.get(f"{line.source}.type")
    if not isinstance(kind, Mapping) or "code" not in kind:
        return {}, ""
    table = context.whole.tables[line.table]
    code = table.target(kind["code"])
    coded = context.lookup(table.values, code) if code else None
    if coded is None:
        return {}, ""
    remark = line.remark
    if table.keeps_words(kind["code"]):
        label = kind.get("text") or kind.get("label") or kind["code"]
        coded, remark = {**coded, "text": label}, remark or OTHER_TYPE % {"label": label}
    elif kind.get("text"):
        coded = {**coded, "text": kind["text"]}
    words = "\n".join(t for key in ("precision", "commentaire") if (t := values.get(f"{line.source}.{key}")))
    return {f"{line.target}.type": coded, **({f"{line.target}.commentaire": words} if words else {})}, remark


def _renamed(line: Line, values: Answers, context: Context) -> dict[str, Any]:
    named = line.columns or {key: key.replace(f"{line.source}.", f"{line.target}.", 1) for key in values}
    kept = {new: values[old] for old, new in named.items() if is_filled(values.get(old))}
    for column, codes in line.fixed.items():
        for value_set, code in codes.items():
            coded = context.lookup(value_set, code)
            if coded is not None:
                kept[column] = coded
    return kept


def _said(*remarks: str) -> str:
    return " ; ".join(remark for remark in remarks if remark)


CONVERSIONS: Mapping[str, Conversion] = {
    f.__name__: f for f in (same, day, either, structure, cell, wishes, rows, identifier, when_true, past_acts, proposed_acts)
}

NEEDS = {"past_acts": "table", "proposed_acts": "table", "cell": "column", "structure": "root"}
"""What a line must say for its conversion, beside its questions."""
