"""Calculated values: a short list of named functions over other answers. Pure; the server calculates, pages show.

A calculated question is not typed. Its value follows its arguments at each saving, and is nothing while one of them is missing,
not known to the day, or out of bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from forms_config.schema.dates import as_day

BIRTH_DATE = "patient.naissance"
"""An argument that is not a question: the patient's birth date, which the caller adds to the answers."""


@dataclass(frozen=True, slots=True)
class Calculation:
    """A function of :data:`FUNCTIONS` and the keys of the questions it looks at, in its order."""

    function: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A named function: its French name, the datatype of its value, and what each argument is.

    ``arguments`` are (French name, accepted datatypes); the last may be repeated when ``many``.
    """

    label: str
    datatype: str
    arguments: tuple[tuple[str, tuple[str, ...]], ...]
    calculate: Callable[[Sequence[Any]], Any]
    many: bool = False


def _days(values: Sequence[Any]) -> tuple[date, ...]:
    try:
        days = [as_day(value) for value in values if isinstance(value, str)]
    except ValueError:  # an argument that holds something else than a date
        return ()
    return tuple(day for day in days if day is not None)


def _age(values: Sequence[Any]) -> int | None:
    days = _days(values)
    if len(days) < 2:
        return None
    born, at = days
    years = at.year - born.year - ((at.month, at.day) < (born.month, born.day))
    return years if 0 <= years <= 150 else None


def _delay(values: Sequence[Any]) -> int | None:
    days = _days(values)
    return (days[1] - days[0]).days if len(days) == 2 else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return Decimal(value)
    except ArithmeticError:
        return None


def _body_mass_index(values: Sequence[Any]) -> str | None:
    weight, height = (_number(value) for value in values)
    if weight is None or height is None or not (Decimal(1) <= weight <= 700 and Decimal(20) <= height <= 300):
        return None
    return str((weight / (height / 100) ** 2).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _sum(values: Sequence[Any]) -> int | None:
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    return sum(numbers) if len(numbers) == len(values) else None


_DATES = ("date", "datetime")
_NUMBERS = ("integer", "decimal")
FUNCTIONS: Mapping[str, Function] = {
    "age": Function("Âge à une date (années)", "integer", (("date de naissance", _DATES), ("date", _DATES)), _age),
    "delai": Function("Délai entre deux dates (jours)", "integer", (("du", _DATES), ("au", _DATES)), _delay),
    "imc": Function(
        "Indice de masse corporelle (kg/m²)", "decimal", (("poids (kg)", _NUMBERS), ("taille (cm)", _NUMBERS)), _body_mass_index
    ),
    "somme": Function("Somme de scores", "integer", (("score", ("integer",)),), _sum, many=True),
}
"""The whole list: an editor chooses among these, and writes no formula."""


def calculate(calculation: Calculation, *scopes: Mapping[str, Any]) -> Any:
    """The value for answers looked up in ``scopes``, nearest first; nothing when it cannot be known."""
    values = [next((scope[key] for scope in scopes if key in scope), None) for key in calculation.arguments]
    if any(value is None or isinstance(value, Mapping) for value in values):
        return None
    return FUNCTIONS[calculation.function].calculate(values)


def calculation_from_json(data: Any) -> Calculation:
    """Parse; raises ``ValueError`` in French on anything else than a known function and the right number of arguments."""
    if not isinstance(data, Mapping) or set(data) != {"function", "arguments"}:
        raise ValueError("Calcul incorrect : une fonction et ses arguments sont attendus")
    function, arguments = FUNCTIONS.get(str(data["function"])), data["arguments"]
    if function is None:
        raise ValueError(f"Calcul inconnu : « {data['function']!s:.60} »")
    if not isinstance(arguments, list | tuple) or not all(isinstance(key, str) and key for key in arguments):
        raise ValueError("Calcul incorrect : ses arguments sont des questions")
    wanted = len(function.arguments)
    if len(arguments) < 2 if function.many else len(arguments) != wanted:
        raise ValueError(f"« {function.label} » attend {wanted if not function.many else 'au moins 2'} arguments")
    return Calculation(str(data["function"]), tuple(arguments))


def calculation_to_json(calculation: Calculation) -> dict[str, Any]:
    """Inverse of :func:`calculation_from_json`."""
    return {"function": calculation.function, "arguments": list(calculation.arguments)}
