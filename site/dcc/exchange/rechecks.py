"""Checking what could not be checked when it was made: the official kit came later.

An artifact never changes, nor does what was said of it; a later check stands beside it and counts from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from django.db import transaction

from dcc.audit import api as audit
from dcc.contracts.capabilities import ConformanceCheck
from dcc.contracts.errors import RetryLater
from dcc.contracts.registry import current
from dcc.contracts.snapshots import Finding
from dcc.exchange.models import ArtifactCheck, Conformance, Rendition, RenditionState, StoredArtifact
from dcc.exchange.rendering import check, finding_json, load

BATCH = 50
"""Most artifacts checked in one run: some seconds of work."""


def check_waiting() -> int:
    """Check the artifacts that no check has looked at yet; returns how many were. Stops when the checks are still not there."""
    formats = {name for checker in current().all(ConformanceCheck) for name in checker.formats}
    waiting = StoredArtifact.objects.filter(conformance=Conformance.UNCHECKED, later_check=None, format__in=formats)
    done = 0
    for stored in islice(waiting.order_by("created_at").iterator(), BATCH):
        try:
            verdict, findings = check(load(stored))
        except RetryLater:
            break
        if verdict == Conformance.UNCHECKED:
            break
        _record(stored, verdict, findings)
        done += 1
    return done


@transaction.atomic
def _record(stored: StoredArtifact, verdict: Conformance, findings: Sequence[Finding]) -> None:
    ArtifactCheck.objects.create(artifact=stored, conformance=verdict, findings=[finding_json(found) for found in findings])
    if verdict == Conformance.REJECTED:
        Rendition.objects.filter(pk=stored.rendition_id).update(state=RenditionState.REJECTED)
    audit.record(actor=None, action="artifact.checked", subject=f"artifact:{stored.pk}", verdict=str(verdict.value))
