"""The difference of two forms as lines in plain French, each of a kind of :data:`forms_config.schema.effects.RULES`. Pure.

Sections and questions are told apart by their keys, columns by theirs within their group; a question that went to another section
moved, a key that went in or out of a group is another question.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from forms_config.schema.attributes import Names, Said, attribute_lines
from forms_config.schema.effects import RULES, Effect, Migration, Rule
from forms_config.schema.model import FormSchema, Question, Section


@dataclass(frozen=True, slots=True)
class Line:
    """One change: ``words`` say what changed; ``section`` is the title of the section it stands in (empty: the whole form).

    ``question_key`` and ``group_key`` (for a column) are empty when the change is not about a question; ``list_name`` names the
    list whose version changed.
    """

    kind: str
    words: str
    section_key: str = ""
    section: str = ""
    question_key: str = ""
    group_key: str = ""
    list_name: str = ""

    @property
    def rule(self) -> Rule:
        """Its row of the table."""
        return RULES[self.kind]

    @property
    def effect(self) -> Effect:
        """Its class."""
        return self.rule.effect

    @property
    def migration(self) -> Migration:
        """What becomes of running documents."""
        return self.rule.migration


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a list of questions stands: its section, and its group when they are columns."""

    section: Section
    group: Question | None = None

    def line(self, said: Said, question: Question | None = None) -> Line:
        return Line(
            said.kind,
            said.words,
            self.section.key,
            self.section.title,
            question.key if question else "",
            self.group.key if self.group else "",
        )

    def name(self, question: Question) -> str:
        return f"« {self.group.label} › {question.label} »" if self.group else f"« {question.label} »"


