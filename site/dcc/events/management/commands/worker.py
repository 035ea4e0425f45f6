"""``manage.py worker``: the background worker of a host."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from dcc.contracts.capabilities import Service
from dcc.contracts.registry import current
from dcc.events.models import Delivery
from dcc.events.states import NEEDS_HUMAN, STATES, State


class Command(BaseCommand):
    help = "Traite les livraisons, les tâches planifiées et les services de longue durée de cette machine."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="traiter ce qui est à traiter, puis s'arrêter")
        parser.add_argument("--no-services", action="store_true", help="ne pas lancer les services de longue durée")
        parser.add_argument("--seconds", type=float, default=600.0, help="durée maximale de --once")

    def handle(self, *args: Any, **options: Any) -> None:
        services = () if options["no_services"] else current().all(Service)
        if options["once"]:
            self._once(services, options["seconds"])
        else:
            self._watch(services)

    def _once(self, services: Any, seconds: float) -> None:
        from dcc.events.worker.once import drain_once

        settled = drain_once(services, seconds=seconds)
        words = [f"{number} {STATES[state].label}" for state, number in sorted(settled.items())]
        self.stdout.write(f"Livraisons traitées : {', '.join(words) or 'aucune'}")
        for delivery in Delivery.objects.filter(state__in=NEEDS_HUMAN).select_related("event").order_by("event_id"):
            label = STATES[State(delivery.state)].label
            self.stdout.write(f"{delivery.subject} : {delivery.event.name} pour {delivery.key} {label} ({delivery.reason})")

    def _watch(self, services: Any) -> None:
        from dcc.events.worker.health import Limits
        from dcc.events.worker.supervisor import Supervisor

        limits = Limits(
            workers=settings.Q_CLUSTER["workers"], task=settings.Q_CLUSTER["timeout"], freeze=settings.DCC_WORKER_FREEZE_SECONDS
        )
        Supervisor(services, limits, grace=settings.DCC_WORKER_GRACE_SECONDS).run()
