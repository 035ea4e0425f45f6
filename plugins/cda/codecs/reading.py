"""What a decoding knows and gathers: findings, unknown parts, files, and the door every value passes before it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID, uuid5

from lxml.etree import _Element

from dcc.contracts.snapshots import Finding, ReceivedFile, UnknownPart
from forms_config.schema.model import Question
from forms_config.schema.values import check_value
from plugins.cda.codecs.narrative import Narrative
from plugins.cda.codecs.xml import as_xml, local

PROFESSIONS = "JDV_J01_XdsAuthorSpecialty_CISIS"
Found = dict[str, Any]
"""Answers read, by question key."""


class ValueSets(Protocol):
    """Who knows the value sets. A codec asks it whether a code belongs to one."""

    def __call__(self, name: str, code: str, system: str) -> str | None:
        """Label of a code; nothing when it is not in the set. Raises ``LookupError`` when the set itself is unknown."""


def any_code(name: str, code: str, system: str) -> str | None:
    """A :class:`ValueSets` that knows no set at all: every code is taken."""
    raise LookupError(name)


@dataclass
class Reading:
    """State of one decoding.

    ``conversions`` maps (system, code) of a former version of the volet to the code that replaced it. ``section`` is the title of
    what is being read, for messages; ``row_namespace`` makes row identifiers that are the same each time a file is read;
    ``context`` is what a statement tells those below it; ``taken`` remembers the single statements already read, so that a
    second one is not lost under the first; ``refused`` the answers (key, row) that the narrative need not be asked for.
    """

    questions: Mapping[str, Question]
    value_sets: ValueSets = any_code
    conversions: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    row_namespace: UUID = field(default_factory=lambda: UUID(int=0))
    section: str = ""
    section_key: str | None = None
    row: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    context: dict[str, Any] = field(default_factory=dict)
    narrative: Narrative = field(default_factory=lambda: Narrative(None))
    answers: Found = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    refused: set[tuple[str, int]] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    unknown_parts: list[UnknownPart] = field(default_factory=list)
    files: list[ReceivedFile] = field(default_factory=list)

    def take(self, key: str, raw: Any) -> Found:
        """``{key: value}`` in its normal form; a value that does not fit is refused here, with a finding, and the rest is read.

        ``raw`` is one value; a list question gives a list of one. A null flavour the question does not admit means no answer.
        """
        question = self.questions[key]
        if isinstance(raw, Mapping) and "null" in raw and raw["null"] not in question.nulls:
            return {}
        try:
            if question.datatype == "coded":
                raw = self._known(question, raw)
            elif question.datatype == "professional" and isinstance(raw, Mapping):
                raw = self.with_known_profession(raw, question.label, key=key)
            value = check_value(question, [raw] if question.multiple else raw)
        except ValueError as error:
            self.refuse(key, str(error), raw)
            return {}
        return {} if value is None else {key: value}

    def _known(self, question: Question, raw: Any) -> Any:
        if not isinstance(raw, Mapping) or not raw.get("code"):
            return raw
        value = {**raw, **self.conversions.get((raw.get("system", ""), raw["code"]), {})}
        if not question.values or question.open:
            return value
        if self._in_list(question.values, value):
            return value
        if question.free:
            words = value.get("text") or value["label"]
            self.note(
                "cda.code",
                f"« {question.label} » : le code {_shown(value)} n'est pas dans {question.values} ; repris en texte.",
                key=question.key,
                level="warning",
            )
            return {"text": words}
        raise ValueError(f"Le code n'appartient pas au jeu de valeurs {question.values}")

    def with_known_profession(self, person: Mapping[str, Any], role: str, *, key: str | None = None) -> dict[str, Any]:
        """The person; a profession that the official list does not know (any more) becomes words, in the comment on the person.

        The standard refuses a document with such a code, wherever the code came from.
        """
        profession = person.get("profession") or {}
        if not profession.get("code") or self._in_list(PROFESSIONS, profession):
            return dict(person)
        words = profession.get("text") or profession["label"]
        self.note(
            "cda.code",
            f"« {role} » : la profession {_shown(profession)} n'est pas dans {PROFESSIONS} ; reprise en texte.",
            key=key,
            level="warning",
        )
        comment = " · ".join(text for text in (person.get("comment"), words) if text)
        return {**{part: item for part, item in person.items() if part != "profession"}, "comment": comment}

    def _in_list(self, name: str, value: Mapping[str, str]) -> bool:
        """Whether a code is in a list, or the list is not known here."""
        try:
            return self.value_sets(name, value["code"], value.get("system", "")) is not None
        except LookupError:
            return True

    def refuse(self, key: str, why: str, raw: Any) -> None:
        """Say that a value was not taken, where, and what it was."""
        question = self.questions[key]
        self.refused.add((key, self.row))
        where = f"{self._where()}, « {question.label} »" + (f" (ligne {self.row})" if self.row else "")
        self.findings.append(
            Finding(
                code="cda.valeur",
                level="error",
                message=f"{where} : {why}. La valeur {_shown(raw)} n'est pas reprise.",
                question_key=key,
                section_key=self.section_key,
                source="lecture CDA",
            )
        )

    def note(self, code: str, message: str, *, key: str | None = None, level: str = "info") -> None:
        """Remark on what was read."""
        self.findings.append(
            Finding(
                code=code,
                level="warning" if level == "warning" else "info",
                message=f"{self._where()} : {message}",
                question_key=key,
                section_key=self.section_key,
                source="lecture CDA",
            )
        )

    def _where(self) -> str:
        return f"Rubrique « {self.section} »" if self.section else "En-tête"

    def unknown(self, element: _Element, title: str, text: str = "") -> None:
        """Keep a part the volet does not describe."""
        self.unknown_parts.append(
            UnknownPart(title=title or local(element), text=text, xml=as_xml(element), location=_path(element))
        )

    @contextmanager
    def next_row(self, group: str) -> Iterator[int]:
        """Number the next row of a group while it is read; in it, what a single statement says may be said once again."""
        self.counts[group] = self.counts.get(group, 0) + 1
        former = self.row, self.taken
        self.row, self.taken = self.counts[group], set()
        try:
            yield self.row
        finally:
            self.row, self.taken = former

    def row_id(self, group: str, number: int) -> str:
        """Identifier of a row, the same whenever the same file is read."""
        return str(uuid5(self.row_namespace, f"{group}/{number}"))


def _path(element: _Element) -> str:
    """XPath-like place of an element: names and ranks from the root."""
    names = []
    for item in (element, *element.iterancestors()):
        parent = item.getparent()
        rank = 1 if parent is None else sum(1 for _ in item.itersiblings(item.tag, preceding=True)) + 1
        names.append(f"{local(item)}[{rank}]")
    return "/" + "/".join(reversed(names))


def _shown(raw: Any) -> str:
    if isinstance(raw, Mapping):
        raw = " ".join(str(raw[part]) for part in ("code", "label", "text", "family", "name") if raw.get(part)) or "indiquée"
    text = str(raw)
    return f"« {text[:80]}… »" if len(text) > 80 else f"« {text} »"
