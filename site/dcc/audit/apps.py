from datetime import timedelta

from django.apps import AppConfig

from dcc.contracts.capabilities import ScheduledJob
from dcc.contracts.registry import current


class AuditConfig(AppConfig):
    name = "dcc.audit"
    label = "audit"
    verbose_name = "Journal d'audit"

    def ready(self) -> None:
        from dcc.audit.guards import keep_guarded
        from dcc.audit.protection import GUARDS

        keep_guarded(self, GUARDS)
        current().add(ScheduledJob, "audit.seal", ScheduledJob("audit.seal", _seal, timedelta(seconds=5)))
        current().add(ScheduledJob, "audit.watch", ScheduledJob("audit.watch", _watch, timedelta(minutes=5)))
        current().add(ScheduledJob, "audit.purge", ScheduledJob("audit.purge", _purge, timedelta(days=1)))


def _seal() -> None:
    from dcc.audit.sealing import seal

    seal()


def _watch() -> None:
    from dcc.audit.watching import watch

    watch()


def _purge() -> None:
    from dcc.audit.purging import purge

    purge(actor=None)
