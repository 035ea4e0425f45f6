"""The only place that speaks to the task queue when there is something to do. Its tasks carry nothing: the outbox knows.

A hint that is lost costs a few seconds (the tick of the worker finds the delivery), a hint that is doubled finds nothing to do.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, transaction
from django.utils import timezone

log = logging.getLogger("dcc.events")

DRAIN_TASK = "dcc.events.tasks.drain_task"


def wake() -> None:
    """Ask the worker to drain soon. Never raises: the business transaction is already committed, and the tick will find it.

    One hint that nobody has taken yet is enough: it will run after the commit that calls this, and see its deliveries.
    """
    from django_q.conf import Conf
    from django_q.models import OrmQ
    from django_q.tasks import async_task

    try:
        with transaction.atomic(using=Conf.ORM):
            waiting = OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__lte=timezone.now()).exists()
            if not waiting:
                async_task(DRAIN_TASK)
    except DatabaseError as error:
        log.warning("the worker could not be woken (%s); its tick will find the delivery", type(error).__name__)
