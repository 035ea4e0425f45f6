"""How each question is asked: which template, and how a value goes into its slots.

============  ===================================================================================================
control       questions
============  ===================================================================================================
line, area    ``string``; ``text``
yes_no        ``boolean``: yes, no, nothing
number, date  ``integer``, ``decimal``; ``date``, ``datetime``, wholly known or not
several       several texts or dates: one field each, and an empty one
radios        a short closed list
select        a closed list that the eye can run through
combo         a long list, an open one, or one that admits a text: type-ahead
boxes         several of a list
file          ``file``: a joined file, and a field to choose one
calculated    what follows other answers: shown, never typed
person        ``professional``, ``organisation``: type-ahead on those known, and sub-fields
============  ===================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from dcc.web.formpage.pieces import escape
from forms_config.rendering import Raw
from forms_config.schema.model import Question
from forms_config.schema.values import NULL_LABELS

PATH = "{path}"
"""Stands for the question's path in what a filler returns under ``placed``."""

Fill = Callable[[Raw], dict[str, str]]
"""What goes into the slots, escaped, from the texts of the fields."""


@dataclass(frozen=True, slots=True)
class Control:
    """A way of asking: ``web/form/<name>.html``, what it is given once, and what the fields' texts put into its slots."""

    name: str
    fill: Fill
    context: Mapping[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> str:
        """The template's name."""
        return f"web/form/{self.name}.html"


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of a list: the field's value, its label on the page, and the official one where the page has another."""

    value: str
    label: str
    official: str = ""


def main_text(raw: Raw, part: str = "") -> str:
    """The first text of a part, empty when there is none."""
    texts = raw.get(part)
    return texts[0] if texts else ""


def fill_main(raw: Raw) -> dict[str, str]:
    """The main field's text, and the null flavour when there is one."""
    texts, null = raw.get(""), raw.get("null")
    values = {"main": escape(texts[0])} if texts else {}
    if null and null[0]:
        values[f"null.{null[0].lower()}"] = " checked"
    return values


def fill_yes_no(raw: Raw) -> dict[str, str]:
    """Which of the three buttons is pressed."""
    pressed = main_text(raw)
    values = fill_main({"null": raw["null"]}) if "null" in raw else {}
    values["yes" if pressed == "true" else "no" if pressed == "false" else "none"] = " checked"
    return values


def _fill_file(raw: Raw) -> dict[str, str]:
    """The joined file's id and name."""
    joined = main_text(raw)
    return {"main": escape(joined), "name": escape(main_text(raw, "name"))} if joined else {"empty": " hidden"}


def calculated_control(question: Question, words: str) -> Control:
    """A value that follows other answers, with how (``words``)."""

    def fill(raw: Raw) -> dict[str, str]:
        shown = main_text(raw)
        return {"main": escape(shown)} if shown else {"main": "", "blank": escape(_("Pas encore calculable"))}

    return Control("calculated", fill, {"words": words})


def nulls_of(question: Question) -> list[Choice]:
    """The null flavours that a user may choose; ``value`` names their slot too."""
    return [Choice(null, NULL_LABELS[null]) for null in question.nulls]


_SIMPLE: Mapping[str, tuple[str, Fill]] = {
    "string": ("line", fill_main),
    "text": ("area", fill_main),
    "boolean": ("yes_no", fill_yes_no),
    "integer": ("number", fill_main),
    "decimal": ("number", fill_main),
    "date": ("date", fill_main),
    "datetime": ("date", fill_main),
    "file": ("file", _fill_file),
}


def simple_control(question: Question) -> Control:
    """The control of a question that is neither coded nor a person."""
    if question.multiple:
        template = _AREA if question.datatype == "text" else _LINE
        return Control("several", _fill_several(template), {"area": question.datatype == "text"})
    name, fill = _SIMPLE[question.datatype]
    return Control(name, fill)


_NAMED = f'aria-labelledby="l-{PATH}" name="{PATH}"'
_AREA = (f'<textarea rows="2" {_NAMED}>\n', "</textarea>")
_LINE = (f'<input {_NAMED} autocomplete="off" value="', '">')


def _fill_several(around: tuple[str, str]) -> Fill:
    before, after = around

    def fill(raw: Raw) -> dict[str, str]:
        return {"placed": "".join(f"{before}{escape(text)}{after}" for text in raw.get("", ()) if text)}

    return fill
