"""What the prefill sources propose for a version, as the page shows it and as a decision finds it again (R-043...R-047).

Sources are asked each time: a proposal is never stored, only what was decided of it. A source that fails is said and holds
nothing back. What is proposed is controlled like what is typed: parts that do not fit the form are named, the rest can be kept.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dcc.accounts.api import User
from dcc.contracts.capabilities import PrefillSource
from dcc.contracts.prefill import Candidate, PrefillRequest, SourceDocument
from dcc.contracts.registry import current
from dcc.documents.edits import read
from dcc.documents.elsewhere import documents_elsewhere
from dcc.documents.models import DocumentVersion, PrefillDecision
from dcc.documents.prefill_failures import Failure, failed
from dcc.documents.prefill_sources import source_documents
from forms_config import api as forms
from forms_config.schema.conditions import is_filled
from forms_config.schema.model import FormSchema, Question, Section

_IDENTIFIER = re.compile(r"[A-Za-z0-9._:@/-]{1,120}\Z", re.ASCII)
"""What an ``origin_id`` looks like: it goes into traces and decisions, where nothing of a person may."""

NAMED = 15
"""Origins that one trace names."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of a proposal, by whom and when; ``path`` is where it was kept."""

    choice: str
    by: str
    at: datetime
    path: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One item to decide: a value, or one whole row of a group.

    ``item`` names it, ``fingerprint`` its value. ``value`` is what fits the form, ``left_out`` what does not, in French.
    ``present`` is the answer there is. ``there``: the document holds the proposed value already. ``also`` are further origins of
    the same value.
    """

    item: str
    fingerprint: str
    source: str
    source_title: str
    section: Section
    question: Question
    candidate: Candidate
    value: Any
    left_out: tuple[str, ...] = ()
    present: Any = None
    there: bool = False
    also: tuple[str, ...] = ()
    decided: Decided | None = None

    @property
    def is_row(self) -> bool:
        """Whether it is a row, added to a group."""
        return self.question.is_rows

    @property
    def chosen_beforehand(self) -> bool:
        """Whether « garder » is chosen when the page opens: administrative, nothing to look at, nothing replaced."""
        sure = not self.candidate.remark and not self.left_out and self.present is None
        return self.candidate.nature == "administrative" and sure and self.decided is None


@dataclass(frozen=True, slots=True)
class Collected:
    """All that is proposed for a version now, in the order of its form, decided or not."""

    proposals: Sequence[Proposal]
    failures: Sequence[Failure]

    @property
    def open(self) -> Sequence[Proposal]:
        """What waits for a decision."""
        return [p for p in self.proposals if not p.there and p.decided is None]


def collect(actor: User, version: DocumentVersion) -> Collected:
    """Ask every registered source for a version; only documents that the actor may open are given to them."""
    schema = forms.schema_of(version.form_version_id)
    failures: list[Failure] = []
    request = _request(version, schema, source_documents(actor, version), documents_elsewhere(actor, version, failures))
    found: dict[tuple[str, str], Proposal] = {}
    for key in current().keys(PrefillSource):
        source = current().find(PrefillSource, key)
        if source is None:
            continue
        for candidate in _asked(source, request, failures):
            question = schema.by_key.get(candidate.question_key)
            if question is None or not _admits(question, key, candidate):
                continue
            proposal = _proposal(version, schema, key, source.title, question, candidate)
            same = (question.key, proposal.fingerprint)
            found[same] = _merged(found[same], proposal) if same in found else proposal
    order = {key: number for number, key in enumerate(schema.by_key)}
    listed = sorted(found.values(), key=lambda p: order[p.question.key])
    return Collected(_with_decisions(version, listed), failures)


def _merged(former: Proposal, other: Proposal) -> Proposal:
    """One item for a value that is found in several places, with each origin once."""
    said = (former.candidate.origin, *former.also)
    return former if other.candidate.origin in said else replace(former, also=(*former.also, other.candidate.origin))


def _request(
    version: DocumentVersion,
    schema: FormSchema,
    given: tuple[SourceDocument | None, list[SourceDocument]],
    elsewhere: Sequence[SourceDocument],
) -> PrefillRequest:
    reference, earlier = given
    keys = [q.key for q in schema.questions() if q.calculation is None and q.datatype != "file"]
    return PrefillRequest(
        patient_id=version.document.patient_id,
        document_type=version.document.document_type,
        question_keys=keys,
        document_id=version.document_id,
        answers=version.answers,
        reference=reference,
        earlier=tuple(earlier),
        elsewhere=tuple(elsewhere),
    )


def _asked(source: PrefillSource, request: PrefillRequest, failures: list[Failure]) -> Sequence[Candidate]:
    try:
        found = source.candidates(request)
        if all(_IDENTIFIER.match(candidate.origin_id) for candidate in found):
            return found
        failures.append(Failure(source.title, "elle ne dit pas de quel document viennent ses valeurs"))
    except Exception as error:  # noqa: BLE001  (a source may fail in any way: the others are shown all the same)
        failures.append(failed(source.title, error))
    return ()


def _admits(question: Question, key: str, candidate: Candidate) -> bool:
    """Whether the form admits this source for the question: named by its key or its kind, none named being all."""
    return not question.sources or key in question.sources or candidate.kind in question.sources


def _proposal(
    version: DocumentVersion, schema: FormSchema, source: str, title: str, question: Question, candidate: Candidate
) -> Proposal:
    value, left_out = _fitting(schema, question, candidate.value)
    named = "\n".join((source, candidate.origin_id.partition("@")[0], candidate.path, question.key))
    return Proposal(
        item=hashlib.sha256(named.encode()).hexdigest()[:20],
        fingerprint=fingerprint_of(candidate.value),
        source=source,
        source_title=title,
        section=schema.section_of[question.key],
        question=question,
        candidate=candidate,
        value=value,
        left_out=tuple(left_out),
        present=None if question.is_rows else version.answers.get(question.key),
        there=_is_there(version, question, candidate, value),
    )


def fingerprint_of(value: Any) -> str:
    """Hash of a proposed value: another one is another proposal."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _fitting(schema: FormSchema, question: Question, value: Any) -> tuple[Any, list[str]]:
    """What of a proposed value fits the form, and what does not, in French."""
    left_out: list[str] = []
    if not question.is_rows:
        return _checked(schema, question, value, left_out), left_out
    if not isinstance(value, Mapping):
        return None, [f"« {question.label} » : une ligne est attendue"]
    fitting = {}
    for key, part in value.items():
        column = question.column(key)
        if column is None or column.calculation is not None:
            left_out.append(f"« {key} » n'est pas demandé par ce formulaire")
            continue
        kept = _checked(schema, column, part, left_out)
        if kept is not None:
            fitting[key] = kept
    return fitting or None, left_out


