"""What changed in one question that stayed in its form: one reader per attribute, each giving kinds and French words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields

from forms_config.schema.calculations import FUNCTIONS, Calculation
from forms_config.schema.conditions import Condition, condition_to_json
from forms_config.schema.model import FormSchema, Question
from forms_config.schema.values import NULL_LABELS, display_answer


def _plain_condition(condition: Condition, schema: FormSchema) -> str:
    return str(condition_to_json(condition))


@dataclass(frozen=True, slots=True)
class Names:
    """How codes and conditions are said: the caller knows the lists.

    ``code`` is the label of a code of a list in a version, ``condition`` a condition as a phrase, ``list_change`` what changed
    from one version of a list to another (may be empty).
    """

    code: Callable[[str, str, str], str] = lambda name, code, version: code
    condition: Callable[[Condition, FormSchema], str] = _plain_condition
    list_change: Callable[[str, str, str], str] = lambda name, before, after: ""


@dataclass(frozen=True, slots=True)
class Said:
    """A kind of change and the words for it."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """A question in both forms; ``name`` is how the lines call it."""

    old: Question
    new: Question
    name: str
    before: FormSchema
    after: FormSchema
    names: Names

    def said(self, kind: str, words: str) -> Said:
        return Said(f"question.{kind}", f"{self.name} : {words}")


def attribute_lines(
    old: Question, new: Question, name: str, before: FormSchema, after: FormSchema, names: Names
) -> Iterator[Said]:
    """Everything that differs but the place and the columns, in the order of the table of readers."""
    pair = _Pair(old, new, name, before, after, names)
    for attribute in (f.name for f in fields(Question) if f.name not in ("key", "columns")):
        if getattr(old, attribute) != getattr(new, attribute):
            yield from _READERS.get(attribute, _other(attribute))(pair)


def _other(attribute: str) -> Callable[[_Pair], Iterator[Said]]:
    def read(pair: _Pair) -> Iterator[Said]:
        old, new = getattr(pair.old, attribute), getattr(pair.new, attribute)
        yield pair.said("other", f"{attribute}, « {old} » devient « {new} »")

    return read


def _text(kind: str, words: str) -> Callable[[_Pair], Iterator[Said]]:
    """A short text whose both values are shown."""

    def read(pair: _Pair) -> Iterator[Said]:
        old, new = getattr(pair.old, kind), getattr(pair.new, kind)
        yield pair.said(kind, f"{words}, « {old or '-'} » devient « {new or '-'} »")

    return read


def _label(pair: _Pair) -> Iterator[Said]:
    kind = "label" if pair.new.element else "label_regional"
    yield Said(f"question.{kind}", f"« {pair.old.label} » : devient {pair.name}")


def _help(pair: _Pair) -> Iterator[Said]:
    done = "ajoutée" if not pair.old.help else "retirée" if not pair.new.help else "modifiée"
    yield pair.said("help", f"aide {done}")


_STAGES = {"never": "jamais obligatoire", "complete": "obligatoire pour compléter", "validate": "obligatoire pour valider"}
_STRICTNESS = ("never", "validate", "complete")


def _required(pair: _Pair) -> Iterator[Said]:
    stricter = _STRICTNESS.index(pair.new.required) > _STRICTNESS.index(pair.old.required)
    words = f"{_STAGES[pair.old.required]} devient {_STAGES[pair.new.required]}"
    yield pair.said("required_stricter" if stricter else "required_relaxed", words)


def _condition(attribute: str, words: str, always: str) -> Callable[[_Pair], Iterator[Said]]:
    def phrase(condition: Condition | None, schema: FormSchema, names: Names) -> str:
        return f"si {names.condition(condition, schema)}" if condition is not None else always

    def read(pair: _Pair) -> Iterator[Said]:
        old = phrase(getattr(pair.old, attribute), pair.before, pair.names)
        new = phrase(getattr(pair.new, attribute), pair.after, pair.names)
        yield pair.said(attribute, f"{words} « {old} » devient « {new} »")

    return read


DATATYPE_LABELS: Mapping[str, str] = {
    "string": "texte court",
    "text": "texte long",
    "boolean": "oui / non",
    "integer": "nombre entier",
    "decimal": "nombre",
    "date": "date",
    "datetime": "date et heure",
    "coded": "choix dans une liste",
    "professional": "professionnel",
    "organisation": "structure",
    "file": "fichier",
    "group": "groupe",
}


def _datatype(pair: _Pair) -> Iterator[Said]:
    old, new = (DATATYPE_LABELS[q.datatype] for q in (pair.old, pair.new))
    yield pair.said("datatype", f"type de réponse, « {old} » devient « {new} »")


def _multiple(pair: _Pair) -> Iterator[Said]:
    yield pair.said("multiple", "plusieurs réponses sont admises" if pair.new.multiple else "une seule réponse est admise")


def _open_to(attribute: str, words: str) -> Callable[[_Pair], Iterator[Said]]:
    def read(pair: _Pair) -> Iterator[Said]:
        wider = getattr(pair.new, attribute)
        yield pair.said(
            "answers_widened" if wider else "answers_narrowed", f"{words} {'est admis' if wider else 'n’est plus admis'}"
        )

    return read


def _nulls(pair: _Pair) -> Iterator[Said]:
    for kind, kept, other, done in (
        ("nulls_removed", pair.old.nulls, pair.new.nulls, "retirée"),
        ("nulls_added", pair.new.nulls, pair.old.nulls, "ajoutée"),
    ):
        for null in (null for null in kept if null not in other):
            yield pair.said(kind, f"réponse « {NULL_LABELS.get(null, null)} » {done}")
    if set(pair.old.nulls) == set(pair.new.nulls):
        yield pair.said("choices_order", "absences motivées dans un autre ordre")


def _default(pair: _Pair) -> Iterator[Said]:
    old, new = (_shown(q) for q in (pair.old, pair.new))
    yield pair.said("default", f"valeur par défaut, « {old} » devient « {new} »")


def _shown(question: Question) -> str:
    if question.default is None:
        return "-"
    try:
        return display_answer(question, question.default) or "-"
    except (ValueError, TypeError, AttributeError):  # a draft may hold a default that does not fit: it is shown as it is
        return str(question.default)


def _same_as(pair: _Pair) -> Iterator[Said]:
    old, new = (_label_of(q.same_as, form) for q, form in ((pair.old, pair.before), (pair.new, pair.after)))
    yield pair.said("same_as", f"à défaut de réponse, « {old} » devient « {new} »")


def _label_of(key: str, form: FormSchema) -> str:
    found = form.find(key)
    return found.label if found else key or "-"


_ORIGINS = {"saisie": "saisie", "reprise": "reprise d'une autre source"}
_WIDTHS = {"full": "toute la ligne", "half": "une demi-ligne", "third": "un tiers de ligne"}


def _worded(kind: str, words: str, values: Mapping[str, str]) -> Callable[[_Pair], Iterator[Said]]:
    def read(pair: _Pair) -> Iterator[Said]:
        old, new = (values.get(getattr(q, kind), str(getattr(q, kind))) for q in (pair.old, pair.new))
        yield pair.said(kind, f"{words}, « {old} » devient « {new} »")

    return read


def _calculation(pair: _Pair) -> Iterator[Said]:
    old, new = (_formula(q.calculation, form) for q, form in ((pair.old, pair.before), (pair.new, pair.after)))
    yield pair.said("calculation", f"calcul, « {old} » devient « {new} »")


def _formula(calculation: Calculation | None, form: FormSchema) -> str:
    if calculation is None:
        return "saisie"
    return f"{FUNCTIONS[calculation.function].label} : {', '.join(_label_of(key, form) for key in calculation.arguments)}"


def _favourites(pair: _Pair) -> Iterator[Said]:
    yield pair.said("favourites", "les favoris sont proposés" if pair.new.favourites else "les favoris ne sont plus proposés")


def _names(kind: str, words: str, none: str) -> Callable[[_Pair], Iterator[Said]]:
    def read(pair: _Pair) -> Iterator[Said]:
        old, new = (", ".join(getattr(q, kind)) or none for q in (pair.old, pair.new))
        yield pair.said(kind, f"{words}, « {old} » devient « {new} »")

    return read


def _retention(pair: _Pair) -> Iterator[Said]:
    old, new = (f"{q.retention} mois" if q.retention else "avec le document" for q in (pair.old, pair.new))
    yield pair.said("retention", f"conservation, « {old} » devient « {new} »")


def _choices(pair: _Pair) -> Iterator[Said]:
    """A subset that is empty while the question has a list means the whole list."""
    old, new = ({c.code: c.label for c in q.choices} for q in (pair.old, pair.new))
    if pair.new.values and not old:
        count = f"{len(new)} valeurs" if len(new) > 1 else "une valeur"
        yield pair.said("choices_removed", f"la liste est réduite à {count} : {_listed(pair.new, new, pair.after, pair)}")
        return
    if pair.old.values and not new:
        yield pair.said("choices_added", "toute la liste est proposée")
        return
    if gone := {code: label for code, label in old.items() if code not in new}:
        yield pair.said("choices_removed", f"valeurs retirées : {_listed(pair.old, gone, pair.before, pair)}")
    if come := {code: label for code, label in new.items() if code not in old}:
        yield pair.said("choices_added", f"valeurs ajoutées : {_listed(pair.new, come, pair.after, pair)}")
    if [code for code in old if code in new] != [code for code in new if code in old]:
        yield pair.said("choices_order", "valeurs dans un autre ordre")
    for code, label in old.items():
        if code in new and label != new[code]:
            kind = "choices_label" if pair.new.values else "choices_label_regional"
            shown = _listed(pair.old, {code: label}, pair.before, pair)
            yield pair.said(kind, f"valeur « {shown} » devient « {_listed(pair.new, {code: new[code]}, pair.after, pair)} »")


SHOWN_VALUES = 6
"""Most values that a line names; the rest are counted."""


def _listed(question: Question, choices: Mapping[str, str], form: FormSchema, pair: _Pair) -> str:
    version = form.value_sets.get(question.values, "")
    shown = [
        label or (pair.names.code(question.values, code, version) if question.values else code)
        for code, label in list(choices.items())[:SHOWN_VALUES]
    ]
    more = len(choices) - len(shown)
    return ", ".join(shown) + (f" et {more} autres" if more > 1 else " et une autre" if more else "")


_READERS: Mapping[str, Callable[[_Pair], Iterator[Said]]] = {
    "label": _label,
    "help": _help,
    "placeholder": _text("placeholder", "exemple dans le champ"),
    "width": _worded("width", "largeur", _WIDTHS),
    "required": _required,
    "required_if": _condition("required_if", "exigée", "toujours"),
    "condition": _condition("condition", "posée", "toujours"),
    "datatype": _datatype,
    "multiple": _multiple,
    "values": _text("values", "liste de codes"),
    "element": _text("element", "donnée nationale"),
    "same_as": _same_as,
    "unit": _text("unit", "unité"),
    "omits": _names("omits", "parties non écrites", "aucune"),
    "nulls": _nulls,
    "free": _open_to("free", "un texte libre"),
    "open": _open_to("open", "un code hors liste"),
    "choices": _choices,
    "default": _default,
    "origin": _worded("origin", "origine", _ORIGINS),
    "calculation": _calculation,
    "favourites": _favourites,
    "sources": _names("sources", "reprises admises", "toutes"),
    "retention": _retention,
}
