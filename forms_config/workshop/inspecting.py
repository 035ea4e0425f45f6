"""What the workshop shows of the one thing that is selected: a question with its settings, or a section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from forms_config.catalogue.loader import Element
from forms_config.listing import Listing, listing_of
from forms_config.rendering.sayings import condition_words
from forms_config.schema.calculations import FUNCTIONS, Calculation
from forms_config.schema.conditions import Condition, questions_of
from forms_config.schema.model import FormSchema, Question
from forms_config.terminology import api as terminology
from forms_config.workshop.logic import WITHOUT_VALUE, Own, candidates, national_condition, operators_of, own_condition
from forms_config.workshop.places import everything, place_of
from forms_config.workshop.questions import suitable
from forms_config.workshop.showing import REQUIRED_WORDS, Shown, is_mandatory, kind_words
from forms_config.workshop.wording import ATTRIBUTES, may_have_default

SHORT = 60
"""A list of at most so many values is shown whole; a longer one is searched."""
OPERATOR_WORDS = {
    "equals": "est",
    "not_equals": "n'est pas",
    "in": "est parmi",
    "not_in": "n'est pas parmi",
    "filled": "est renseignée",
    "empty": "n'est pas renseignée",
    "greater": "est plus grande que",
    "less": "est plus petite que",
}
CONFORMANCE_WORDS = {
    "K": "obligatoire dans le volet, contrôlée par les schématrons officiels",
    "M": "obligatoire dans le volet",
    "O": "facultative dans le volet",
}
WIDTHS = (("full", "toute la largeur"), ("half", "la moitié"), ("third", "le tiers"))


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a list: code, words to show, and the code with them as it is picked."""

    code: str
    label: str

    @property
    def picked(self) -> str:
        return f"{self.code} · {self.label}"


@dataclass(frozen=True, slots=True)
class Builder:
    """The menus that build one more test, for the question ``asked`` (nothing before one is chosen)."""

    candidates: Sequence[Question]
    asked: Question | None
    operators: Sequence[tuple[str, str]]
    values: Sequence[Value]
    search: str

    @property
    def without_value(self) -> tuple[str, ...]:
        return WITHOUT_VALUE


def inspect_question(shown: Shown, question: Question, asked: str) -> dict[str, Any]:
    """What the inspector shows of a question; ``asked`` is the key chosen in the menu of conditions."""
    schema, element = shown.schema, shown.elements.get(question.element)
    own, national = own_condition(schema, question), national_condition(schema, question)
    place = place_of(schema, question.key)
    return {
        "question": question,
        "element": element,
        "kind": kind_words(question),
        "place": place,
        "sections": schema.sections,
        "conformance": _conformance(element),
        "has": {name for name, attribute in ATTRIBUTES.items() if attribute.fits(question)},
        "widths": WIDTHS,
        "required_words": _required(question, element),
        "own": own,
        "mode": own.mode,
        "tests": [condition_words(test, schema) for test in own.tests],
        "condition": condition_words(question.condition, schema) if question.condition else "",
        "national_condition": condition_words(national, schema) if national else "",
        "fixed_condition": element is not None and element.minimum > 0,
        "builder": _builder(schema, question, asked, own),
        "default": _default(question),
        "remarks": [f.message for f in shown.findings if f.question_key == question.key],
        **(_choices(schema, question) if question.datatype == "coded" else {}),
        **(_calculation(schema, question, question.calculation) if question.calculation else {}),
        "favourites_allowed": element is not None and element.favourites,
        "users": _users(schema, question),
    }


def _conformance(element: Element | None) -> str:
    if element is None:
        return "question régionale : écrite dans le texte de sa rubrique, sans code national"
    return CONFORMANCE_WORDS["M" if is_mandatory(element) and element.conformance == "O" else element.conformance]


def _required(question: Question, element: Element | None) -> list[tuple[str, str]]:
    never = element is None or not element.minimum
    return [
        (value, words) for value, words in REQUIRED_WORDS.items() if never or value != "never" or question.required == "never"
    ]


def _builder(schema: FormSchema, question: Question, asked_key: str, own: Own) -> Builder:
    found = candidates(schema, question)
    asked = next((q for q in found if q.key == asked_key), None)
    if asked is None:
        return Builder(found, None, (), (), "")
    listing = listing_of(asked, {}) if asked.datatype == "coded" else None
    short = values_of(listing)
    operators = [(name, OPERATOR_WORDS[name]) for name in operators_of(asked)]
    return Builder(found, asked, operators, short, asked.values if listing is not None and not short else "")


def values_of(listing: Listing | None) -> list[Value]:
    """The values of a short list, in its order; nothing for a long one."""
    if listing is None or not (listing.values or listing.choices):
        return []
    try:
        concepts = listing.concepts()
    except terminology.UnknownValueSet:
        return []
    return [Value(c.code, listing.shown(c)) for c in concepts] if len(concepts) <= SHORT else []


def _default(question: Question) -> dict[str, Any]:
    default = question.default
    if isinstance(default, dict):
        default = default.get("code", "")
    if not may_have_default(question) or default is None:
        return {"value": ""}
    if question.datatype == "boolean":
        return {"value": "true" if default else "false"}
    return {"value": str(default)}


def _choices(schema: FormSchema, question: Question) -> dict[str, Any]:
    """The list behind a coded question: what is kept, what else there is."""
    known = bool(question.values) and terminology.exists(question.values)
    whole = Listing(question.values) if known else None
    kept = {choice.code for choice in question.choices}
    short = values_of(whole)
    return {
        "list_name": question.values,
        "list_size": len(terminology.concepts(question.values)) if known else 0,
        "choices": [(choice, _official(question, choice.code)) for choice in question.choices],
        "others": [value for value in short if value.code not in kept],
        "offered": values_of(listing_of(question, {})),
        "search": question.values if known and not short else "",
        "lists": [] if question.element else sorted(terminology.titles().items(), key=lambda entry: entry[1].casefold()),
    }


def _official(question: Question, code: str) -> str:
    if not question.values or not terminology.exists(question.values):
        return ""
    concept = terminology.lookup(question.values, code)
    return concept.label if concept else "code inconnu de la liste"


def _calculation(schema: FormSchema, question: Question, calculation: Calculation) -> dict[str, Any]:
    function, chosen = FUNCTIONS[calculation.function], calculation.arguments
    names = [function.arguments[min(n, len(function.arguments) - 1)] for n in range(len(chosen))]
    rows = [(name, suitable(schema, types, question.key), key) for (name, types), key in zip(names, chosen, strict=True)]
    more = suitable(schema, function.arguments[-1][1], question.key) if function.many else []
    return {"function": function, "arguments": rows, "more": more}


def _users(schema: FormSchema, question: Question) -> list[Question]:
    """Questions whose condition looks at this one: what a removal would break."""
    keys = {question.key, *(column.key for column in question.columns)}

    def looks(condition: Condition | None) -> bool:
        return bool(questions_of(condition) & keys)

    return [q for q in everything(schema) if q.key not in keys and (looks(q.condition) or looks(q.required_if))]