def _checked(schema: FormSchema, question: Question, value: Any, left_out: list[str]) -> Any:
    try:
        return forms.check_answer(question, value, value_sets=schema.value_sets)
    except ValueError as error:
        left_out.append(f"« {question.label} » : {error}")
        return None


def _is_there(version: DocumentVersion, question: Question, candidate: Candidate, value: Any) -> bool:
    """Whether the document holds the value: itself, a row with all its values, or the place it was copied from by an update."""
    own = candidate.origin_id.partition("@")[0] == str(version.document_id)
    if own and candidate.path and read(version.answers, candidate.path) is not None:
        return True
    present = version.answers.get(question.key)
    if not question.is_rows or value is None:
        return value is not None and present == value
    return any(all(row["values"].get(key) == part for key, part in value.items()) for row in present or ())


def _with_decisions(version: DocumentVersion, proposals: Sequence[Proposal]) -> list[Proposal]:
    rows = PrefillDecision.objects.filter(document=version.document_id).select_related("actor__practitioner")
    decisions = {row.item: row for row in rows}
    return [replace(p, decided=_decided(decisions.get(p.item), p)) for p in proposals]


def _decided(row: PrefillDecision | None, proposal: Proposal) -> Decided | None:
    if row is None or row.fingerprint != proposal.fingerprint:
        return None
    return Decided(row.choice, str(row.actor), row.at, row.path)


def by_section(proposals: Sequence[Proposal]) -> Iterator[tuple[Section, list[Proposal]]]:
    """Proposals under the sections of the form, in its order; sections without any are left out."""
    sections = {p.section.key: p.section for p in proposals}
    for key, section in sections.items():
        yield section, [p for p in proposals if p.section.key == key]


def origins_of(proposals: Sequence[Proposal]) -> list[str]:
    """What the proposals were read in, for a trace: some fifteen at most, a trace is short."""
    return sorted({p.candidate.origin_id for p in proposals})[:NAMED]


def is_kept(version: DocumentVersion, proposal: Proposal) -> bool:
    """Whether what was kept of a proposal is still in the document."""
    decided = proposal.decided
    return decided is not None and bool(decided.path) and is_filled(read(version.answers, decided.path))
