"""A form against the catalogue of its volet: the editor arranges elements, never the standard.

What the standard says of an element (type, number of values, value set, null flavours, when it exists) is kept as it is; what is
mandatory is placed, shown whenever the standard wants it, and required before validation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dcc.contracts.snapshots import Finding
from forms_config.catalogue.loader import Catalogue, Element
from forms_config.schema.conditions import AllOf, Condition
from forms_config.schema.model import FormSchema, Question
from forms_config.structure.finding import SOURCE, finding

_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\Z")
_SAME: Mapping[str, str] = {
    "datatype": "le type de donnée",
    "values": "le jeu de valeurs",
    "same_as": "la valeur tenue pour égale",
    "origin": "l'origine",
    "required_if": "la condition qui rend la réponse obligatoire",
    "omits": "les parties que le volet ne porte pas",
}


def standard_problems(schema: FormSchema, catalogue: Catalogue) -> list[Finding]:
    """What is wrong with keys, sections, and what the volet fixes."""
    elements = {element.key: element for section in catalogue.sections for element in section.elements}
    return [*_keys(schema), *_sections(schema, catalogue), *_conformity(schema, elements), *_mandatory(schema, elements)]


def _keys(schema: FormSchema) -> Iterator[Finding]:
    questions = [q for top in schema.questions() for q in (top, *top.columns)]
    counted = Counter(q.key for q in questions)
    for question in questions:
        if not _KEY.match(question.key):
            yield finding("form.key", question, f"clé incorrecte, {question.key}")
        elif counted[question.key] > 1:
            yield finding("form.twice", question, "la question est placée plusieurs fois")
    for key, count in Counter(s.key for s in schema.sections).items():
        if count > 1:
            yield finding("form.section_twice", None, f"Deux rubriques portent la clé « {key} »", key)


def _sections(schema: FormSchema, catalogue: Catalogue) -> Iterator[Finding]:
    known = {section.key for section in catalogue.sections}
    for section in schema.sections:
        if section.element and section.element not in known:
            yield finding(
                "form.section", None, f"« {section.title} » : rubrique nationale inconnue, {section.element}", section.key
            )


def _conformity(schema: FormSchema, elements: Mapping[str, Element]) -> Iterator[Finding]:
    for question in schema.questions():
        yield from _conform(question, elements)
        columns = {c.key: c for c in elements[question.element].columns} if question.element in elements else {}
        for column in question.columns:
            yield from _conform(column, columns)
        if (question.datatype == "group") != bool(question.columns):
            yield finding("form.group", question, "un groupe a des colonnes, et lui seul")


def _conform(question: Question, elements: Mapping[str, Element]) -> Iterator[Finding]:
    element = elements.get(question.element)
    if element is None:
        if question.element:
            yield finding("form.element", question, f"donnée nationale inconnue ici, {question.element}")
        elif question.key in elements:
            yield finding("form.element", question, "cette clé est celle d'une donnée nationale")
        elif question.datatype == "coded" and not (question.values or question.choices or question.free):
            yield finding("form.no_values", question, "une question codée a un jeu de valeurs ou des choix")
        return
    if question.key != element.key:
        yield finding("form.element", question, f"la question doit garder la clé nationale {element.key}")
    yield from _standard(question, element)


def _standard(question: Question, element: Element) -> Iterator[Finding]:
    """What the standard fixes and the editor may not change."""
    for name, words in _SAME.items():
        if getattr(question, name) != getattr(element, name):
            yield finding("form.standard", question, f"{words} est fixé par le volet")
    if question.multiple != element.many:
        yield finding("form.standard", question, "le nombre de valeurs est fixé par le volet")
    if not set(question.nulls) <= set(element.nulls) or question.free > element.free or question.open > element.open:
        yield finding("form.standard", question, "le volet n'admet pas ces réponses")
    if not _keeps(element, question.condition):
        yield finding("form.condition", question, _CONDITION[element.minimum > 0])


_CONDITION = {
    True: "une donnée obligatoire est demandée exactement quand le volet la demande",
    False: "la condition du volet doit rester, seule ou avec une autre (toutes vraies)",
}


def _keeps(element: Element, condition: Condition | None) -> bool:
    if condition == element.condition:
        return True
    if element.minimum:
        return False
    return element.condition is None or (isinstance(condition, AllOf) and element.condition in condition.conditions)


def _mandatory(schema: FormSchema, elements: Mapping[str, Element]) -> Iterator[Finding]:
    yield from _placed(tuple(schema.questions()), elements.values())
    for question in schema.questions():
        if question.element in elements and elements[question.element].columns:
            yield from _placed(question.columns, elements[question.element].columns, question)


def _placed(questions: Sequence[Question], elements: Any, group: Question | None = None) -> Iterator[Finding]:
    there = {q.element: q for q in questions if q.element}
    for element in elements:
        question = there.get(element.key)
        wanted = element.minimum > 0 or (element.conformance in ("K", "M") and not element.same_as)
        if question is None:
            if wanted:
                where = f" dans « {group.label} »" if group else ""
                yield Finding(
                    "form.absent", "error", f"« {element.label} » : donnée obligatoire absente{where}", element.key, source=SOURCE
                )
        elif element.minimum and question.required == "never":
            yield finding("form.required", question, "une donnée obligatoire est exigée au plus tard à la validation")
