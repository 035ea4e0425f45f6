"""``manage.py calling_software list|register|add-key|withdraw-key|stop|resume``: the software that may make contextual calls."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dcc.accounts.calls import api as calls
from dcc.accounts.models import Facility

ACTIONS = ("list", "register", "add-key", "withdraw-key", "stop", "resume")


class Command(BaseCommand):
    """Each change is journaled as an act of the platform. The guide of who writes such software: ``docs/contextual-call.md``."""

    help = "Logiciels d'établissement autorisés à ouvrir OncoDCC par appel contextuel, et leurs clés publiques."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument("code", nargs="?", default="", help="code du logiciel (« iss » de ses appels)")
        parser.add_argument("--name", default="", help="nom affiché (register)")
        parser.add_argument("--finess", default="", help="numéro FINESS de la structure (register)")
        parser.add_argument("--acr", default="", help="niveaux « acr » acceptés, séparés par des espaces (register)")
        parser.add_argument("--kid", default="", help="identifiant de la clé (add-key, withdraw-key)")
        parser.add_argument("--key", default="", help="fichier PEM de la clé publique (add-key)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['action'].replace('-', '_')}")(options)
        except ValidationError as error:
            raise CommandError(" ; ".join(error.messages)) from error
        except (LookupError, ValueError, OSError) as error:
            raise CommandError(str(error)) from error

    def _list(self, _options: dict[str, Any]) -> None:
        for software in calls.CallingSoftware.objects.select_related("facility").prefetch_related("keys"):
            state = "en service" if software.active else "suspendu"
            self.stdout.write(f"{software.code}  {software.name}  {software.facility} ({software.facility.finess})  {state}")
            for key in software.keys.all():
                self.stdout.write(f"    {key.kid}  {key.algorithm}  {'en service' if key.active else 'retirée'}")

    def _register(self, options: dict[str, Any]) -> None:
        facility = Facility.objects.filter(finess=options["finess"]).exclude(finess="").first()
        if facility is None:
            raise LookupError(f"Aucune structure n'a le numéro FINESS « {options['finess']} »")
        calls.register_software(
            actor=None, code=options["code"], name=options["name"], facility=facility, accepted_acr=options["acr"]
        )
        self.stdout.write("Logiciel enregistré : il pourra appeler quand une clé lui sera ajoutée (add-key)")
        if not facility.identifier_oid:
            self.stderr.write("Attention : la structure n'a pas d'OID d'émission des IPP, les appels ne pourront donner d'IPP")

    def _add_key(self, options: dict[str, Any]) -> None:
        pem = Path(options["key"]).read_text(encoding="ascii", errors="replace")
        key = calls.add_key(actor=None, software=_software(options), kid=options["kid"], pem=pem)
        self.stdout.write(f"Clé ajoutée : {key.algorithm}")

    def _withdraw_key(self, options: dict[str, Any]) -> None:
        key = calls.CallingKey.objects.filter(software=_software(options), kid=options["kid"]).first()
        if key is None:
            raise LookupError(f"Clé inconnue : « {options['kid']} »")
        calls.withdraw_key(actor=None, key=key)
        self.stdout.write("Clé retirée")

    def _stop(self, options: dict[str, Any]) -> None:
        calls.set_active(actor=None, software=_software(options), active=False)
        self.stdout.write("Logiciel suspendu : ses appels et ses liens sont refusés")

    def _resume(self, options: dict[str, Any]) -> None:
        calls.set_active(actor=None, software=_software(options), active=True)
        self.stdout.write("Logiciel remis en service")


def _software(options: dict[str, Any]) -> calls.CallingSoftware:
    software = calls.CallingSoftware.objects.filter(code=options["code"]).first()
    if software is None:
        raise LookupError(f"Logiciel inconnu : « {options['code']} »")
    return software
