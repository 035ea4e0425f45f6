from typing import Any

from django.apps import AppConfig


class RcpDirectoryConfig(AppConfig):
    name = "rcp_directory"
    label = "rcp_directory"
    verbose_name = "Annuaire des RCP"

    def ready(self) -> None:
        from django.db.models.signals import post_delete, post_save

        from rcp_directory.models import RcpMember

        # A seat opens documents: each is traced, whichever way it is given. Who edited the RCP is in Wagtail's trace beside it.
        post_save.connect(_seated, sender=RcpMember, dispatch_uid="rcp_directory.seated")
        post_delete.connect(_unseated, sender=RcpMember, dispatch_uid="rcp_directory.unseated")


def _seated(instance: Any, created: bool, raw: bool = False, **_: object) -> None:
    if created and not raw:
        _trace("rcp.member_seated", instance)


def _unseated(instance: Any, **_: object) -> None:
    _trace("rcp.member_unseated", instance)


def _trace(action: str, member: Any) -> None:
    from django.db import transaction

    from dcc.audit import api as audit

    with transaction.atomic():
        audit.record(actor=None, action=action, subject=f"rcp:{member.rcp_id}", practitioner_id=member.practitioner_id)
