"""``manage.py otp USERNAME``: the current code of a demonstration account."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.management.base import BaseCommand, CommandError

from dcc.accounts.demo import NotADemonstration, current_code


class Command(BaseCommand):
    """Prints a code; refused outside the development settings."""

    help = "Affiche le code à usage unique d'un compte de démonstration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="identifiant")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            code, uri = current_code(options["username"])
        except NotADemonstration as error:
            raise CommandError(str(error)) from error
        except ObjectDoesNotExist as error:
            raise CommandError(f"Compte inconnu ou sans application inscrite : {options['username']}") from error
        self.stdout.write(code)
        self.stdout.write(uri)
