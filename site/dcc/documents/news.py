"""What readers of a document are told of its form: how it changed, what waits for them. And counts of documents by version."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Q

from dcc.accounts.api import Action, User
from dcc.documents import access
from dcc.documents.cards import person_name
from dcc.documents.errors import Stale
from dcc.documents.following import OUTCOME_LABELS, Consequence
from dcc.documents.models import DocumentVersion, FormMove
from dcc.documents.queries import DocumentView
from dcc.documents.services.following import RUNNING, verdict_of
from dcc.documents.states import FROZEN
from forms_config import api as forms
from forms_config.schema.difference import Line
from forms_config.schema.texts import unbroken


@dataclass(frozen=True, slots=True)
class FormNews:
    """One change of version of the form of a document. ``waits``: an author has to decide it; else the document followed.

    ``added`` counts new questions; ``words`` are all its changes, in French.
    """

    before: int
    after: int
    at: datetime
    waits: bool
    added: int
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class FormOffer:
    """The version of its form that a document may follow to: what it does to this document, then everything else that changes.

    ``authors`` are those who may accept, ``may_accept`` whether the reader is one of them.
    """

    form_version_id: uuid.UUID
    before: int
    after: int
    revision: int
    consequences: Sequence[tuple[Consequence, str]]
    others: Sequence[str]
    authors: Sequence[str]
    may_accept: bool


def form_news(actor: User, view: DocumentView) -> list[FormNews]:
    """What ``actor`` was not told yet of the form of a running document that he opened, and what waits for a decision."""
    if view.line.status in FROZEN:
        return []
    moves = FormMove.objects.filter(version_id=view.version_id, state__in=("suivi", "accepte", "propose"))
    return [_news(move) for move in moves.exclude(~Q(state="propose"), seen_by=actor)]


def _news(move: FormMove) -> FormNews:
    lines = forms.version_differences(move.before_id, move.after_id)
    added = sum(line.kind in ("question.added", "question.added_required") and not line.group_key for line in lines)
    before, after = (forms.form_version(pk).number for pk in (move.before_id, move.after_id))
    return FormNews(before, after, move.at, move.state == "propose", added, [_placed(line) for line in lines])


def _placed(line: Line) -> str:
    words = f"{line.section} – {line.words}" if line.section and not line.kind.startswith("section.") else line.words
    return unbroken(words)


def form_offer(actor: User, document_id: uuid.UUID) -> FormOffer:
    """The version that is offered; raises :class:`DocumentNotFound`, and :class:`Stale` when none is."""
    version, standing = access.find_with_standing(actor, "document.open", document_id)
    move = version.moves.filter(state="propose").first()
    if move is None or version.status in FROZEN:
        raise Stale("Aucune version du formulaire n'est proposée pour cette fiche")
    consequences = verdict_of(version, move.after_id).consequences
    told = {consequence.words for consequence in consequences}
    lines = forms.version_differences(version.form_version_id, move.after_id)
    return FormOffer(
        form_version_id=move.after_id,
        before=forms.form_version(version.form_version_id).number,
        after=forms.form_version(move.after_id).number,
        revision=version.revision,
        consequences=[(replace(c, words=unbroken(c.words)), OUTCOME_LABELS[c.outcome]) for c in consequences],
        others=[_placed(line) for line in lines if line.words not in told],
        authors=_authors(version),
        may_accept=standing.may(Action.FOLLOW_FORM),
    )


def _authors(version: DocumentVersion) -> list[str]:
    users = [version.document.created_by, *(c.user for c in version.contributors.select_related("user__practitioner"))]
    return list(dict.fromkeys(person_name(user) for user in users if user))


@dataclass(frozen=True, slots=True)
class FormUse:
    """Documents on one version of a form: how many run, how many of them wait for their author; no more than counts."""

    running: int
    waiting: int


def form_use(form_key: str) -> Mapping[int, FormUse]:
    """By number of version of a form: the running documents on it. Counts only: nothing of a patient leaves the room."""
    versions = DocumentVersion.objects.filter(is_current=True, status__in=RUNNING, form_version__definition__key=form_key)
    counted = versions.values("form_version__number").annotate(running=Count("pk"))
    running = {row["form_version__number"]: row["running"] for row in counted}
    moves = FormMove.objects.filter(state="propose", version__in=versions.values("pk"))
    waits = moves.values("before__number").annotate(waiting=Count("pk"))
    waiting = {row["before__number"]: row["waiting"] for row in waits}
    return {number: FormUse(count, waiting.get(number, 0)) for number, count in sorted(running.items(), reverse=True)}
