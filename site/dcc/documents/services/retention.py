"""Regional answers that a form keeps for some months only, in documents that were never validated (decision 0164).

What a physician validated is frozen and kept whole. Elsewhere an answer leaves the document, its history and the store of files
once it has not been changed for as long as its question says; the journal remembers that it did, not what it was.
"""

from __future__ import annotations

import uuid
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.core.files.storage import storages
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from dcc.audit import api as audit
from dcc.documents.edits import files_in, touches
from dcc.documents.models import AnswerChange, DocumentVersion
from dcc.documents.services.amending import shares_bytes
from dcc.documents.services.calculating import calculated
from forms_config import api as forms
from forms_config.schema.model import FormSchema

NAMED = 20
"""Questions that the journal names; beyond, it counts."""


def purge_answers(now: datetime | None = None) -> int:
    """Purge what is due (a scheduled job, idempotent); answers how many documents lost something."""
    now = now or timezone.now()
    due = [key for key in _candidates() if _purge(key, now)]
    return len(due)


def _candidates() -> Iterator[uuid.UUID]:
    """Versions neither validated nor in the hands of another DCC, on forms that keep something for a time or aside."""
    running = DocumentVersion.objects.filter(validated_at__isnull=True, held_elsewhere="")
    used = list(running.order_by().values_list("form_version_id", flat=True).distinct())
    timed = [form for form in used if any(q.retention for q in forms.schema_of(form).questions())]
    yield from list(running.filter(Q(form_version_id__in=timed) | ~Q(set_aside=[])).values_list("pk", flat=True))


def _purge(version_id: uuid.UUID, now: datetime) -> bool:
    with transaction.atomic():
        version = DocumentVersion.objects.select_for_update(of=("self",)).select_related("document").get(pk=version_id)
        schema = forms.schema_of(version.form_version_id)
        kept_whole = bool(version.validated_at or version.held_elsewhere)
        keys = [] if kept_whole else _due(version, schema, now)
        aside = [] if kept_whole else [item for item in version.set_aside if _aside_due(version, item, now)]
        if not keys and not aside:
            return False
        gone = {key: version.answers[key] for key in keys if key in version.answers}
        files = files_in(gone) | files_in({str(n): item["value"] for n, item in enumerate(aside)})
        kept = {key: value for key, value in version.answers.items() if key not in keys}
        version.answers = calculated(schema, kept, version.document.patient_id)
        version.provenance = {p: mark for p, mark in version.provenance.items() if not any(touches(key, p) for key in keys)}
        version.revision += 1
        version.set_aside = [item for item in version.set_aside if item not in aside]
        version.save(update_fields=["answers", "provenance", "revision", "set_aside"])
        for key in keys:
            _history(version, key).update(before=None, after=None)
        for item in aside:
            _history_of_aside(version, item).update(before=None, after=None)
        _forget_files(version, files)
        audit.record(
            actor=None,
            action="document.answers_purged",
            subject=f"document:{version.document_id}",
            patient_id=version.document.patient_id,
            version=version.number,
            questions=[*keys, *(item["path"].rpartition("/")[2] for item in aside)][:NAMED],
            count=len(keys) + len(aside),
        )
    return True


def _due(version: DocumentVersion, schema: FormSchema, now: datetime) -> list[str]:
    """Questions whose answer, or whose history, has been kept for as long as the form says."""
    found = []
    for question in schema.questions():
        if not question.retention:
            continue
        history = _history(version, question.key)
        held = question.key in version.answers or history.filter(Q(before__isnull=False) | Q(after__isnull=False)).exists()
        last = history.aggregate(last=Max("at"))["last"] or version.created_at
        if held and _after_months(last, question.retention) <= now:
            found.append(question.key)
    return found


def _aside_due(version: DocumentVersion, item: Mapping[str, Any], now: datetime) -> bool:
    """Whether an answer that left the form was kept for as long as its question said; setting it aside was no change of it."""
    if not item.get("retention"):
        return False
    given = _history_of_aside(version, item).filter(after__isnull=False).aggregate(last=Max("at"))["last"]
    return _after_months(given or version.created_at, item["retention"]) <= now


def _history_of_aside(version: DocumentVersion, item: Mapping[str, Any]) -> QuerySet[AnswerChange]:
    return _history(version, item["path"]).filter(revision__lte=item["revision"])


def _history(version: DocumentVersion, key: str) -> QuerySet[AnswerChange]:
    return AnswerChange.objects.filter(Q(path=key) | Q(path__startswith=f"{key}/"), version=version)


def _after_months(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + years, month + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def _forget_files(version: DocumentVersion, files: frozenset[str]) -> None:
    """The rows now, the bytes once nothing can bring the rows back."""
    for attachment in version.attachments.filter(pk__in=files):
        if not shares_bytes(attachment):  # another version may have it
            transaction.on_commit(partial(storages["attachments"].delete, attachment.storage_name))
        attachment.delete()
