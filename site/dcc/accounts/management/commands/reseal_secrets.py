"""``manage.py reseal_secrets``: after a change of ``DCC_SECRETS_KEY``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.accounts.resealing import reseal_secrets


class Command(BaseCommand):
    """Seals again what a former key sealed; ends with code 1 when something opens under no key."""

    help = "Scelle avec la clé actuelle les secrets que scellait une ancienne clé."

    def handle(self, *args: Any, **options: Any) -> None:
        done = reseal_secrets()
        self.stdout.write(f"{done.count} secret(s) scellé(s) avec la clé actuelle")
        for row in done.unreadable:
            self.stderr.write(f"{row} : illisible, la clé qui l'a scellé n'est plus dans les réglages")
        if done.unreadable:
            raise CommandError(
                f"{len(done.unreadable)} secret(s) illisible(s) : remettez l'ancienne clé dans DCC_SECRETS_FORMER_KEYS"
            )
