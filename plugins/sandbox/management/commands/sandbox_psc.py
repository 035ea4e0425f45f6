"""``manage.py sandbox_psc``: the stand-in of Pro Santé Connect, on loopback; the worker runs it in the demonstration."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from plugins.sandbox.psc.pages import PageHandler
from plugins.sandbox.psc.people import PEOPLE
from plugins.sandbox.psc.provider import REALM, Client, Provider
from plugins.sandbox.psc.server import serve


class Command(BaseCommand):
    help = "Simule Pro Santé Connect sur cette machine, avec des professionnels fictifs (démonstration seulement)."

    def handle(self, *args: Any, **options: Any) -> None:
        port = getattr(settings, "DCC_SANDBOX_PSC_PORT", 0)
        if not settings.DCC_DEMO or not port:
            raise CommandError("Le simulateur de Pro Santé Connect ne se lance que pour la démonstration (DCC_SANDBOX_PSC_PORT)")
        platform = int(os.environ.get("DCC_PORT", "8000"))
        sites = [f"http://{host}:{platform}" for host in ("localhost", "127.0.0.1")]
        client = Client(
            settings.DCC_PSC.client_id,
            settings.DCC_PSC.client_secret,
            redirect_uris=tuple(site + reverse("accounts:psc_callback") for site in sites),
            logged_out_uris=tuple(site + reverse("accounts:psc_left") for site in sites),
            back_channel_uri=sites[0] + reverse("accounts:psc_back_channel"),
        )
        server = serve(Provider(f"http://localhost:{port}{REALM}", client, PEOPLE), port, PageHandler)
        server.serve_forever()
