"""``manage.py sandbox_insi``: the stand-in of INSi, run by the worker of the demonstration. ``--mood`` changes it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plugins.sandbox.authority import Certificates
from plugins.sandbox.insi.authority import make_certificates
from plugins.sandbox.insi.server import CONTROL, serve
from plugins.sandbox.insi.service import MOODS, Service
from plugins.sandbox.tls import tell


def certificates() -> Certificates:
    """Those of this installation, made if need be."""
    return make_certificates(Path(settings.DATA_DIR) / "sandbox-insi")


class Command(BaseCommand):
    help = "Simule INSi sur cette machine, avec les identités de test du CNDA (démonstration seulement)."
    requires_system_checks = ()  # it makes the certificates that a check looks for

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--mood", choices=MOODS, help="changer l'humeur du simulateur qui tourne, au lieu de le lancer")
        parser.add_argument("--seconds", type=float, default=0.0, help="secondes de plus par réponse")
        parser.add_argument("--times", type=int, default=0, help="nombre de réponses dans cette humeur (0 : toutes)")
        parser.add_argument("--injection", default="", help="réponse du CNDA à injecter (1.10, 2.04-2, 2.04-2-malformed)")
        parser.add_argument("--strangers", choices=["01", "faute"], default="01", help="ce qu'obtient une personne inconnue")
        parser.add_argument("--port", type=int, default=getattr(settings, "DCC_SANDBOX_INSI_PORT", 0))

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DCC_DEMO or not options["port"]:
            raise CommandError("Le simulateur d'INSi ne se lance que pour la démonstration (DCC_SANDBOX_INSI_PORT, ou --port)")
        if options["mood"]:
            return self.set_mood(options)
        kit = Path(getattr(settings, "DCC_INSI_KIT", "absent"))
        service = Service(getattr(settings, "DCC_SANDBOX_INSI_IDAM", ""), kit if kit.is_dir() else None)
        return serve(service, certificates(), options["port"]).serve_forever()

    def set_mood(self, options: dict[str, Any]) -> None:
        """Tell the one that runs."""
        held = certificates()
        mood = {"kind": options["mood"], **{name: options[name] for name in ("seconds", "times", "injection", "strangers")}}
        tell(f"https://localhost:{options['port']}{CONTROL}", mood, held, "INSI-MANU")
        self.stdout.write(f"Simulateur d'INSi : {options['mood']}")
