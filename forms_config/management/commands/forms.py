"""``manage.py forms SUBCOMMAND``: what can be done with forms without a browser (:mod:`forms_config.commands`)."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand

from forms_config.commands import NAMES


class Command(BaseCommand):
    help = "Formulaires : contrôle, comparaison, échange. « manage.py forms SOUS-COMMANDE --help » dit le reste."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        choices = parser.add_subparsers(dest="subcommand", metavar="SOUS-COMMANDE", required=True)
        for name, module in NAMES.items():
            found = import_module(module)
            found.add_arguments(choices.add_parser(name, help=found.HELP, description=found.HELP))

    def handle(self, *, subcommand: str, **options: Any) -> None:
        code = import_module(NAMES[subcommand]).run(self.stdout, **options)
        if code:
            sys.exit(code)
