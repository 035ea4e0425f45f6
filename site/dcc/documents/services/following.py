"""Running documents follow their form: carried by themselves, or once one of their authors accepts. Frozen ones never do.

Publishing a form only tells it; this runs in the worker, document by document, each in its own transaction and under its lock, so
that whoever edits at that moment saves before or after, never across.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from dcc.accounts.api import Action, User
from dcc.audit import api as audit
from dcc.contracts.events import Context, FormPublished
from dcc.documents import access
from dcc.documents.edits import write
from dcc.documents.errors import Stale
from dcc.documents.following import Rewrite, Verdict, judge, text_of
from dcc.documents.models import AnswerChange, DocumentVersion, FormMove
from dcc.documents.services.contributions import note_contribution
from dcc.documents.services.locking import lock_current
from dcc.documents.states import FROZEN, STATUSES
from forms_config import api as forms
from forms_config.schema.effects import Migration
from forms_config.schema.model import Question

RUNNING = tuple(status for status in STATUSES if status not in FROZEN)
"""Statuses in which a document may follow its form."""
BATCH = 500
"""Documents that one run looks at: some seconds; the next minute's run takes the rest."""
FOLLOWED = "formulaire"
"""Origin of the changes that following a form makes."""
_STATES = {Migration.CARRY: "suivi", Migration.ASK: "propose", Migration.KEEP: "reste"}


def follow_published(event: FormPublished, context: Context) -> None:
    """Handler of ``FormPublished``: carry or offer, document by document; idempotent."""
    follow_form(event.form_key)


def follow_all() -> None:
    """Scheduled: what a publication of thousands of documents left over, and documents started while it was published."""
    for key in forms.live_keys():
        follow_form(key)


def follow_form(key: str, *, limit: int = BATCH) -> int:
    """Carry running documents of a form to its live version, or offer it to their authors; answers how many were looked at."""
    try:
        live = forms.published_form(key)
    except forms.UnknownForm:
        return 0
    behind = list(_behind(live).values_list("document_id", flat=True)[:limit])
    for document_id in behind:
        with transaction.atomic():
            _follow(document_id, live)
    return len(behind)


def _behind(live: forms.PublishedForm) -> QuerySet[DocumentVersion]:
    """Running versions on another version of the form, less those that were already looked at for this one."""
    known = FormMove.objects.filter(version=OuterRef("pk"), after_id=live.version_id)
    running = DocumentVersion.objects.filter(
        is_current=True, held_elsewhere="", status__in=RUNNING, form_version__definition__key=live.key
    )
    return running.exclude(form_version_id=live.version_id).exclude(Exists(known)).order_by("changed_at")


def _follow(document_id: uuid.UUID, live: forms.PublishedForm) -> None:
    version = lock_current(document_id)
    if not _behind(live).filter(pk=version.pk).exists():
        return  # somebody validated it, or another worker was faster
    verdict = verdict_of(version, live.version_id)
    version.moves.filter(state="propose").update(state="depasse")
    move = _move(version, live.version_id, _STATES[verdict.rule], None, timezone.now())
    if verdict.rule is Migration.CARRY:
        _put_on(version, live.version_id)
    _trace(move, f"document.form_{_ACTIONS[verdict.rule]}")


_ACTIONS = {Migration.CARRY: "carried", Migration.ASK: "offered", Migration.KEEP: "kept"}


def verdict_of(version: DocumentVersion, form_version_id: uuid.UUID) -> Verdict:
    """What would become of a version on another version of its form."""
    before, after = forms.schema_of(version.form_version_id), forms.schema_of(form_version_id)
    lines = forms.version_differences(version.form_version_id, form_version_id)
    return judge(lines, before, after, version.answers, _fits)


def _fits(question: Question, value: Any, pins: Mapping[str, str]) -> bool:
    try:
        return forms.check_answer(question, value, value_sets=pins) is not None
    except (ValueError, TypeError, KeyError, AttributeError):  # a value of another type has any shape
        return False


