"""Deterministic test documents of any schema: minimal, typical, maximal.

They are what the proof of a form or of a volet is made of (issue « Spine », publication gate): the same schema and the same value
sets always give the same answers. ``minimal`` holds what is required and nothing else, ``typical`` most of what is shown,
``maximal`` everything that can be shown at once, in rows of three, with long texts and awkward characters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from forms_config.schema.answers import exportable, is_visible, missing
from forms_config.schema.calculated import has_calculations, with_calculations
from forms_config.schema.calculations import BIRTH_DATE
from forms_config.schema.choices import REGIONAL_SYSTEM
from forms_config.schema.conditions import AllOf, AnyOf, Test
from forms_config.schema.model import FormSchema, Question

Kind = Literal["minimal", "typical", "maximal"]
Options = Callable[[str], Sequence[Mapping[str, str]]]
"""Coded values of a value set, by its name; empty when there is none."""

ROWS: Mapping[Kind, int] = {"minimal": 1, "typical": 2, "maximal": 3}
PROFESSIONS = "JDV_J01_XdsAuthorSpecialty_CISIS"
SECTORS = "JDV_J04_XdsPracticeSettingCode_CISIS"
BORN = "1979-03-28"
"""Birth date of the official test identity DOMINIQUE PAT-TROIS, who the test documents speak of."""

_ROUNDS = 20
_AWKWARD = "« l'œil » d'une \"patiente\" <45 ans & plus> – T°, ½, €, α/β ; suite\n\ttabulée,  deux espaces\n\nfin."
_NAMES = (("MARTIN", "Alice"), ("BERNARD-DUPÉ", "Bob"), ("N'GUYEN", "Chloé-Anne"), ("D'ARC", "Zoé"))


def sample_answers(schema: FormSchema, kind: Kind, options: Options, birth_date: str = BORN) -> dict[str, Any]:
    """Exportable answers of one kind, of a patient born on ``birth_date``, what the form calculates included.

    A required question whose value set is empty stays unanswered.
    """
    maker = _Maker(kind, options, _wanted(schema), _blocking(schema))
    facts = {BIRTH_DATE: birth_date}
    answers: dict[str, Any] = {}
    if kind != "minimal":
        _fill(maker, schema.questions(), answers, ())
    for _ in range(_ROUNDS):
        if has_calculations(schema):
            answers = with_calculations(schema, answers, facts)
            if kind != "minimal":
                _fill(maker, schema.questions(), answers, ())
        gaps = list(missing(schema, answers, "validate"))
        mended = [gap for gap in gaps if _mend(maker, gap.question, gap.row_id, gap.group_key, answers)]
        if not mended:
            break
    return exportable(schema, with_calculations(schema, answers, facts))


def _fill(
    maker: _Maker, questions: Sequence[Question] | Iterator[Question], values: dict[str, Any], outer: tuple[Any, ...]
) -> None:
    """Answer what is shown, round after round: an answer may show further questions."""
    asked = list(questions)
    for _ in range(_ROUNDS):
        shown = [q for q in asked if q.key not in values and is_visible(q, values, *outer) and maker.asks(q)]
        for question in shown:
            value = maker.rows(question, (values, *outer)) if question.is_rows else maker.value(question)
            if value is not None:
                values[question.key] = value
        if not any(q.key in values for q in shown):
            return


def _mend(maker: _Maker, question: Question, row_id: str, group_key: str, answers: dict[str, Any]) -> bool:
    value: Any = [{"id": f"{question.key}-1", "values": {}}] if question.is_rows else maker.value(question)
    if value is None:
        return False
    scope = answers
    if group_key:
        scope = next(row["values"] for row in answers[group_key] if row["id"] == row_id)
    scope[question.key] = value
    return True


@dataclass
class _Maker:
    """Makes values; ``turn`` is the number of the row being made, so that rows differ."""

    kind: Kind
    options: Options
    wanted: Mapping[str, Sequence[str]]
    blocking: frozenset[str]
    turn: int = 0
    made: int = 0

    def asks(self, question: Question) -> bool:
        """Whether to answer: a typical document leaves some optional questions out, and none is filled by reprise.

        What is calculated is not answered.
        """
        if question.calculation is not None:
            return False
        if question.required != "never" or self.kind == "maximal":
            return question.key not in self.blocking or self.turn % 2 == 1
        return question.origin == "saisie" and sum(question.key.encode()) % 4 != 0 and question.key not in self.blocking

    def rows(self, group: Question, scopes: tuple[Any, ...]) -> list[dict[str, Any]]:
        """Rows of a group, each with other choices."""
        made = []
        for turn in range(ROWS[self.kind]):
            self.turn = turn
            values: dict[str, Any] = {}
            _fill(self, group.columns, values, scopes)
            if values:
                made.append({"id": f"{group.key}-{turn + 1}", "values": values})
        self.turn = 0
        return made

    def value(self, question: Question) -> Any:
        """A value, a list of them for a list question; nothing when there is none to choose."""
        self.made += 1
        if question.nulls and self.kind == "maximal" and self.turn == 2:
            return {"null": question.nulls[0]}
        if not question.multiple:
            return self._one(question, self.turn + (1 if question.same_as else 0))  # an equal value would not be kept
        values = [value for n in range(ROWS[self.kind]) if (value := self._one(question, n)) is not None]
        return values or None

    def _one(self, question: Question, turn: int) -> Any:
        makers: Mapping[str, Callable[[Question, int], Any]] = {
            "string": lambda q, n: f"{q.label} {n + 1}"[:200],
            "text": self._text,
            "boolean": self._boolean,
            "integer": lambda q, n: n + 1,
            "decimal": lambda q, n: f"{n + 1}.5",
            "file": lambda q, n: None,
            "date": lambda q, n: ("2025-03-28", "2024-02", "1978")[n % 3],
            "datetime": lambda q, n: ("2025-03-28T15:45:00+01:00", "2025-06-30T09:05+02:00", "2024-02-29")[n % 3],
            "coded": self._coded,
            "professional": lambda q, n: self._professional(n),
            "organisation": lambda q, n: self._organisation(n),
        }
        return makers[question.datatype](question, turn)

    def _text(self, question: Question, turn: int) -> str:
        if self.kind != "maximal":
            return f"{question.label} : texte d'essai {turn + 1}."
        return f"{question.label} ({self.made}) : {_AWKWARD}\n" + "Ligne d'un compte rendu assez long pour peser. " * 6 + "Fin."

    def _boolean(self, question: Question, turn: int) -> bool:
        if self.kind == "minimal":
            return False
        return "true" in self.wanted.get(question.key, ("true",)) if self.kind == "maximal" else self.made % 2 == 0

    def _coded(self, question: Question, turn: int) -> Any:
        choices = self._offered(question)
        wanted = self.wanted.get(question.key, ())
        if self.kind == "maximal" and wanted:
            choices = sorted(choices, key=lambda value: wanted.index(value["code"]) if value["code"] in wanted else len(wanted))
        if self.kind == "maximal" and question.free and turn == 1:
            return {"text": f"{question.label} : hors liste"}
        if not choices:
            return {"text": question.label} if question.free else None
        value = dict(choices[turn % len(choices)])
        if self.kind == "maximal" and turn == 2 and "text" not in question.omits:
            value["text"] = f"{value['label']} (mots du médecin)"
        return value

    def _offered(self, question: Question) -> list[Mapping[str, str]]:
        """The values that the form keeps, in its order; the region's own choices where there is no value set."""
        if not question.values:
            return [{"code": c.code, "system": REGIONAL_SYSTEM, "label": c.label or c.code} for c in question.choices]
        offered = list(self.options(question.values))
        if not question.choices:
            return offered
        known = {value["code"]: value for value in offered}
        return [known[choice.code] for choice in question.choices if choice.code in known]

    def _professional(self, turn: int) -> dict[str, Any]:
        family, given = _NAMES[(self.made + turn) % len(_NAMES)]
        value: dict[str, Any] = {"family": family, "given": given, "prefix": ("MME", "M")[turn % 2], "suffix": "DR"}
        value["id"] = {"root": "1.2.250.1.71.4.2.1", "extension": f"8{10_000_000_000 + self.made:011d}"}
        professions = self.options(PROFESSIONS)
        if professions:
            value["profession"] = dict(professions[(self.made + turn) % len(professions)])
        if self.kind != "minimal":
            value["address"], value["telecoms"] = _address(turn), _telecoms()
        value["organisation"] = self._organisation(turn)
        if self.kind == "maximal" and turn == 1:
            value["comment"] = "Joint par téléphone pendant la séance"
        return value

    def _organisation(self, turn: int) -> dict[str, Any]:
        value: dict[str, Any] = {"name": f"Centre hospitalier d'Essai n° {turn + 1}"}
        value["id"] = {"root": "1.2.250.1.71.4.2.2", "extension": f"1{490_000_000 + turn}"}
        value["address"] = _address(turn)
        if self.kind != "minimal":
            value["telecoms"] = _telecoms()
        sectors = self.options(SECTORS)
        if sectors:
            value["sector"] = dict(sectors[turn % len(sectors)])
        return value


