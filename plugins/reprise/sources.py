"""The two sources: the validated document that this one follows, and the last validated one of the same type.

Each reads what is here and, beside it, the last document of the type that was found elsewhere (the DMP).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from dcc.contracts.prefill import Candidate, PrefillRequest, SourceDocument
from forms_config.schema.dates import french
from forms_config.terminology import api as terminology
from plugins.reprise.conversions import CONVERSIONS, Context
from plugins.reprise.maps import Line, Map

SHORT = {"frcp": "FRCP", "pps": "PPS"}
ELSEWHERE = "dmp"
"""The kind of origin of what was found elsewhere, which a form may admit or not (``Question.sources``)."""
NEWER = "Plus récent que le document d'ici"
OLDER = "Plus ancien que le document d'ici"
FOUND = "Trouvé dans le DMP\N{NO-BREAK SPACE}: à vérifier"


@dataclass(frozen=True)
class ReferenceDocument:
    """The FRCP of a PPS (R-057), and the last one that was found elsewhere (R-176)."""

    maps: Mapping[str, Map]
    title: str = "FRCP de référence"

    def candidates(self, request: PrefillRequest) -> Sequence[Candidate]:
        """What the reference proposes by the map between the two types; nothing without reference or without map."""
        if request.reference is None:
            return ()
        kind = request.reference.document_type
        whole = self.maps.get(f"{kind}_{request.document_type}")
        if whole is None:
            return ()
        here = _candidates(whole, whole.lines, request.reference, request)
        return [*here, *_from_elsewhere(whole, kind, request.reference, request)]


@dataclass(frozen=True)
class FormerDocument:
    """The last validated document of the same type (R-057, R-060): of another family everything, of the same family its acts.

    So for the last one that was found elsewhere (R-176); of the same family it is newer, and everything in it is proposed.
    """

    maps: Mapping[str, Map]
    title: str = "PPS précédent"

    def candidates(self, request: PrefillRequest) -> Sequence[Candidate]:
        """What the former document proposes."""
        whole = self.maps.get(f"{request.document_type}_{request.document_type}")
        if whole is None:
            return ()
        former = [document for document in request.earlier if document.document_type == request.document_type]
        own = next((document for document in former if document.document_id == request.document_id), None)
        chosen = own or (former[0] if former else None)
        lines = [line for line in whole.lines if line.update] if own else whole.lines
        here = _candidates(whole, lines, chosen, request) if chosen else ()
        return [*here, *_from_elsewhere(whole, request.document_type, chosen, request)]


def _from_elsewhere(whole: Map, kind: str, here: SourceDocument | None, request: PrefillRequest) -> Iterator[Candidate]:
    """What the last document of a type that was found elsewhere proposes; beside it, the former ones say nothing new.

    Each item has a remark: nothing that comes from elsewhere is chosen beforehand (decision 0336).
    """
    found = next((document for document in request.elsewhere if document.document_type == kind), None)
    if found is not None:
        remark = FOUND if here is None else NEWER if found.validated_at > here.validated_at else OLDER
        yield from _candidates(whole, whole.lines, found, request, remark)


def _candidates(
    whole: Map, lines: Sequence[Line], source: SourceDocument, request: PrefillRequest, remark: str = ""
) -> Iterator[Candidate]:
    context = Context(whole, _lookup)
    when, words = _day(source), words_of(source)
    answers = {**source.answers, **_identifier(source)}
    for line in lines:
        if line.target not in request.question_keys:
            continue
        for found in CONVERSIONS[line.conversion](line, answers, context):
            yield Candidate(
                question_key=line.target,
                value=found.value,
                origin=words,
                origin_id=f"{source.document_id}@{source.version_number}",
                date=when,
                author=source.author,
                path=found.path,
                nature=line.nature,
                kind=ELSEWHERE if source.origin else source.document_type,
                remark=" – ".join(filter(None, (remark, source.remark, found.remark))),
            )


def _identifier(source: SourceDocument) -> Mapping[str, Any]:
    """What identifies the source outside, beside its answers (``document.identifiant``)."""
    known = source.identifier
    return {"document.identifiant": {"root": known.root, "extension": known.extension}} if known else {}


def _lookup(value_set: str, code: str) -> Mapping[str, Any] | None:
    concept = terminology.lookup(value_set, code)
    return concept.value if concept else None


def words_of(source: SourceDocument) -> str:
    """« FRCP du 12/03/2026, RCP Sénologie Anjou », « PPS du 12/03/2026, version 2 », « DMP : PPS du 12/03/2026 »."""
    name = SHORT.get(source.document_type, source.title)
    place = f"{source.origin}\N{NO-BREAK SPACE}: " if source.origin else ""
    words = f"{place}{name} du {french(_day(source).isoformat())}"
    meeting = str(source.answers.get("frcp.rcp.denomination") or "")
    if meeting:
        return f"{words}, {meeting if meeting.startswith('RCP') else f'RCP {meeting}'}"
    return f"{words}, version {source.version_number}" if source.version_number > 1 else words


def _day(source: SourceDocument) -> date:
    """The day the document is known by: that of the RCP, else of its validation."""
    meeting = source.answers.get("frcp.rcp.date")
    if isinstance(meeting, str) and len(meeting) >= len("2026-03-12"):
        return date.fromisoformat(meeting[:10])
    return timezone.localtime(source.validated_at).date()
