"""Scheduled jobs of the registry, by due times of our own table, claimed with a lease like deliveries.

A job that fails or dies is run again at its next due time: it is idempotent and periodic, so nothing is lost by waiting for it.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dcc.contracts.capabilities import ScheduledJob
from dcc.contracts.registry import current
from dcc.events.leases import LEASE, is_dead, owner
from dcc.events.models import Job
from dcc.security.api import frames_of, scrub

log = logging.getLogger("dcc.events")


def run_due_jobs() -> int:
    """Run each scheduled job of the registry that is due, once, whatever the number of hosts; answers how many were run.

    A job that was never run is due at once.
    """
    jobs = current().all(ScheduledJob)
    known = set(Job.objects.filter(key__in=[job.key for job in jobs]).values_list("key", flat=True))
    Job.objects.bulk_create(
        (Job(key=job.key, due_at=timezone.now()) for job in jobs if job.key not in known), ignore_conflicts=True
    )
    return sum(_run_if_due(job) for job in jobs)


def _run_if_due(job: ScheduledJob) -> bool:
    now = timezone.now()
    row = Job.objects.get(key=job.key)
    if row.due_at > now or not _take(row, now):
        return False
    failure = ""
    try:
        job.run()
    except Exception as error:  # noqa: BLE001  (a job may fail in any way; it is shown, logged, and due again)
        failure = scrub(error)
        log.error("job %s failed: %s, by way of %s", job.key, failure, " ".join(frames_of(error)))
    ended = timezone.now()
    with transaction.atomic(durable=True):
        Job.objects.filter(key=job.key, lease_owner=owner()).update(
            due_at=now + job.every, lease_until=None, lease_owner="", ran_at=ended, failure=failure[:300]
        )
    return True


def _take(row: Job, now: datetime) -> bool:
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    if row.lease_owner and is_dead(row.lease_owner):
        free |= Q(lease_owner=row.lease_owner)
    with transaction.atomic(durable=True):
        taken = Job.objects.filter(free, key=row.key, due_at=row.due_at)
        return bool(taken.update(lease_until=now + LEASE, lease_owner=owner()))
