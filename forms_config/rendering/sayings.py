"""Conditions and calculations in French, for clinicians and editors: « si Nature de la discussion : Organe »."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from forms_config.listing import listing_of
from forms_config.schema.calculations import BIRTH_DATE, FUNCTIONS, Calculation
from forms_config.schema.conditions import AnyOf, Condition, Test
from forms_config.schema.model import FormSchema, Question
from forms_config.terminology import api as terminology

_BOOLEANS = {"true": "oui", "false": "non"}


def condition_words(condition: Condition, schema: FormSchema) -> str:
    """The condition as a phrase, without capital nor full stop."""
    if isinstance(condition, Test):
        return _test_words(condition, schema)
    parts = [condition_words(c, schema) for c in condition.conditions]
    if isinstance(condition, AnyOf):
        return _(" ou ").join(parts)
    return _(" et ").join(f"({p})" if isinstance(c, AnyOf) else p for c, p in zip(condition.conditions, parts, strict=True))


def calculation_words(calculation: Calculation, schema: FormSchema) -> str:
    """How a value is calculated: « Délai entre deux dates (jours) : du « Diagnostic » au « Traitement » »."""
    function = FUNCTIONS[calculation.function]
    parts = []
    for place, key in enumerate(calculation.arguments):
        name, _types = function.arguments[min(place, len(function.arguments) - 1)]
        question = schema.find(key)
        patient = _("date de naissance du patient")
        parts.append(patient if key == BIRTH_DATE else f"{name} «\u00a0{question.label if question else key}\u00a0»")
    return f"{function.label}\u00a0: {', '.join(parts)}"


def _test_words(test: Test, schema: FormSchema) -> str:
    question = schema.find(test.question)
    label = question.label if question else test.question
    wanted = test.value if isinstance(test.value, tuple) else (test.value,)
    shown = _(" ou ").join(_value_words(value, question, schema.value_sets) for value in wanted)
    return _PHRASES[test.operator](label, shown)


def _value_words(value: Any, question: Question | None, pins: Mapping[str, str]) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if question is None or question.datatype == "boolean":
        return _BOOLEANS.get(text, text)
    if question.datatype != "coded":
        return text
    listing = listing_of(question, pins)
    try:
        concept = listing.lookup(text)
    except terminology.UnknownValueSet:
        return text
    return listing.shown(concept) if concept else text


_PHRASES: Mapping[str, Callable[[str, str], str]] = {
    "equals": lambda label, value: _("%(label)s\u00a0: %(value)s") % {"label": label, "value": value},
    "in": lambda label, value: _("%(label)s\u00a0: %(value)s") % {"label": label, "value": value},
    "not_equals": lambda label, value: _("%(label)s\u00a0: autre que %(value)s") % {"label": label, "value": value},
    "not_in": lambda label, value: _("%(label)s\u00a0: autre que %(value)s") % {"label": label, "value": value},
    "filled": lambda label, _value: _("%(label)s\u00a0: renseigné") % {"label": label},
    "empty": lambda label, _value: _("%(label)s\u00a0: non renseigné") % {"label": label},
    "coded": lambda label, _value: _("%(label)s\u00a0: choisi dans la liste") % {"label": label},
    "greater": lambda label, value: _("%(label)s\u00a0: plus de %(value)s") % {"label": label, "value": value},
    "less": lambda label, value: _("%(label)s\u00a0: moins de %(value)s") % {"label": label, "value": value},
}
