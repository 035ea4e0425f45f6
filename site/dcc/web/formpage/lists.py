"""Coded questions: short lists as buttons, lists to run through, type-ahead for the rest, boxes for several codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dcc.web.formpage.controls import PATH, Choice, Control, Fill, fill_main, main_text, nulls_of
from dcc.web.formpage.pieces import escape
from forms_config.rendering import Raw
from forms_config.schema.model import Question
from forms_config.terminology import api as terminology

BUTTONS = 4
LISTED = 40
"""Up to how many codes a list is shown as radio buttons, then as a list to run through; beyond, one types."""

LONGEST_BUTTON = 48
"""Longest label of a radio button: beyond, a list reads better."""

Show = Callable[[str, str, str], str]
"""A choice as HTML, from its escaped value, a mark and its escaped label."""


def coded_control(question: Question, value_sets: Mapping[str, str]) -> Control:
    """The control of a coded question, in the versions of value sets that the form pins."""
    choices = choices_of(question, value_sets)
    if question.multiple:
        return Control("boxes", fill_boxes)
    if question.free or question.open or not 0 < len(choices) <= LISTED:
        return Control("combo", fill_combo)
    choices = [*choices, *(Choice(f"null:{null.value}", null.label) for null in nulls_of(question))]
    if len(choices) <= BUTTONS and all(len(choice.label) <= LONGEST_BUTTON for choice in choices):
        return Control("radios", _fill_listed(choices, _radio, "checked"))
    return Control("select", _fill_listed(choices, _option, "selected"))


def choices_of(question: Question, value_sets: Mapping[str, str]) -> list[Choice]:
    """The choices of a coded question, in official order; nothing when the value set is not known."""
    try:
        concepts = terminology.concepts(question.values, version=value_sets.get(question.values) or None)
    except terminology.UnknownValueSet:
        return []
    return [Choice(f"{c.code}|{c.system}", c.label) for c in concepts]


def _option(value: str, mark: str, label: str) -> str:
    return f'<option value="{value}"{mark}>{label}</option>'


def _radio(value: str, mark: str, label: str) -> str:
    return f'<label class="choice"><input type="radio" name="{PATH}" value="{value}"{mark}> {label}</label>'


def _fill_listed(choices: Sequence[Choice], show: Show, mark: str) -> Fill:
    """Mark the choice of the answer in a fixed list; an answer outside the list (retired code) is added before it.

    The words of a received document, where they are not those of the list, are shown beside it.
    """
    labels = {choice.value: choice.label for choice in choices}
    fixed = "".join(show(escape(c.value), "", escape(c.label)) for c in choices)

    def fill(raw: Raw) -> dict[str, str]:
        null = main_text(raw, "null")
        chosen = f"null:{null}" if null else main_text(raw)
        if not chosen:
            return {"placed": fixed, "none": f" {mark}"}
        value = f'value="{escape(chosen)}"'
        marked = fixed.replace(value, f"{value} {mark}", 1)
        if marked == fixed:
            label = main_text(raw, "label") or chosen.rpartition("|")[0] or chosen
            marked = show(escape(chosen), f" {mark}", escape(label)) + fixed
        told = main_text(raw, "label")
        words = main_text(raw, "text") or (told if told.casefold() != labels.get(chosen, told).casefold() else "")
        return {"placed": marked, **({"words": escape(words), "with_words": " with-words"} if words else {})}

    return fill


def fill_combo(raw: Raw) -> dict[str, str]:
    """The typed text, the hidden code behind it, and the words of the author where they differ from the label."""
    code, words = main_text(raw), main_text(raw, "text")
    values = fill_main(raw)
    values["search"] = escape(main_text(raw, "search") or ("" if code else words))
    if code:
        label, bare = main_text(raw, "label"), code.rpartition("|")[0]
        values["label"] = escape(label)
        values["code"] = "" if label.startswith(bare) else escape(bare)
        if words:
            values["words"] = escape(words)
            values["with_words"] = " with-words"
    return values


def _box(part: str, value: str, label: str) -> str:
    ticked = f'<input type="checkbox" name="{PATH}:{part}" value="{escape(value)}" checked>'
    return f'<li><label class="chip">{ticked} {escape(label)}</label></li>'


def fill_boxes(raw: Raw) -> dict[str, str]:
    """A ticked box per value, numbered in order, and the number of the next one, whose ``search`` field waits for a text."""
    values = fill_main({"null": raw["null"]}) if "null" in raw else {}
    values |= {"next": str(len(raw.get("", ())))}
    found = [_box(str(n), text, text.rpartition("|")[0]) for n, text in enumerate(raw.get("", ()))]
    for n in sorted({int(part.partition(".")[0]) for part in raw if part.partition(".")[0].isdecimal()}):
        code, words = main_text(raw, str(n)), main_text(raw, f"{n}.text")
        values["next"] = str(n + 1)
        if code:
            found.append(_box(str(n), code, main_text(raw, f"{n}.label") or code.rpartition("|")[0]))
        elif words:
            found.append(_box(f"{n}.text", words, words))
        else:
            values["search"] = escape(main_text(raw, f"{n}.search"))
    values["placed"] = "".join(found)
    return values
