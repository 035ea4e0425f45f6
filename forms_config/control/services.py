"""What is asked of the gate's proofs: a report in the worker, or a green light before publishing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from dcc.contracts.errors import RetryLater
from dcc.contracts.events import Context, GateRequested
from dcc.contracts.snapshots import Finding
from dcc.events import api as events
from forms_config.control.models import ENDED, GateArtifact, GateReport, ReportState
from forms_config.control.patience import proved
from forms_config.control.proofs import Subject, context_hash
from forms_config.control.running import Outcome, prove
from forms_config.gate import GateRefused

if TYPE_CHECKING:
    from dcc.accounts.models import User

REPORTS_KEPT = 5
"""Ended reports of one subject that are kept; older ones go with their files."""

KEPT_FOR = timedelta(days=90)
"""After which a report goes, however few there are."""


def check_rights(actor: User | None) -> None:
    """Who configures or administers may have something proved; raises ``PermissionDenied``."""
    allowed = (accounts.Action.CONFIGURE_FORMS, accounts.Action.ADMINISTER)
    if actor is not None and not any(accounts.may(actor, action) for action in allowed):
        raise PermissionDenied("Seuls les éditeurs DSRC et les administrateurs lancent un contrôle")


@transaction.atomic
def request_report(*, actor: User | None, subject: Subject) -> GateReport:
    """Have a subject proved by the worker; one that is waiting or running for the same content is given back."""
    check_rights(actor)
    open_states = (ReportState.PENDING, ReportState.RUNNING)
    waiting = GateReport.objects.filter(content_sha256=subject.sha256, state__in=open_states).first()
    if waiting is not None:
        return waiting
    report = GateReport.objects.create(**_named(subject), requested_by=actor)
    events.publish(GateRequested(report.pk, f"{subject.kind}:{subject.key}", timezone.now()))
    return report


def run_requested(event: GateRequested, context: Context) -> None:
    """Subscriber of ``GateRequested``: prove, telling how far it is. What ended is not run again."""
    report = GateReport.objects.filter(pk=event.report_id).exclude(state__in=ENDED).first()
    if report is None:
        return
    row = GateReport.objects.filter(pk=report.pk)
    row.update(state=ReportState.RUNNING, started_at=timezone.now())
    subject = Subject(report.kind, report.key, report.title, report.content)  # type: ignore[arg-type]  # as it was requested

    def tell(done: int, total: int, words: str) -> None:
        row.update(step=done, total=total, doing=words[:200])

    try:
        outcome = prove(subject, tell)
    except RetryLater as error:
        row.update(state=ReportState.PENDING, doing=error.reason[:200])
        raise
    keep(outcome, report=report)


def require_green(subject: Subject, findings: Sequence[Finding] = ()) -> None:
    """Let a subject through when this very content was proved in this very context, or is proved now.

    ``findings`` are those of quick checks already made. Raises :class:`GateRefused`; whoever rolls a transaction back on it keeps
    the report with :func:`keep_refused`.
    """
    if any(finding.level == "error" for finding in findings):
        now = timezone.now()
        raise _refusal(Outcome(subject, context_hash(subject.kind), findings, now, now))
    if not settings.DCC_GATE_PROOF:
        return
    known = _known(subject)
    if known is not None and known.state == ReportState.GREEN:
        return
    if known is not None:
        raise GateRefused([found for found in map(_finding, known.findings) if found.level == "error"])
    try:
        outcome = proved(subject)
    except RetryLater as error:
        message = _("Le contrôle n'a pas pu être fait, réessayer plus tard. %(reason)s") % {"reason": error.reason}
        raise GateRefused([Finding("gate.unavailable", "error", message, source="gate")]) from error
    if not outcome.green:
        raise _refusal(outcome)
    transaction.on_commit(partial(keep, outcome))


def _refusal(outcome: Outcome) -> GateRefused:
    refusal = GateRefused(outcome.errors, outcome)
    if not transaction.get_connection().in_atomic_block:
        keep_refused(refusal)
    return refusal


def _known(subject: Subject) -> GateReport | None:
    """What the last proof of this content said, with the rules, texts and version of now; a crash is tried again."""
    ended = GateReport.objects.filter(content_sha256=subject.sha256, context_sha256=context_hash(subject.kind), state__in=ENDED)
    last = ended.order_by("-ended_at").first()
    return None if last is None or any(found["code"] == "gate.crash" for found in last.findings) else last


def _finding(data: Mapping[str, Any]) -> Finding:
    return Finding(**data)


def is_green(subject: Subject) -> bool:
    """Whether this content was proved green, with the rules, texts and version of now."""
    known = _known(subject)
    return known is not None and known.state == ReportState.GREEN


def keep_refused(refusal: GateRefused) -> None:
    """Keep the report of a refused publication, once, outside the transaction that it ended."""
    outcome, refusal.outcome = refusal.outcome, None
    if isinstance(outcome, Outcome):
        keep(outcome)


@transaction.atomic
def keep(outcome: Outcome, *, report: GateReport | None = None) -> GateReport:
    """Write what was found, in the report that was asked for or a new one, with its outputs; old reports go."""
    if report is None:
        report = GateReport.objects.create(**_named(outcome.subject))
    report.state = ReportState.GREEN if outcome.green else ReportState.RED
    report.context_sha256, report.findings = outcome.context, [asdict(finding) for finding in outcome.findings]
    report.started_at, report.ended_at, report.doing = outcome.started_at, outcome.ended_at, ""
    report.save(update_fields=["state", "context_sha256", "findings", "started_at", "ended_at", "doing"])
    report.artifacts.all().delete()
    for kept in outcome.kept:
        artifact = kept.artifact
        digest = hashlib.sha256(artifact.content).hexdigest()
        name = storages["artifacts"].save(
            f"controles/{report.pk}/{kept.document}-{artifact.format}", ContentFile(artifact.content)
        )
        GateArtifact.objects.create(
            report=report,
            document=kept.document,
            format=artifact.format,
            media_type=artifact.media_type,
            filename=artifact.filename,
            size=len(artifact.content),
            sha256=digest,
            conformance=kept.conformance,
            storage_name=name,
        )
    subject = f"{outcome.subject.kind}:{outcome.subject.key}"
    audit.record(
        actor=report.requested_by, action="gate.ended", subject=subject, verdict=str(report.state), digest=outcome.subject.sha256
    )
    purge(outcome.subject.kind, outcome.subject.key)
    return report


def purge(kind: str, key: str) -> None:
    """Let go of the ended reports of a subject beyond :data:`REPORTS_KEPT`."""
    ended = GateReport.objects.filter(kind=kind, key=key, state__in=ENDED).order_by("-requested_at")
    _forget(ended.values_list("pk", flat=True)[REPORTS_KEPT:])


def purge_old() -> None:
    """Let go of every report older than :data:`KEPT_FOR` (scheduled job)."""
    _forget(GateReport.objects.filter(requested_at__lt=timezone.now() - KEPT_FOR).values_list("pk", flat=True))


def _forget(reports: Any) -> None:
    pks = list(reports)
    names = list(GateArtifact.objects.filter(report_id__in=pks).values_list("storage_name", flat=True))
    GateReport.objects.filter(pk__in=pks).delete()
    for name in names:
        transaction.on_commit(partial(storages["artifacts"].delete, name))


def _named(subject: Subject) -> Mapping[str, Any]:
    return {
        "kind": subject.kind,
        "key": subject.key,
        "title": subject.title[:200],
        "content": subject.content,
        "content_sha256": subject.sha256,
    }
