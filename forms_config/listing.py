"""What a coded question offers: a value set in a version, what the form keeps of it, or choices of the region's own.

The form shows its own words for a value; what is stored and exported is the official label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from django.utils.translation import gettext as _

from dcc.contracts.snapshots import Finding
from forms_config import structure
from forms_config.schema.choices import REGIONAL_SYSTEM, Choice
from forms_config.schema.model import FormSchema, Question
from forms_config.terminology import api as terminology
from forms_config.terminology.api import Concept
from forms_config.terminology.index import Table

KEPT_SUBSETS = 256


@dataclass(frozen=True, slots=True)
class Listing:
    """The values a coded question offers; ``choices`` keep some of the value set, or are all there is without one."""

    values: str
    version: str | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it offers nothing: the question takes a text."""
        return not (self.values or self.choices)

    def concepts(self) -> Sequence[Concept]:
        """What may be chosen, in the order of the form; raises ``UnknownValueSet``."""
        return self._subset().active if self.choices else terminology.concepts(self.values, version=self.version)

    def search(self, text: str, *, limit: int = 20, preferred: Sequence[str] = ()) -> list[Concept]:
        """As :func:`forms_config.terminology.api.search`, among what is offered; the form's own words count as well."""
        if self.choices:
            return self._subset().search(text, limit=limit, preferred=preferred)
        return terminology.search(self.values, text, version=self.version, limit=limit, preferred=preferred)

    def lookup(self, code: str, system: str | None = None) -> Concept | None:
        """The concept of a code, retired or not, offered or not; nothing for a code that the list never had."""
        if self.values:
            return terminology.lookup(self.values, code, system=system, version=self.version)
        return self._subset().lookup(code, system) if self.choices else None

    def offers(self, concept: Concept) -> bool:
        """Whether the form lets one choose it."""
        return concept.active and (not self.choices or any(choice.code == concept.code for choice in self.choices))

    def shown(self, concept: Concept) -> str:
        """The words of the form for a concept: its own, else the region's, else the official ones."""
        return _words(self.choices).get(concept.code) or concept.shown

    def _subset(self) -> Table:
        version = self.version or (terminology.current_version(self.values) if self.values else "")
        return _subset(self.values, version, self.choices, terminology.words_edition())


def listing_of(question: Question, value_sets: Mapping[str, str]) -> Listing:
    """What a coded question of a form that pins ``value_sets`` offers."""
    return Listing(question.values, value_sets.get(question.values) or None, question.choices)


@lru_cache(maxsize=KEPT_SUBSETS)
def _subset(values: str, version: str, choices: tuple[Choice, ...], _edition: str) -> Table:
    if not values:
        return Table([Concept(choice.code, REGIONAL_SYSTEM, choice.label or choice.code) for choice in choices])
    found = ((choice, terminology.lookup(values, choice.code, version=version)) for choice in choices)
    return Table([_with_words(concept, choice.label) for choice, concept in found if concept is not None])


def _with_words(concept: Concept, label: str) -> Concept:
    return replace(concept, synonyms=(label, *concept.synonyms)) if label else concept


@lru_cache(maxsize=KEPT_SUBSETS)
def _words(choices: tuple[Choice, ...]) -> Mapping[str, str]:
    return {choice.code: choice.label for choice in choices if choice.label}


def check_choices(schema: FormSchema) -> Iterator[Finding]:
    """Choices belong to their value set in the version that the form pins, and are in force (a check of the gate)."""
    for question in (q for top in schema.questions() for q in (top, *top.columns)):
        if question.choices and question.values and terminology.exists(question.values):
            yield from _outside(question, listing_of(question, schema.value_sets))


def _outside(question: Question, listing: Listing) -> Iterator[Finding]:
    for choice in question.choices:
        concept = listing.lookup(choice.code)
        if concept is None:
            words = _("le choix « %(code)s » n'est pas une valeur de la liste « %(name)s »")
            told = words % {"code": choice.label or choice.code, "name": question.values}
            yield structure.finding("form.choice", question, told)
        elif not concept.active:
            words = _("le choix « %(label)s » (%(code)s) n'est plus en vigueur : le retirer ou le remplacer")
            yield structure.finding("form.choice_retired", question, words % {"label": concept.label, "code": concept.code})
