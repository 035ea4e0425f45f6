"""``manage.py account sessions|end-sessions|unlock|close USERNAME``: what an operator does for, or against, an account."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dcc.accounts import open_sessions
from dcc.accounts.invitations import close_account
from dcc.accounts.models import User
from dcc.accounts.queries import user_named
from dcc.accounts.unlocking import unlock


class Command(BaseCommand):
    """Each operation is journaled as an act of the platform."""

    help = "Compte : ses sessions (sessions), les fermer (end-sessions), lever un blocage (unlock), fermer le compte (close)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("operation", choices=["sessions", "end-sessions", "unlock", "close"])
        parser.add_argument("username", help="identifiant")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            user = user_named(options["username"])
        except LookupError as error:
            raise CommandError(str(error)) from error
        getattr(self, f"_{options['operation'].replace('-', '_')}")(user)

    def _sessions(self, user: User) -> None:
        for one in open_sessions.opened(user):
            since, seen = (timezone.localtime(moment) for moment in (one.opened_at, one.seen_at))
            self.stdout.write(
                f"{one.level.value:<12} ouverte {since:%d/%m/%Y %H:%M}, vue {seen:%H:%M}  {one.device or 'appareil inconnu'}"
            )
        self.stdout.write(f"{len(open_sessions.opened(user))} session(s) ouverte(s)")

    def _end_sessions(self, user: User) -> None:
        self.stdout.write(f"{open_sessions.close(actor=None, user=user)} session(s) fermée(s)")

    def _unlock(self, user: User) -> None:
        self.stdout.write(f"Blocage levé ({unlock(actor=None, user=user)} adresse(s))")

    def _close(self, user: User) -> None:
        count = open_sessions.close(actor=None, user=user)
        close_account(actor=None, user=user)
        self.stdout.write(f"Compte fermé, {count} session(s) fermée(s)")
