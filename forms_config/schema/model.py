"""What a published form is made of. A schema is immutable; its canonical JSON and hash identify it (:mod:`.canonical`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

from forms_config.schema.calculations import Calculation, calculation_from_json, calculation_to_json
from forms_config.schema.choices import Choice, choices_from_json, choices_to_json
from forms_config.schema.conditions import Condition, condition_from_json, condition_to_json

Datatype = Literal[
    "string",
    "text",
    "boolean",
    "integer",
    "decimal",
    "date",
    "datetime",
    "coded",
    "professional",
    "organisation",
    "file",
    "group",
]
DATATYPES: tuple[str, ...] = get_args(Datatype)

Required = Literal["never", "complete", "validate"]
"""When a question must be answered: never, to declare the document « complété », or to validate it (completing included)."""

Origin = Literal["saisie", "reprise"]
Width = Literal["full", "half", "third"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a form.

    ``key`` is the catalogue element's key, or a regional key outside the catalogue (``element`` is then empty).

    ``multiple`` makes a list of values of a simple type; a ``group`` has ``columns`` and, when ``multiple``, rows.
    ``values`` names a value set; ``free`` admits a text instead of a code, ``open`` a code outside the set.
    ``choices`` keeps some values of the set, in this order, or is the whole list of a regional choice without value set.
    ``calculation`` makes the value follow other answers. ``favourites`` admits favourites here, ``sources`` names the reprise
    sources admitted (none named: all), ``retention`` the months after which a regional answer is purged (0: with the document).
    ``required_if`` narrows ``required``: the question is shown all the same, and must be answered when it holds.
    ``omits`` are parts of a value (``telecoms``, ``organisation.telecoms``, ``text``) that the volet has no place for.
    """

    key: str
    label: str
    datatype: Datatype
    element: str = ""
    help: str = ""
    required: Required = "never"
    required_if: Condition | None = None
    multiple: bool = False
    values: str = ""
    free: bool = False
    open: bool = False
    nulls: tuple[str, ...] = ()
    condition: Condition | None = None
    default: Any = None
    same_as: str = ""
    origin: Origin = "saisie"
    width: Width = "full"
    unit: str = ""
    placeholder: str = ""
    choices: tuple[Choice, ...] = ()
    calculation: Calculation | None = None
    favourites: bool = False
    sources: tuple[str, ...] = ()
    retention: int = 0
    omits: tuple[str, ...] = ()
    columns: tuple[Question, ...] = ()

    @property
    def is_rows(self) -> bool:
        """Whether answers are a list of rows with stable ids."""
        return self.datatype == "group"

    def column(self, key: str) -> Question | None:
        """The column of a group under ``key``."""
        return next((c for c in self.columns if c.key == key), None)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the form. ``element`` is the catalogue section it belongs to, which decides where it is exported.

    ``block`` names the version of a shared block that the section shows (``key@number``); its content is then that of the block.
    """

    key: str
    title: str
    questions: tuple[Question, ...]
    element: str = ""
    help: str = ""
    block: str = ""


@dataclass(frozen=True)
class FormSchema:
    """A whole form: sections in their order of display, the volet it conforms to, the value-set versions it was published with.

    ``value_sets`` maps a value-set name to the version used (``""`` while unpublished).
    """

    key: str
    title: str
    document_type: str
    volet: str
    volet_version: str
    sections: tuple[Section, ...]
    value_sets: Mapping[str, str] = field(default_factory=dict)

    def questions(self) -> Iterator[Question]:
        """Top-level questions, in order of display."""
        for section in self.sections:
            yield from section.questions

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        """Top-level questions by key."""
        return {q.key: q for q in self.questions()}

    @cached_property
    def section_of(self) -> Mapping[str, Section]:
        """Section of each top-level question, by question key."""
        return {q.key: s for s in self.sections for q in s.questions}

    def find(self, key: str) -> Question | None:
        """A question by key, columns of groups included."""
        found = self.by_key.get(key)
        if found is not None:
            return found
        return next((c for q in self.questions() for c in q.columns if c.key == key), None)


_DEFAULTS = Question(key="", label="", datatype="string")
_PARTS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "nulls": (list, tuple),
    "omits": (list, tuple),
    "sources": (list, tuple),
    "choices": (choices_to_json, choices_from_json),
    "calculation": (calculation_to_json, calculation_from_json),
    "condition": (condition_to_json, condition_from_json),
    "required_if": (condition_to_json, condition_from_json),
}
"""Attributes that are not plain JSON: how they are written, how they are read."""
_PLAIN = (
    "element",
    "help",
    "required",
    "multiple",
    "values",
    "free",
    "open",
    "default",
    "same_as",
    "origin",
    "width",
    "unit",
    "placeholder",
    "favourites",
    "retention",
)


def question_to_json(question: Question) -> dict[str, Any]:
    """A question as JSON; what equals the default is left out, so that a new attribute does not change old hashes."""
    data: dict[str, Any] = {"key": question.key, "label": question.label, "datatype": question.datatype}
    for name in _PLAIN:
        value = getattr(question, name)
        if value != getattr(_DEFAULTS, name):
            data[name] = value
    for name, (write, _read) in _PARTS.items():
        if value := getattr(question, name):
            data[name] = write(value)
    if question.columns:
        data["columns"] = [question_to_json(c) for c in question.columns]
    return data


_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "datatype": DATATYPES,
    "required": get_args(Required),
    "origin": get_args(Origin),
    "width": get_args(Width),
}
_QUESTION_KEYS = {"key", "label", "datatype", "columns", *_PARTS, *_PLAIN}
_SECTION_KEYS = {"key", "title", "element", "help", "block", "questions"}
_FLAGS = ("multiple", "free", "open", "favourites")
_WORDS = ("element", "help", "values", "same_as", "unit", "placeholder", "block")


def question_from_json(data: Mapping[str, Any], *, column: bool = False) -> Question:
    """Inverse of :func:`question_to_json`; raises ``KeyError`` or ``ValueError`` (in French) on another shape."""
    _refuse_unknown(data, _QUESTION_KEYS)
    where = f"question « {data['key']} »"
    _check_words(data, where)
    for name, allowed in _ALLOWED.items():
        if name in data and data[name] not in allowed:
            raise ValueError(f"{where} : {name} inconnu, « {data[name]} »")
    if any(not isinstance(data.get(name, False), bool) for name in _FLAGS):
        raise ValueError(f"{where} : {', '.join(_FLAGS)} valent oui ou non")
    if not isinstance(retention := data.get("retention", 0), int) or retention < 0:
        raise ValueError(f"{where} : la durée de conservation est un nombre de mois")
    if data.get("columns") and (data["datatype"] != "group" or column):
        raise ValueError(f"{where} : seul un groupe a des colonnes, et elles n'en ont pas")
    parts: dict[str, Any] = {name: read(data[name]) for name, (_write, read) in _PARTS.items() if data.get(name)}
    return Question(
        key=_text(data, "key"),
        label=_text(data, "label"),
        datatype=data["datatype"],
        columns=tuple(question_from_json(c, column=True) for c in data.get("columns", ())),
        **{name: data[name] for name in _PLAIN if name in data},
        **parts,
    )


def _refuse_unknown(data: Mapping[str, Any], known: set[str]) -> None:
    if not isinstance(data, Mapping):
        raise ValueError("Un objet est attendu dans le formulaire")
    if unknown := {str(key) for key in data} - known:
        raise ValueError(f"Attribut inconnu dans le formulaire : {', '.join(sorted(unknown))}")


def _check_words(data: Mapping[str, Any], where: str) -> None:
    if wrong := [name for name in _WORDS if not isinstance(data.get(name, ""), str)]:
        raise ValueError(f"{where} : {', '.join(wrong)} : un texte est attendu")


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data[name]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} : un texte est attendu")
    return value


def schema_to_json(schema: FormSchema) -> dict[str, Any]:
    """The whole schema as JSON, the source of its canonical form."""
    return {
        "key": schema.key,
        "title": schema.title,
        "document_type": schema.document_type,
        "volet": schema.volet,
        "volet_version": schema.volet_version,
        "value_sets": dict(schema.value_sets),
        "sections": [section_to_json(s) for s in schema.sections],
    }


def section_to_json(section: Section) -> dict[str, Any]:
    """A section as JSON, what is empty left out."""
    plain = {name: value for name in ("element", "help", "block") if (value := getattr(section, name))}
    questions = [question_to_json(q) for q in section.questions]
    return {"key": section.key, "title": section.title, **plain, "questions": questions}


def schema_from_json(data: Mapping[str, Any]) -> FormSchema:
    """Inverse of :func:`schema_to_json`; raises ``KeyError`` or ``ValueError`` (in French) on another shape."""
    return FormSchema(
        key=_text(data, "key"),
        title=_text(data, "title"),
        document_type=_text(data, "document_type"),
        volet=_text(data, "volet"),
        volet_version=_text(data, "volet_version"),
        value_sets=dict(data.get("value_sets", {})),
        sections=tuple(section_from_json(section) for section in data["sections"]),
    )


def section_from_json(data: Mapping[str, Any]) -> Section:
    """Inverse of :func:`section_to_json`; raises as :func:`schema_from_json`."""
    _refuse_unknown(data, _SECTION_KEYS)
    _check_words(data, f"rubrique « {data['key']} »")
    return Section(
        key=_text(data, "key"),
        title=_text(data, "title"),
        element=data.get("element", ""),
        help=data.get("help", ""),
        block=data.get("block", ""),
        questions=tuple(question_from_json(q) for q in data["questions"]),
    )
