from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from dcc.contracts.capabilities import ScheduledJob
from dcc.contracts.registry import current


class AuditConfig(AppConfig):
    name = "dcc.audit"
    label = "audit"
    verbose_name = "Journal d'audit"

    def ready(self) -> None:
        pre_migrate.connect(_lift, sender=self, dispatch_uid="audit.lift")
        post_migrate.connect(_protect, sender=self, dispatch_uid="audit.protect")
        current().add(ScheduledJob, "audit.seal", ScheduledJob("audit.seal", _seal, timedelta(seconds=5)))
        current().add(ScheduledJob, "audit.purge", ScheduledJob("audit.purge", _purge, timedelta(days=1)))


def _lift(using: str, plan: list[Any], **_: object) -> None:
    """SQLite alters a table by copying it: the triggers step aside while a migration of this room runs, and only then."""
    from dcc.audit.protection import lift_protection

    if any(migration.app_label == "audit" for migration, _backwards in plan):
        lift_protection(using)


def _protect(using: str, **_: object) -> None:
    from dcc.audit.protection import protect

    protect(using)


def _seal() -> None:
    from dcc.audit.sealing import seal

    seal()


def _purge() -> None:
    from dcc.audit.sealing import purge

    purge()
