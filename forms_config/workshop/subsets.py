"""Operations on what a coded question offers: some of a list in an order of its own, or choices of the region. Pure.

Codes are not looked up here: the gate says which are not of the list, as it does for every draft, wherever it comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from forms_config.schema.choices import Choice
from forms_config.schema.model import FormSchema, Question
from forms_config.workshop.arguments import code_in, line, number, text, texts
from forms_config.workshop.places import WorkshopError, fresh_key, question_at, with_question

Arguments = Mapping[str, Any]
Choices = tuple[Choice, ...]
MOST = 500


def _coded(schema: FormSchema, arguments: Arguments) -> Question:
    question = question_at(schema, text(arguments, "question"))
    if question.datatype != "coded":
        raise WorkshopError("Seule une question à choix a une liste")
    return question


def _with(schema: FormSchema, question: Question, choices: Sequence[Choice]) -> FormSchema:
    if len(choices) > MOST:
        raise WorkshopError(f"Plus de {MOST} choix : garder plutôt la liste entière")
    return with_question(schema, replace(question, choices=tuple(choices)))


def _on_choice(change: Callable[[Choices, int, Arguments], Sequence[Choice]]) -> Callable[[FormSchema, Arguments], FormSchema]:
    """An operation on the choice of code ``code``."""

    def operation(schema: FormSchema, arguments: Arguments) -> FormSchema:
        question, code = _coded(schema, arguments), text(arguments, "code")
        index = next((n for n, choice in enumerate(question.choices) if choice.code == code), None)
        if index is None:
            raise WorkshopError("Ce choix n'est plus dans la liste")
        return _with(schema, question, change(question.choices, index, arguments))

    return operation


def add_choices(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Keep codes of the list (``codes``, picked or pasted one a line), or add choices of the region (``labels``)."""
    question = _coded(schema, arguments)
    there = {choice.code for choice in question.choices}
    if question.values:
        codes = dict.fromkeys(code_in(part) for part in texts(arguments, "codes"))
        added = [Choice(code) for code in codes if code and code not in there]
    else:
        labels = {choice.label for choice in question.choices}
        given = dict.fromkeys(label for label in texts(arguments, "labels") if label not in labels)
        added = [Choice(fresh_key().removeprefix("regional."), label) for label in given]
    if not added:
        raise WorkshopError("Ce choix est déjà dans la liste, ou rien n'a été choisi")
    return _with(schema, question, (*question.choices, *added))


def whole_list(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Offer the whole list again."""
    question = _coded(schema, arguments)
    if not question.values:
        raise WorkshopError("Cette question n'a pas d'autre liste que ses choix")
    return _with(schema, question, ())


def take_list(schema: FormSchema, arguments: Arguments) -> FormSchema:
    """Let a regional question use a value set (``values``), or choices of its own (empty)."""
    question = _coded(schema, arguments)
    if question.element:
        raise WorkshopError("La liste d'une donnée nationale est fixée par le volet")
    return with_question(schema, replace(question, values=text(arguments, "values"), choices=(), default=None))


def _moved(choices: Choices, index: int, arguments: Arguments) -> Sequence[Choice]:
    others = [*choices[:index], *choices[index + 1 :]]
    others.insert(max(0, index + number(arguments, "by")), choices[index])
    return others


def _worded(choices: Choices, index: int, arguments: Arguments) -> Sequence[Choice]:
    label = line(arguments, "value", 200)
    return [replace(choice, label=label) if n == index else choice for n, choice in enumerate(choices)]


move_choice = _on_choice(_moved)
word_choice = _on_choice(_worded)
remove_choice = _on_choice(lambda choices, index, _arguments: [*choices[:index], *choices[index + 1 :]])
