"""Operations that bring questions in: those of the national catalogue, and those of the region. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forms_config.catalogue.loader import Catalogue, Element, load_catalogue, question_of
from forms_config.schema.calculations import BIRTH_DATE, FUNCTIONS, Calculation
from forms_config.schema.model import FormSchema, Question
from forms_config.workshop.arguments import line, text
from forms_config.workshop.places import WorkshopError, everything, fresh_key, place_of, put_in_group, put_in_section, question_at

Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of regional question: its French name, what it starts as, whether it may be a column."""

    label: str
    start: Mapping[str, Any] = field(default_factory=dict)
    column: bool = True


KINDS: Mapping[str, Kind] = {
    "string": Kind("Texte court", {"datatype": "string"}),
    "text": Kind("Texte long", {"datatype": "text"}),
    "integer": Kind("Nombre entier", {"datatype": "integer", "width": "third"}),
    "decimal": Kind("Nombre décimal", {"datatype": "decimal", "width": "third"}),
    "date": Kind("Date", {"datatype": "date", "width": "third"}),
    "boolean": Kind("Oui / non", {"datatype": "boolean"}),
    "choice": Kind("Un choix dans une liste", {"datatype": "coded"}),
    "choices": Kind("Plusieurs choix dans une liste", {"datatype": "coded", "multiple": True}),
    "file": Kind("Fichier joint", {"datatype": "file"}, column=False),
    "group": Kind("Tableau (lignes répétées)", {"datatype": "group", "multiple": True}, column=False),
    **{f"calculated:{name}": Kind(f"Calcul : {function.label}", {"datatype": function.datatype, "width": "third"}, column=False)
       for name, function in FUNCTIONS.items()},
}  # fmt: skip
"""The kinds an editor chooses from; the kind of a question never changes afterwards."""


def catalogue_of(schema: FormSchema) -> Catalogue:
    """The catalogue of the volet of a form; raises ``CatalogueError``."""
    return load_catalogue(schema.volet, schema.volet_version)


def element_of(schema: FormSchema, question: Question) -> Element | None:
    """The national element a question asks for, nothing for a regional question."""
    return next((e for e in catalogue_of(schema).elements() if e.key == question.element), None) if question.element else None


def add_element(schema: FormSchema, arguments: Arguments) -> tuple[FormSchema, str]:
    """Ask for a national element, in a section or in its group; raises :class:`WorkshopError` when it is there already."""
    key = text(arguments, "element")
    if any(question.element == key for question in everything(schema)):
        raise WorkshopError("Cette donnée est déjà dans le formulaire")
    for section in catalogue_of(schema).sections:
        for element in section.elements:
            if element.key == key:
                where = text(arguments, "section") or section.key
                return put_in_section(schema, question_of(element), where), f"question:{key}"
            for column in element.columns:
                if column.key == key:
                    return put_in_group(schema, question_of(column), element.key), f"question:{key}"
    raise WorkshopError("Cette donnée n'est pas dans le catalogue national")


def add_regional(schema: FormSchema, arguments: Arguments) -> tuple[FormSchema, str]:
    """A question of the region, at the end of a section, after another question (``after``) or in a table (``group``)."""
    kind = KINDS.get(text(arguments, "kind"))
    if kind is None:
        raise WorkshopError("Choisir d'abord le type de la question")
    group = text(arguments, "group")
    if group and not kind.column:
        raise WorkshopError(f"« {kind.label} » ne peut pas être une colonne")
    question = Question(
        key=fresh_key(),
        label=line(arguments, "label") or kind.label,
        columns=(Question(fresh_key(), "Première colonne", "string"),) if kind.start["datatype"] == "group" else (),
        calculation=_calculation(schema, text(arguments, "kind")),
        **kind.start,
    )
    if group:
        return put_in_group(schema, question, group), f"question:{question.key}"
    after = text(arguments, "after")
    if after:
        place = place_of(schema, after)
        return put_in_section(schema, question, place.section.key, place.index + 1), f"question:{question.key}"
    return put_in_section(schema, question, text(arguments, "section")), f"question:{question.key}"


def _calculation(schema: FormSchema, kind: str) -> Calculation | None:
    """A calculation on the first questions that suit; raises :class:`WorkshopError` when there are none."""
    function = FUNCTIONS.get(kind.partition(":")[2])
    if function is None:
        return None
    chosen: list[str] = []
    wanted = function.arguments if len(function.arguments) > 1 or not function.many else function.arguments * 2
    for name, datatypes in wanted:
        found = suitable(schema, datatypes)
        born_last = found if "naissance" in name else [*found[1:], *found[:1]]
        suited = (key for key, _label in born_last if key not in chosen)
        key = next(suited, None)
        if key is None:
            raise WorkshopError(f"« {function.label} » : le formulaire n'a pas les questions dont ce calcul a besoin")
        chosen.append(key)
    return Calculation(kind.partition(":")[2], tuple(chosen))


def suitable(schema: FormSchema, datatypes: tuple[str, ...], without: str = "") -> list[tuple[str, str]]:
    """Questions a calculation may look at, as (key, label): top-level, one answer, of one of the datatypes."""
    found = [(BIRTH_DATE, "Date de naissance du patient")] if "date" in datatypes else []
    tops = (q for q in schema.questions() if q.datatype in datatypes and not q.multiple and q.key != without)
    return found + [(q.key, q.label) for q in tops]


def official_label(schema: FormSchema, key: str) -> str:
    """The national label of a question, empty for a regional one."""
    element = element_of(schema, question_at(schema, key))
    return element.label if element else ""