def _address(turn: int) -> dict[str, Any]:
    if turn == 1:
        return {"use": "WP", "lines": ["Bâtiment B", "4 rue de l'Essai", "49100 ANGERS"]}
    return {"house_number": "4", "street": "rue de l'Essai", "postal_code": "49100", "city": "ANGERS", "country": "FRANCE"}


def _telecoms() -> list[dict[str, str]]:
    return [{"value": "tel:0241000000", "use": "WP"}, {"value": "mailto:essai@hopital.mssante.fr"}]


def _tests(schema: FormSchema) -> Iterator[Test]:
    questions = [q for top in schema.questions() for q in (top, *top.columns)]
    pending = [c for q in questions for c in (q.condition, q.required_if) if c is not None]
    while pending:
        condition = pending.pop()
        if isinstance(condition, AnyOf | AllOf):
            pending.extend(condition.conditions)
        else:
            yield condition


def _wanted(schema: FormSchema) -> dict[str, list[str]]:
    """For each question that conditions look at, the values that show something, those that show most first."""
    votes: dict[str, Counter[str]] = {}
    for test in _tests(schema):
        if test.operator in ("equals", "in"):
            values = test.value if isinstance(test.value, tuple) else (test.value,)
            votes.setdefault(test.question, Counter()).update(str(value) for value in values)
    return {
        key: [value for value, _ in sorted(count.items(), key=lambda item: (-item[1], item[0]))] for key, count in votes.items()
    }


def _blocking(schema: FormSchema) -> frozenset[str]:
    """Questions whose answer hides another one: left out of every other row."""
    return frozenset(test.question for test in _tests(schema) if test.operator == "empty")
