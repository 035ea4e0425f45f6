"""What the workshop shows of a draft: its outline with remarks, and the catalogue to pick from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from dcc.contracts.snapshots import Finding
from forms_config.catalogue.loader import Catalogue, CatalogueError, Element
from forms_config.gate import CHECKS, GateRefused
from forms_config.publishing import compile_schema
from forms_config.schema.model import FormSchema, Question
from forms_config.workshop.places import everything
from forms_config.workshop.questions import catalogue_of

KIND_WORDS: Mapping[str, str] = {
    "string": "texte court",
    "text": "texte long",
    "boolean": "oui / non",
    "integer": "nombre entier",
    "decimal": "nombre décimal",
    "date": "date",
    "datetime": "date et heure",
    "coded": "choix dans une liste",
    "professional": "professionnel",
    "organisation": "établissement",
    "file": "fichier",
    "group": "tableau",
}
REQUIRED_WORDS: Mapping[str, str] = {
    "never": "jamais",
    "complete": "pour déclarer le document complété",
    "validate": "pour valider le document",
}


def is_mandatory(element: Element) -> bool:
    """Whether a form of the volet cannot be published without the element."""
    return element.minimum > 0 or (element.conformance in ("K", "M") and not element.same_as)


def kind_words(question: Question) -> str:
    """The kind of a question, as the editor chose it."""
    if question.calculation is not None:
        return "calcul"
    return "choix multiples" if question.datatype == "coded" and question.multiple else KIND_WORDS[question.datatype]


@dataclass(frozen=True, slots=True)
class Row:
    """A question in the outline; ``columns`` are rows too."""

    question: Question
    kind: str
    mandatory: bool
    remarks: tuple[str, ...]
    columns: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the gate has to say; ``selects`` is what to show, ``adds`` an element that is missing."""

    message: str
    level: str
    selects: str = ""
    adds: str = ""


@dataclass(frozen=True)
class Shown:
    """A draft with what the structure checks say of it."""

    schema: FormSchema
    findings: Sequence[Finding] = field(default_factory=tuple)

    @cached_property
    def catalogue(self) -> Catalogue | None:
        """The catalogue of the volet, nothing when there is none."""
        try:
            return catalogue_of(self.schema)
        except CatalogueError:
            return None

    @cached_property
    def elements(self) -> Mapping[str, Element]:
        """National elements by key."""
        return {e.key: e for e in self.catalogue.elements()} if self.catalogue else {}

    @cached_property
    def sections(self) -> list[tuple[object, list[Row]]]:
        """Each section with its rows."""
        by_key: dict[str, list[str]] = defaultdict(list)
        for finding in self.findings:
            by_key[finding.question_key or ""].append(finding.message)
        return [(s, [self._row(q, by_key) for q in s.questions]) for s in self.schema.sections]

    def _row(self, question: Question, remarks: Mapping[str, list[str]]) -> Row:
        element = self.elements.get(question.element)
        return Row(
            question,
            kind_words(question),
            element is not None and is_mandatory(element),
            tuple(remarks.get(question.key, ())),
            tuple(self._row(column, remarks) for column in question.columns),
        )

    @cached_property
    def remarks(self) -> list[Remark]:
        """All the remarks, errors first, each with where it leads."""
        there = {question.key for question in everything(self.schema)}
        order = ("error", "warning", "info")
        return [self._remark(f, there) for f in sorted(self.findings, key=lambda f: order.index(f.level))]

    def _remark(self, finding: Finding, there: Iterable[str]) -> Remark:
        key = finding.question_key or ""
        if key in there:
            return Remark(finding.message, finding.level, selects=f"question:{key}")
        if key in self.elements:
            return Remark(finding.message, finding.level, adds=key)
        return Remark(finding.message, finding.level, selects=f"section:{finding.section_key}" if finding.section_key else "")


def shown(schema: FormSchema) -> Shown:
    """A draft with the remarks of the checks that need no rendering."""
    try:
        compiled = compile_schema(schema)
        found = [finding for check in CHECKS for finding in check(compiled)]
    except GateRefused as refusal:
        found = list(refusal.findings)
    return Shown(replace(schema, value_sets={}), tuple(found))


@dataclass(frozen=True, slots=True)
class Offer:
    """An element of the catalogue in the picker."""

    element: Element
    placed: bool
    mandatory: bool
    kind: str
    group: str = ""


def offers(schema: FormSchema) -> list[tuple[str, list[Offer]]]:
    """The whole catalogue by section, columns after their group, with what is placed and what is mandatory."""
    placed = {question.element for question in everything(schema) if question.element}
    found = []
    for section in catalogue_of(schema).sections:
        rows = []
        for element in section.elements:
            rows.append(Offer(element, element.key in placed, is_mandatory(element), KIND_WORDS[element.datatype]))
            rows += [
                Offer(c, c.key in placed, element.key in placed and is_mandatory(c), KIND_WORDS[c.datatype], element.label)
                for c in element.columns
                if element.key in placed
            ]
        found.append((section.title, rows))
    return found
