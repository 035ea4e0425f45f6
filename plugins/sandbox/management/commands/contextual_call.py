"""``manage.py contextual_call USERNAME WORDS``: call the running demonstration as an establishment's software does."""

from __future__ import annotations

import argparse
import os
from typing import Any

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility
from dcc.accounts.calls import api as calls
from dcc.patients import api as patients
from plugins.sandbox.calling import registered, signed


class Command(BaseCommand):
    """The call goes over HTTP; what is printed is the link to open in a browser, within the minute, once."""

    help = "Fait un appel contextuel à la démonstration, et affiche le lien à ouvrir."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        port = os.environ.get("DCC_PORT", "8000")
        parser.add_argument("username", help="pour qui (alice, bob)")
        parser.add_argument("patient", help="nom du patient, comme dans la recherche")
        parser.add_argument(
            "--altered", action="store_true", help="donner une autre date de naissance : identités contradictoires"
        )
        parser.add_argument("--url", default=f"http://localhost:{port}", help="adresse de la démonstration")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DCC_DEMO:
            raise CommandError("L'appel de démonstration ne se fait qu'avec les réglages de développement (dcc.settings.dev)")
        try:
            token = self._token(options)
            response = requests.post(f"{options['url']}/appel/", json={"jwt": token}, timeout=10)
        except (LookupError, ValueError, requests.RequestException) as error:
            raise CommandError(str(error)) from error
        answer = response.json()
        if "url" not in answer:
            raise CommandError(f"{answer['error']} : {answer['message']}")
        self.stdout.write(answer["url"].replace(calls.audience(), options["url"], 1))

    def _token(self, options: dict[str, Any]) -> str:
        user = accounts.user_named(options["username"])
        found = patients.search(actor=user, text=options["patient"])
        if not found.lines:
            raise LookupError(f"Aucun patient de {user} ne répond à « {options['patient']} »")
        facility = Facility.objects.filter(memberships__user=user)[0]
        snapshot = patients.patient_snapshot(found.lines[0].patient_id)
        return signed(registered(facility), user, snapshot, altered=options["altered"])
