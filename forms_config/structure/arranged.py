"""What only the editor gives a question: choices, calculation, default, retention, favourites (decision 0160)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dcc.contracts.snapshots import Finding
from forms_config.catalogue.loader import Catalogue, Element
from forms_config.schema.calculations import BIRTH_DATE, FUNCTIONS, Calculation
from forms_config.schema.model import FormSchema, Question
from forms_config.schema.values import NULL_LABELS
from forms_config.structure.finding import finding
from forms_config.structure.references import tests_of

SEVERAL = frozenset({"string", "text", "date", "datetime", "coded", "group"})
"""Types of which a regional question may take several values: the page has a control for them."""

_BOOLEANS = frozenset({"true", "false"})


def arrangement_problems(schema: FormSchema, catalogue: Catalogue) -> Iterator[Finding]:
    """Everything wrong with what the editor gave, in order of display."""
    elements = {element.key: element for element in catalogue.elements()}
    for top in schema.questions():
        yield from _arranged(top, schema.by_key, elements)
        for column in top.columns:
            yield from _arranged(column, {**schema.by_key, **{c.key: c for c in top.columns}}, elements, group=top)


def _arranged(
    question: Question, scope: Mapping[str, Question], elements: Mapping[str, Element], group: Question | None = None
) -> Iterator[Finding]:
    element = elements.get(question.element)
    if element is None and not question.element:
        yield from _regional(question)
    yield from _choices(question)
    yield from _calculated(question, scope, element)
    yield from _kept(question, element, group)
    yield from _favourites(question, element, group)
    yield from _tested(question, scope, element)


def _regional(question: Question) -> Iterator[Finding]:
    """A question of the region's own: what the catalogue does not settle."""
    if question.multiple and question.datatype not in SEVERAL:
        yield finding("form.multiple", question, "ce type de question n'admet qu'une réponse")
    if unknown := set(question.nulls) - NULL_LABELS.keys():
        yield finding("form.nulls", question, f"motif d'absence inconnu, {', '.join(sorted(unknown))}")
    if question.open and not question.values:
        yield finding("form.open", question, "une réponse hors liste demande un jeu de valeurs")
    if question.origin != "saisie":
        yield finding("form.origin", question, "une question régionale est remplie par une personne ou calculée")


def _choices(question: Question) -> Iterator[Finding]:
    if not question.choices:
        return
    if question.datatype != "coded":
        yield finding("form.choices", question, "seule une question codée a des choix")
        return
    if not question.values:
        yield from _labels(question)
    codes = {choice.code for choice in question.choices}
    for code in _codes(question.default):
        if code not in codes:
            yield finding("form.default", question, f"la valeur par défaut, « {code} », n'est pas parmi les choix")


def _labels(question: Question) -> Iterator[Finding]:
    """Choices of the region's own are known by their words alone."""
    for choice in question.choices:
        if not choice.label:
            yield finding("form.choice_label", question, f"le choix « {choice.code} » n'a pas de libellé")
    labels = [choice.label.casefold() for choice in question.choices if choice.label]
    if len(set(labels)) != len(labels):
        yield finding("form.choice_label", question, "deux choix portent le même libellé")


def _codes(default: Any) -> Iterator[str]:
    """Codes of a default, written alone or in full."""
    for item in default if isinstance(default, list) else (default,):
        code = item.get("code") if isinstance(item, Mapping) else item
        if isinstance(code, str):
            yield code


def _calculated(question: Question, scope: Mapping[str, Question], element: Element | None) -> Iterator[Finding]:
    calculation = question.calculation
    if calculation is None:
        return
    function = FUNCTIONS[calculation.function]
    if element is not None:
        yield finding("form.calculation", question, "une donnée nationale n'est pas calculée : elle est dite par une personne")
    if question.datatype != function.datatype or question.multiple:
        yield finding("form.calculation", question, f"« {function.label} » donne {_KINDS[function.datatype]}")
    if question.required != "never" or question.default is not None or question.nulls:
        yield finding(
            "form.calculation",
            question,
            "une valeur calculée n'a ni exigence, ni défaut, ni motif d'absence : les donner aux questions dont elle dépend",
        )
    for place, key in enumerate(calculation.arguments):
        yield from _argument(question, calculation, place, scope.get(key), key)


_KINDS = {"integer": "un nombre entier", "decimal": "un nombre décimal"}


def _argument(question: Question, calculation: Calculation, place: int, asked: Question | None, key: str) -> Iterator[Finding]:
    arguments = FUNCTIONS[calculation.function].arguments
    name, accepted = arguments[min(place, len(arguments) - 1)]
    if key == BIRTH_DATE:
        if "date" not in accepted:
            yield finding("form.argument", question, f"la date de naissance ne convient pas pour « {name} »")
    elif asked is None:
        yield finding("form.argument", question, f"le calcul regarde une question absente, {key}")
    elif asked.datatype not in accepted or asked.multiple:
        yield finding("form.argument", question, f"« {asked.label} » ne convient pas pour « {name} »")


def _kept(question: Question, element: Element | None, group: Question | None) -> Iterator[Finding]:
    if question.retention and (element is not None or question.element):
        yield finding("form.retention", question, "une donnée nationale est conservée avec le document")
    elif question.retention and group is not None:
        yield finding("form.retention", question, f"la durée de conservation se donne au tableau entier, « {group.label} »")


def _favourites(question: Question, element: Element | None, group: Question | None) -> Iterator[Finding]:
    if not question.favourites:
        return
    if question.datatype != "group" or group is not None:
        yield finding("form.favourites", question, "seul un tableau admet des favoris")
    elif element is not None and not element.favourites:
        yield finding("form.favourites", question, "le volet n'admet pas de favoris ici")


def _tested(question: Question, scope: Mapping[str, Question], element: Element | None) -> Iterator[Finding]:
    """Values that the editor's conditions name, and that the question they look at can never have.

    The conditions of the volet stay whatever the choices: what they would show is then simply never asked.
    """
    national = set(tests_of(element.condition, element.required_if)) if element else set()
    for test in tests_of(question.condition, question.required_if):
        asked = scope.get(test.question)
        if test in national or asked is None or test.value is None:
            continue
        for value in test.value if isinstance(test.value, tuple) else (test.value,):
            if not _possible(asked, value):
                yield finding("form.condition_value", question, f"« {asked.label} » ne vaut jamais « {value} »")


def _possible(asked: Question, value: Any) -> bool:
    if asked.datatype == "boolean":
        return isinstance(value, bool) or value in _BOOLEANS
    if asked.datatype == "coded" and asked.choices and not asked.open:
        return str(value) in {choice.code for choice in asked.choices}
    return True