def form_differences(
    before: FormSchema,
    after: FormSchema,
    *,
    names: Names | None = None,
    texts: tuple[Mapping[str, str], Mapping[str, str]] = ({}, {}),
) -> list[Line]:
    """Everything that changed from ``before`` to ``after``: the form first, then section by section; nothing for equal forms.

    ``names`` says codes and conditions in words; ``texts`` are the patient-rights texts with each form, name to version.
    """
    if before == after and texts[0] == texts[1]:
        return []
    said = names or Names()
    pairs = _section_pairs(before, after)
    return [
        *_form_lines(before, after, said, texts),
        *(line for old, new in pairs for line in _section_lines(old, new, _Sides(before, after, said))),
    ]


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both forms, and what only they know together: which sections and questions changed places among those that stayed."""

    before: FormSchema
    after: FormSchema
    names: Names
    moved_sections: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        moved = _moved([s.key for s in self.before.sections], [s.key for s in self.after.sections])
        object.__setattr__(self, "moved_sections", moved)


def _form_lines(
    before: FormSchema, after: FormSchema, names: Names, texts: tuple[Mapping[str, str], Mapping[str, str]]
) -> Iterator[Line]:
    for name, words in (("key", "autre formulaire"), ("document_type", "type de document"), ("title", "titre")):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Line(f"form.{name}", f"Formulaire : {words}, « {old} » devient « {new} »")
    old_volet, new_volet = (f"{form.volet} {form.volet_version}" for form in (before, after))
    if old_volet != new_volet:
        yield Line("form.volet", f"Volet national : « {old_volet} » devient « {new_volet} »")
    for name in sorted(before.value_sets.keys() & after.value_sets.keys()):
        old, new = before.value_sets[name], after.value_sets[name]
        if old != new:
            told = names.list_change(name, old, new)
            words = f"Liste « {name} » : version {old or '-'} → {new or '-'}" + (f" ({told})" if told else "")
            yield Line("list.version", words, list_name=name)
    for name in sorted(texts[0].keys() | texts[1].keys()):
        old, new = texts[0].get(name, "-"), texts[1].get(name, "-")
        if old != new:
            yield Line("text.version", f"{name} : version {old} → {new}")


def _section_pairs(before: FormSchema, after: FormSchema) -> list[tuple[Section | None, Section | None]]:
    """Sections of both forms, in the order of the newer one, those that left at the end."""
    olds, news = {s.key: s for s in before.sections}, {s.key: s for s in after.sections}
    return [*((olds.get(key), new) for key, new in news.items()), *((old, None) for key, old in olds.items() if key not in news)]


def _section_lines(old: Section | None, new: Section | None, sides: _Sides) -> Iterator[Line]:
    place = _Place(new or old)  # type: ignore[arg-type]  # one of them is there
    if old is None or new is None:
        kind, words = ("section.added", "ajoutée") if old is None else ("section.removed", "retirée")
        yield place.line(Said(kind, f"Rubrique « {place.section.title} » {words}"))
    else:
        yield from (place.line(said) for said in _section_changes(old, new, moved=new.key in sides.moved_sections))
    yield from _placed_lines(place, old, new, sides)


def _section_changes(old: Section, new: Section, *, moved: bool) -> Iterator[Said]:
    title = f"Rubrique « {new.title} »"
    if moved:
        yield Said("section.order", f"{title} : déplacée dans le formulaire")
    if old.title != new.title:
        regional = not new.element and any(not q.element for q in new.questions)
        yield Said(
            "section.title_regional" if regional else "section.title", f"Rubrique « {old.title} » : devient « {new.title} »"
        )
    if old.help != new.help:
        yield Said("section.help", f"{title} : aide modifiée")
    if old.element != new.element:
        yield Said("section.element", f"{title} : section nationale « {old.element or '-'} » devient « {new.element or '-'} »")
    if old.block != new.block:
        yield Said("section.block", f"{title} : {_block_words(old.block, new.block)}")
    for name in (f.name for f in fields(Section) if f.name not in ("key", "title", "help", "element", "block", "questions")):
        if getattr(old, name) != getattr(new, name):
            yield Said("section.other", f"{title} : {name}, « {getattr(old, name)} » devient « {getattr(new, name)} »")


def _block_words(old: str, new: str) -> str:
    """What became of the shared block (``key@number``) that a section shows."""
    (old_key, _at, former), (new_key, _at, number) = old.rpartition("@"), new.rpartition("@")
    if not new:
        return "détachée de son bloc partagé"
    return f"version {number} de son bloc partagé, au lieu de {former}" if old_key == new_key else "montre un bloc partagé"


def _placed_lines(place: _Place, old: Section | None, new: Section | None, sides: _Sides) -> Iterator[Line]:
    """Questions of a section: those of the newer form in their order, then those that left the form from here."""
    former = {q.key for q in old.questions} if old else set()
    moved = _moved([q.key for q in old.questions] if old else [], [q.key for q in new.questions] if new else [])
    for question in new.questions if new else ():
        was = sides.before.by_key.get(question.key)
        if was is None:
            yield place.line(_added(place, question), question)
            continue
        regional = "" if question.element else "_regional"
        if question.key not in former:
            there = sides.before.section_of[question.key].title
            words = f"{place.name(question)} : déplacée de « {there} » à « {place.section.title} »"
            yield place.line(Said(f"question.section{regional}", words), question)
        elif question.key in moved:
            yield place.line(Said(f"question.order{regional}", f"{place.name(question)} : déplacée dans la rubrique"), question)
        yield from _question_lines(place, was, question, sides)
    for question in old.questions if old else ():
        if question.key not in sides.after.by_key:
            yield place.line(_removed(place, question), question)


def _question_lines(place: _Place, old: Question, new: Question, sides: _Sides) -> Iterator[Line]:
    """What changed in a question that stayed, then in its columns."""
    for said in attribute_lines(old, new, place.name(new), sides.before, sides.after, sides.names):
        yield place.line(said, new)
    if not old.columns and not new.columns:
        return
    inside = _Place(place.section, new)
    olds = {c.key: c for c in old.columns}
    moved = _moved(list(olds), [c.key for c in new.columns])
    for column in new.columns:
        if column.key not in olds:
            yield inside.line(_added(inside, column), column)
            continue
        if column.key in moved:
            regional = "" if column.element else "_regional"
            yield inside.line(Said(f"question.order{regional}", f"{inside.name(column)} : déplacée dans le groupe"), column)
        yield from _question_lines(inside, olds[column.key], column, sides)
    for column in old.columns:
        if new.column(column.key) is None:
            yield inside.line(_removed(inside, column), column)


def _added(place: _Place, question: Question) -> Said:
    what = "colonne" if place.group else "question"
    if question.required == "never" and all(column.required == "never" for column in question.columns):
        return Said("question.added", f"{place.name(question)} : {what} ajoutée")
    return Said("question.added_required", f"{place.name(question)} : {what} ajoutée, obligatoire")


def _removed(place: _Place, question: Question) -> Said:
    return Said("question.removed", f"{place.name(question)} : {'colonne' if place.group else 'question'} retirée")


def _moved(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """The fewest keys whose moves turn one order into the other, among those in both (a longest increasing run stays)."""
    rank = {key: n for n, key in enumerate(before)}
    common = [key for key in after if key in rank]
    tails: list[int] = []
    runs: list[tuple[str, ...]] = []
    for key in common:
        at = bisect_left(tails, rank[key])
        run = (*(runs[at - 1] if at else ()), key)
        if at == len(tails):
            tails.append(rank[key])
            runs.append(run)
        else:
            tails[at], runs[at] = rank[key], run
    return frozenset(common) - frozenset(runs[-1] if runs else ())
