"""``manage.py demo``: prepare the demonstration, then run its server and its worker until interrupted."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from dcc.accounts.api import Facility
from plugins.sandbox.dmp import running as national
from plugins.sandbox.hospital import APPLICATION, CODE
from plugins.sandbox.insi.authority import UNIT as FINESS
from plugins.sandbox.insi.server import PATH
from plugins.sandbox.management.commands.sandbox_insi import certificates
from plugins.sandbox.mss import service as operator
from plugins.sandbox.mss.people import people
from plugins.sandbox.psc.provider import REALM
from plugins.sandbox.scenes import demo_data, play

PSC_PORT, INSI_PORT, MLLP_PORT, SMTP_PORT, IMAP_PORT, DMP_PORT, DMP_PAGES_PORT = range(10, 17)
"""The stand-ins of the national services and the listener of identity flows are that far from the platform's port."""


def check_port(port: int) -> None:
    """Raises ``CommandError`` when another program answers there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(f"Le port {port} est déjà pris : choisissez-en un autre, « make demo DCC_PORT=8001 »") from None


class Command(BaseCommand):
    help = "Prépare la démonstration (base embarquée, configuration, comptes, documents) et la lance sur cette machine."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--prepare-only", action="store_true", help="préparer sans lancer")
        parser.add_argument("--port", type=int, default=int(os.environ.get("DCC_PORT", "8000")))

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DCC_DEMO:
            raise CommandError("La démonstration ne se lance qu'avec les réglages de développement (dcc.settings.dev)")
        if not options["prepare_only"]:
            for distance in (0, *range(PSC_PORT, DMP_PAGES_PORT + 1)):
                check_port(options["port"] + distance)
        self.say("Base de données…")
        call_command("migrate", verbosity=0, interactive=False)
        self.say("Configuration (jeux de valeurs, textes, formulaires)…")
        call_command("setup_configuration", stdout=self.stdout)
        call_command("demo_accounts", stdout=self.stdout)
        for line in play(Facility.objects.get(finess=FINESS)):
            self.say(line)
        self.note_oppositions()
        call_command("hl7", "sender", APPLICATION, CODE, finess=FINESS, authorities=f"{CODE} {FINESS}", stdout=self.stdout)
        if options["prepare_only"]:
            return
        self.run(options["port"])

    def note_oppositions(self) -> None:
        """What patients said of their DMP; a database of an earlier demonstration may not have them."""
        data = demo_data()
        for said in data["dmp_oppositions"]:
            matricule = data["patients"][said["patient"]]["ins"]
            try:
                call_command("demo_dmp", matricule, by=said["by"], words=said["words"], stdout=self.stdout)
            except CommandError as error:
                self.say(f"DMP : {error}, base d'une démonstration antérieure")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def run(self, port: int) -> None:
        """Run server and worker side by side; when one ends, end the other."""
        paths = os.pathsep.join([str(settings.BASE_DIR / "site"), str(settings.BASE_DIR)])
        ports = {"DCC_SANDBOX_PSC_PORT": str(port + PSC_PORT), "DCC_SANDBOX_INSI_PORT": str(port + INSI_PORT)}
        ports["DCC_MLLP_PORT"] = str(port + MLLP_PORT)
        ports |= {"DCC_SANDBOX_SMTP_PORT": str(port + SMTP_PORT), "DCC_SANDBOX_IMAP_PORT": str(port + IMAP_PORT)}
        ports |= {"DCC_SANDBOX_DMP_PORT": str(port + DMP_PORT), "DCC_SANDBOX_DMP_PAGES_PORT": str(port + DMP_PAGES_PORT)}
        national.prepare(Path(settings.DATA_DIR) / national.FOLDER)
        certificates()  # before whoever presents them starts
        operator.prepare(Path(settings.DATA_DIR) / operator.FOLDER)
        environment = {**os.environ, "PYTHONPATH": paths, "DCC_PORT": str(port), **ports}
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        server = [sys.executable, "-m", "gunicorn", "dcc.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
        commands = ([*manage, "worker"], [*server, "--no-control-socket", "--access-logfile", "/dev/null"])
        children = [subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR) for command in commands]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        self.say(f"\nPro Santé Connect (simulateur) : http://localhost:{port + PSC_PORT}{REALM}/")
        self.say(f"INSi (simulateur) : https://localhost:{port + INSI_PORT}{PATH}")
        self.say(
            f"MSSanté (simulateur) : SMTP localhost:{port + SMTP_PORT}, IMAP localhost:{port + IMAP_PORT}, boîte {people().ours}"
        )
        self.say(f"DMP et espace de confiance (simulateur) : https://localhost:{port + DMP_PORT}")
        self.say(f"  téléphones e-CPS, dossiers vus par le patient : http://localhost:{port + DMP_PAGES_PORT}/")
        self.say(f"Flux HL7 v2 (MLLP) : localhost:{port + MLLP_PORT} (« manage.py sandbox_hospital » y envoie des identités)")
        self.say(f"OncoDCC : http://localhost:{port}/  (comptes ci-dessus ; Ctrl-C pour arrêter)")
        try:
            while all(child.poll() is None for child in children):
                time.sleep(0.5)
        except KeyboardInterrupt:
            pass
        finally:
            for child in children:
                child.terminate()
            for child in children:
                child.wait(timeout=60)
