"""Publishing what was scheduled, one thing after the other: what the gate refuses stays as it is and holds up nothing else."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import DraftStateMixin, Revision

from forms_config.control.services import keep_refused
from forms_config.gate import GateRefused

log = logging.getLogger("forms_config.gate")


def publish_due() -> list[str]:
    """Publish every revision whose time has come and withdraw what expired; what was refused, in French.

    A refused revision stays scheduled: it goes live when the reason is gone (a service that answers again), or is replaced.
    """
    refusals = []
    for what, act in (*_expired(), *_due()):
        try:
            act()
        except GateRefused as refusal:
            keep_refused(refusal)
            refusals.append(f"{what} : {refusal}")
        except (ValidationError, PermissionDenied) as refusal:
            refusals.append(f"{what} : {refusal}")
    for said in refusals:
        log.warning("scheduled publication refused: %s", said)
    return refusals


def _expired() -> Iterator[tuple[Any, Any]]:
    for model in apps.get_models():
        if issubclass(model, DraftStateMixin):
            for item in model._default_manager.filter(live=True, expire_at__lt=timezone.now()).order_by("expire_at"):
                yield item, lambda item=item: item.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _due() -> Iterator[tuple[Any, Any]]:
    for revision in Revision.objects.filter(approved_go_live_at__lt=timezone.now()).order_by("approved_go_live_at"):
        yield revision.object_str, lambda revision=revision: revision.publish(log_action="wagtail.publish.scheduled")
