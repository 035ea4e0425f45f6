"""``manage.py publish_scheduled``, in place of Wagtail's: a refusal stops no other. The worker does it each minute."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from wagtail.management.commands.publish_scheduled import Command as WagtailCommand

from forms_config.control.patience import patiently
from forms_config.control.scheduled import publish_due


class Command(WagtailCommand):  # type: ignore[misc]  # Wagtail ships no types
    help = "Publie ce qui était programmé ; ce que le contrôle refuse reste en l'état. Code de sortie 1 s'il y a eu un refus."

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("dryrun"):
            super().handle(*args, **options)
            return
        with patiently():
            refusals = publish_due()
        if refusals:
            raise CommandError("\n".join(refusals))
