"""``manage.py demo_dmp``: note, for the demonstration, what a patient said of his DMP."""

from __future__ import annotations

import argparse
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dcc.accounts import api as accounts
from dcc.patients import api as patients
from plugins.dmp.patient.services import oppose


class Command(BaseCommand):
    help = "Note l'opposition d'un patient de la démonstration à l'alimentation de son DMP (déjà notée : rien ne change)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("matricule", help="matricule INS du patient")
        parser.add_argument("--by", required=True, help="compte de qui la note")
        parser.add_argument("--words", required=True, help="ce que le patient a exprimé")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DCC_DEMO:
            raise CommandError("Pour la démonstration seulement : ailleurs, on la note sur la page « DMP du patient »")
        actor = accounts.user_named(options["by"])
        found = patients.search(actor=actor, text=options["matricule"]).lines
        if len(found) != 1:
            raise CommandError("Aucun patient de ce matricule, ou plusieurs")
        oppose(actor=actor, patient_id=found[0].patient_id, reason=options["words"])
        self.stdout.write("DMP : une opposition à l'alimentation est notée")