def accept_form(*, actor: User, document_id: uuid.UUID, form_version_id: uuid.UUID, expected_revision: int) -> None:
    """Let a running document follow its form to the version that was offered; answers it does not take are set aside, readable.

    Raises :class:`DocumentNotFound`, :class:`ActionForbidden` (not one of its authors) and :class:`Stale` (changed since it was
    read, or another version is offered now).
    """
    with transaction.atomic():
        version = lock_current(document_id, expected_revision=expected_revision)
        access.require(actor, Action.FOLLOW_FORM, version)
        move = version.moves.filter(state="propose").first()
        if version.status in FROZEN or move is None or move.after_id != form_version_id:
            raise Stale("Cette version du formulaire n'est plus proposée : relisez la fiche")
        now = timezone.now()
        verdict = verdict_of(version, form_version_id)
        _rewrite(version, verdict, actor, now)
        _put_on(version, form_version_id)
        move.state, move.actor, move.at, move.revision = "accepte", actor, now, version.revision
        move.save(update_fields=["state", "actor", "at", "revision"])
        move.seen_by.add(actor)
        note_contribution(version, actor, now)
        _trace(move, "document.form_accepted", set_aside=sum(r.after is None for r in verdict.rewrites))


def note_form_seen(*, actor: User, document_id: uuid.UUID) -> None:
    """Say that ``actor`` was told how the form of a document changed. Raises :class:`DocumentNotFound`."""
    with transaction.atomic():
        version = access.find(actor, "document.open", document_id)
        for move in version.moves.filter(state__in=("suivi", "accepte")).exclude(seen_by=actor):
            move.seen_by.add(actor)


def _rewrite(version: DocumentVersion, verdict: Verdict, actor: User, now: datetime) -> None:
    """Answers the newer form does not take: written otherwise, or set aside; each is a change in the history."""
    number = forms.form_version(version.form_version_id).number
    answers, revision, changes, aside = version.answers, version.revision, [], list(version.set_aside)
    for rewrite in verdict.rewrites:
        answers, revision = write(answers, rewrite.path, rewrite.after), revision + 1
        changes.append(
            AnswerChange(
                version=version,
                revision=revision,
                path=rewrite.path,
                before=rewrite.before,
                after=rewrite.after,
                origin=FOLLOWED,
                actor=actor,
                at=now,
            )
        )
        if rewrite.after is None:
            aside.append({**_aside(rewrite, actor, now), "form": number, "revision": revision})
    AnswerChange.objects.bulk_create(changes)
    version.answers, version.revision, version.set_aside = answers, revision, aside
    version.provenance = {path: mark for path, mark in version.provenance.items() if not _gone(path, verdict)}
    if changes:
        version.changed_at = now


def _gone(path: str, verdict: Verdict) -> bool:
    return any(r.after is None and (path == r.path or path.startswith(f"{r.path}/")) for r in verdict.rewrites)


def _aside(rewrite: Rewrite, actor: User, now: datetime) -> dict[str, Any]:
    question, group = rewrite.question, rewrite.group
    return {
        "path": rewrite.path,
        "section": rewrite.section,
        "label": f"{group.label} › {question.label}" if group else question.label,
        "text": text_of(question, rewrite.before),
        "value": rewrite.before,
        "retention": question.retention or (group.retention if group else 0),
        "at": now.isoformat(),
        "by": str(actor.pk),
    }


def _put_on(version: DocumentVersion, form_version_id: uuid.UUID) -> None:
    version.form_version_id = form_version_id
    version.save(update_fields=["form_version", "answers", "revision", "set_aside", "provenance", "changed_at"])


def _move(version: DocumentVersion, after_id: uuid.UUID, state: str, actor: User | None, now: datetime) -> FormMove:
    return FormMove.objects.create(
        version=version,
        before_id=version.form_version_id,
        after_id=after_id,
        state=state,
        revision=version.revision,
        actor=actor,
        at=now,
    )


def _trace(move: FormMove, action: str, **facts: int) -> None:
    document = move.version.document
    audit.record(
        actor=move.actor,
        action=action,
        subject=f"document:{document.pk}",
        patient_id=document.patient_id,
        version=move.version.number,
        before=forms.form_version(move.before_id).number,
        after=forms.form_version(move.after_id).number,
        **facts,
    )
