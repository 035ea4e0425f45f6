"""``manage.py sandbox_dmp``: the stand-in of the DMP, run by the worker of the demonstration.

``--mood`` changes it, ``--load`` fills it.
"""

from __future__ import annotations

import argparse
import signal
from pathlib import Path
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dcc.contracts.errors import Refused
from plugins.sandbox.dmp.moods import MOODS, PHONES, Mood
from plugins.sandbox.dmp.pages import serve_pages
from plugins.sandbox.dmp.preload import load
from plugins.sandbox.dmp.running import CLIENT, FOLDER, make_service, prepare, served
from plugins.sandbox.dmp.server import CONTROL
from plugins.sandbox.tls import tell

PHONE_SECONDS = 4.0
"""Seconds after which a phone confirms by itself: long enough to see the two digits, or to refuse on the page."""
_TOLD = ("seconds", "times", "only", "phone", "phone_seconds", "session_seconds")


def folder() -> Path:
    """Where it keeps all it has."""
    return Path(settings.DATA_DIR) / FOLDER


class Command(BaseCommand):
    help = "Simule le DMP et le proxy de l'espace de confiance sur cette machine (démonstration seulement)."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        usual = Mood()
        parser.add_argument("--mood", choices=MOODS, help="changer l'humeur du simulateur qui tourne, au lieu de le lancer")
        parser.add_argument("--seconds", type=float, default=0.0, help="secondes de plus par appel")
        parser.add_argument("--times", type=int, default=0, help="nombre d'appels dans cette humeur (0 : tous)")
        parser.add_argument("--only", default="", help="service ou fin d'action dont il s'agit (repository, UpdateDocumentSet…)")
        parser.add_argument("--phone", choices=PHONES, default=usual.phone, help="comment le professionnel confirme")
        parser.add_argument("--phone-seconds", type=float, default=PHONE_SECONDS, help="secondes avant la confirmation")
        parser.add_argument("--session-seconds", type=float, default=usual.session_seconds, help="durée des sessions à venir")
        parser.add_argument("--expire", action="store_true", help="avec --mood : mettre fin à toutes les sessions")
        parser.add_argument("--load", metavar="DOSSIER", help="mettre dans le DMP les CDA (*.xml) d'un dossier")
        parser.add_argument("--hidden", action="append", default=[], help="avec --load : code de visibilité (INVISIBLE_PATIENT…)")
        parser.add_argument("--port", type=int, default=getattr(settings, "DCC_SANDBOX_DMP_PORT", 0))
        parser.add_argument("--pages", type=int, default=getattr(settings, "DCC_SANDBOX_DMP_PAGES_PORT", 0))

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DCC_DEMO:
            raise CommandError("Le simulateur du DMP ne se lance que pour la démonstration")
        if options["load"]:
            return self.load(Path(options["load"]), options["hidden"])
        if not options["port"]:
            raise CommandError("Le simulateur du DMP attend un port (DCC_SANDBOX_DMP_PORT, ou --port)")
        return self.set_mood(options) if options["mood"] else self.run(options)

    def run(self, options: dict[str, Any]) -> None:
        """Serve until interrupted."""
        over = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        kit = Path(getattr(settings, "DCC_DMP_KIT", "absent"))
        with served(folder(), prepare(folder()), port=options["port"], kit=kit) as running:
            running.service.set_mood(Mood(**{name: options[name] for name in _TOLD}))
            if options["pages"]:
                pages = serve_pages(running.service, options["pages"])
                Thread(target=pages.serve_forever, daemon=True).start()
            over.wait()

    def load(self, source: Path, hidden: list[str]) -> None:
        """Put documents in, whether it runs or not."""
        if not source.is_dir():
            raise CommandError(f"« {source} » n'est pas un dossier")
        service = make_service(folder(), prepare(folder()))
        for path in sorted(source.glob("*.xml")):
            try:
                self.stdout.write(f"{path.name} : {load(service.store, service.known, path, hidden)}")
            except (Refused, ValueError) as error:
                self.stdout.write(f"{path.name} : laissé, {error}")
        service.store.close()

    def set_mood(self, options: dict[str, Any]) -> None:
        """Tell the one that runs."""
        held = prepare(folder())
        mood = {"kind": options["mood"], "expire": options["expire"], **{name: options[name] for name in _TOLD}}
        tell(f"https://localhost:{options['port']}{CONTROL}", mood, held, CLIENT)
        self.stdout.write(f"Simulateur du DMP : {options['mood']}")
