"""The proposals of a document as its page shows them, and what the page sends back (R-045, R-057, R-058)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from dcc.documents import api as documents
from dcc.documents.api import Collected, DocumentView, ItemDecision, Proposal
from forms_config import api as forms
from forms_config.schema.model import Question, Section
from forms_config.schema.values import display_answer

EDIT = "edit"
"""Kept, then opened in the form to be changed there: for what no single field holds."""

TYPED = frozenset({"string", "text", "integer", "decimal", "date", "datetime"})
"""Datatypes that one field on the page holds."""


@dataclass(frozen=True, slots=True)
class Side:
    """A labelled value."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Option:
    """A choice offered for an item; ``key`` chooses it from the keyboard."""

    value: str
    label: str
    key: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal to decide, as shown; ``wanted`` is what stands in the field of « modifier »."""

    proposal: Proposal
    proposed: Sequence[Side]
    present: str
    options: Sequence[Option]
    typed: bool
    long: bool
    wanted: str
    problem: str = ""

    @property
    def clinical(self) -> bool:
        """Whether it is a clinical value."""
        return self.proposal.candidate.nature == "clinical"


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its items: to decide, and decided."""

    section: Section
    items: Sequence[Item]
    decided: Sequence[Item]

    @property
    def can_keep_all(self) -> bool:
        """Whether several items can be kept at once: those without anything to look at."""
        return sum(is_plain(item.proposal) for item in self.items) > 1


@dataclass(frozen=True, slots=True)
class Posted:
    """What came back: choices by item, typed texts, what was wrong with each."""

    choices: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


def is_plain(proposal: Proposal) -> bool:
    """Whether nothing has to be looked at before it is kept with others: no remark, nothing left out, nothing replaced."""
    return not proposal.candidate.remark and not proposal.left_out and proposal.present is None and proposal.value is not None


def parts_of(view: DocumentView, found: Collected, posted: Posted, *, again: str = "") -> list[Part]:
    """The sections with something to decide or decided; ``again`` is a decided item that is shown to be decided anew."""
    parts = []
    for section, proposals in documents.by_section([p for p in found.proposals if not p.there or p.decided]):
        waiting = [p for p in proposals if (p.decided is None and not p.there) or p.item == again]
        decided = [p for p in proposals if p.decided is not None and p.item != again]
        parts.append(Part(section, [_item(view, p, posted) for p in waiting], [_item(view, p, posted) for p in decided]))
    return parts


def _item(view: DocumentView, proposal: Proposal, posted: Posted) -> Item:
    question = proposal.question
    chosen = posted.choices.get(proposal.item) or ("keep" if proposal.chosen_beforehand and not posted.choices else "")
    typed = _is_typed(question)
    text = display_answer(question, proposal.value) if not proposal.is_row and proposal.value is not None else ""
    return Item(
        proposal=proposal,
        proposed=list(_proposed(proposal)),
        present=_present(view, proposal),
        options=list(_options(proposal, chosen, typed)),
        typed=typed,
        long=question.datatype == "text",
        wanted=posted.texts.get(proposal.item, text),
        problem=posted.problems.get(proposal.item, ""),
    )


def _is_typed(question: Question) -> bool:
    return question.datatype in TYPED and not question.multiple


def _proposed(proposal: Proposal) -> Iterator[Side]:
    question, value = proposal.question, proposal.value
    if value is None:
        return
    if not proposal.is_row:
        yield Side("", display_answer(question, value))
        return
    for column in question.columns:
        if column.key in value:
            yield Side(column.label, display_answer(column, value[column.key]))


def _present(view: DocumentView, proposal: Proposal) -> str:
    if not proposal.is_row:
        return display_answer(proposal.question, proposal.present)
    return ""


def _options(proposal: Proposal, chosen: str, typed: bool) -> Iterator[Option]:
    offered = []
    if proposal.value is not None:
        label = _("Garder") if proposal.present is None else _("Remplacer")
        offered.append(("keep", _("Ajouter la ligne") if proposal.is_row else label, "g"))
    if proposal.question.datatype == "text" and isinstance(proposal.present, str):
        offered.append(("add", _("Ajouter à la suite"), "a"))
    if typed:
        offered.append(("change", _("Modifier"), "m"))
    elif proposal.value is not None:
        offered.append((EDIT, _("Garder, puis modifier"), "m"))
    offered.append(("ignore", _("Ignorer"), "i"))
    for value, label, key in offered:
        yield Option(value, label, key, chosen == value)


def decisions_of(data: QueryDict, view: DocumentView, found: Collected) -> tuple[list[ItemDecision], Posted, list[str]]:
    """Decisions that a page sent, what it sent to be shown again, and the items to open in the form afterwards.

    ``c:item`` is a choice, ``f:item`` the fingerprint of what was read, ``v:item`` a typed text.
    """
    choices = {name[2:]: str(value) for name, value in data.items() if name.startswith("c:") and value}
    texts = {name[2:]: str(value) for name, value in data.items() if name.startswith("v:")}
    problems: dict[str, str] = {}
    opened: list[str] = []
    decisions: list[ItemDecision] = []
    proposals = {p.item: p for p in found.proposals}
    for item, said in (choices | _all_of_section(data, choices, proposals)).items():
        choice = "keep" if said == EDIT else said
        if choice not in documents.CHOICES:
            problems[item] = _("Ce choix n'existe pas")
            continue
        value = None
        if choice == "change" and item in proposals:
            try:
                value = _typed(view, proposals[item].question, texts.get(item, ""))
            except ValueError as error:
                problems[item] = str(error)
                continue
        opened += [item] if said == EDIT else []
        decisions.append(ItemDecision(item, data.get(f"f:{item}", ""), choice, value))
    return decisions, Posted(choices, texts, problems), opened


def _typed(view: DocumentView, question: Question, text: str) -> Any:
    if not _is_typed(question):
        raise ValueError(_("Cette réponse se modifie dans le document"))
    value = forms.parse_posted(question, {"": [text]}, value_sets=view.schema.value_sets)
    if value is None:
        raise ValueError(_("Écrire la valeur voulue, ou choisir « Ignorer »"))
    return value


def _all_of_section(data: QueryDict, choices: Mapping[str, str], proposals: Mapping[str, Proposal]) -> dict[str, str]:
    """« Tout garder dans cette rubrique »: items that the page showed, undecided, with nothing that asks to be looked at."""
    order, _sep, section = data.get("do", "").partition(":")
    if order != "all":
        return {}
    shown = [proposals[name[2:]] for name in data if name.startswith("f:") and name[2:] in proposals]
    return {p.item: "keep" for p in shown if p.section.key == section and p.item not in choices and is_plain(p)}
