"""Coded questions: short lists as buttons, lists to run through, type-ahead for the rest, boxes for several codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from dcc.web.formpage.controls import PATH, Choice, Control, Fill, fill_main, main_text, nulls_of
from dcc.web.formpage.pieces import escape
from forms_config import api as forms
from forms_config.rendering import Raw
from forms_config.schema.choices import REGIONAL_SYSTEM
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
    words = {choice.value: choice.label for choice in choices if choice.official}
    if question.multiple:
        return Control("boxes", partial(fill_boxes, words=words))
    if question.free or question.open or not 0 < len(choices) <= LISTED:
        return Control("combo", partial(fill_combo, words=words))
    choices = [*choices, *(Choice(f"null:{null.value}", null.label) for null in nulls_of(question))]
    if len(choices) <= BUTTONS and all(len(choice.label) <= LONGEST_BUTTON for choice in choices):
        return Control("radios", _fill_listed(choices, _radio, "checked"))
    return Control("select", _fill_listed(choices, _option, "selected"))


def choices_of(question: Question, value_sets: Mapping[str, str]) -> list[Choice]:
    """The choices of a coded question in the order of the form, with its words; nothing when the value set is not known."""
    listing = forms.listing_of(question, value_sets)
    try:
        concepts = [] if listing.is_empty else listing.concepts()
    except terminology.UnknownValueSet:
        return []
    return [_choice(concept, listing.shown(concept)) for concept in concepts]


def _choice(concept: terminology.Concept, shown: str) -> Choice:
    return Choice(f"{concept.code}|{concept.system}", shown, concept.label if shown != concept.label else "")


def _option(value: str, mark: str, label: str) -> str:
    return f'<option value="{value}"{mark}>{label}</option>'


def _radio(value: str, mark: str, label: str) -> str:
    return f'<label class="choice"><input type="radio" name="{PATH}" value="{value}"{mark}> {label}</label>'


def _fill_listed(choices: Sequence[Choice], show: Show, mark: str) -> Fill:
    """Mark the choice of the answer in a fixed list; an answer outside the list (retired code) is added before it.

    The words of a received document, where they are not those of the list, are shown beside it.
    """
    labels = {choice.value: choice.official or choice.label for choice in choices}
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


def fill_combo(raw: Raw, words: Mapping[str, str]) -> dict[str, str]:
    """The typed text, the hidden code behind it, and the words of the author where they differ from the label.

    ``words`` are those of the form, by code, where they are not the official label.
    """
    code, told, typed = main_text(raw), main_text(raw, "text"), main_text(raw, "search")
    values = fill_main(raw)
    if code:
        label, bare = main_text(raw, "label"), code.rpartition("|")[0]
        shown = words.get(code, label)
        typed = shown if typed == label else typed
        values["label"] = escape(label)
        values["code"] = "" if shown.startswith(bare) or code.endswith(_REGIONAL) else escape(bare)
        if told:
            values["words"] = escape(told)
            values["with_words"] = " with-words"
    values["search"] = escape(typed or ("" if code else told))
    return values


_REGIONAL = f"|{REGIONAL_SYSTEM}"
"""How the values of a region's own choices end: their codes mean nothing to who reads them."""


def _box(part: str, value: str, label: str) -> str:
    ticked = f'<input type="checkbox" name="{PATH}:{part}" value="{escape(value)}" checked>'
    return f'<li><label class="chip">{ticked} {escape(label)}</label></li>'


def fill_boxes(raw: Raw, words: Mapping[str, str]) -> dict[str, str]:
    """A ticked box per value, numbered in order, and the number of the next one, whose ``search`` field waits for a text.

    ``words`` are those of the form, by code, where they are not the official label.
    """
    values = fill_main({"null": raw["null"]}) if "null" in raw else {}
    values |= {"next": str(len(raw.get("", ())))}
    found = [_box(str(n), text, text.rpartition("|")[0]) for n, text in enumerate(raw.get("", ()))]
    for n in sorted({int(part.partition(".")[0]) for part in raw if part.partition(".")[0].isdecimal()}):
        code, told = main_text(raw, str(n)), main_text(raw, f"{n}.text")
        values["next"] = str(n + 1)
        if code:
            label = words.get(code) or main_text(raw, f"{n}.label") or code.rpartition("|")[0]
            found.append(_box(str(n), code, label))
        elif told:
            found.append(_box(f"{n}.text", told, told))
        else:
            values["search"] = escape(main_text(raw, f"{n}.search"))
    values["placed"] = "".join(found)
    return values
