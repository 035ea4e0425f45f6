"""``manage.py create_user USERNAME --role ROLE [--facility FINESS] [--practitioner RPPS] [--given] [--family] [--email]``."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dcc.accounts.invitations import create_user, invite
from dcc.accounts.models import Facility, Practitioner, Role, User


class Command(BaseCommand):
    """Creates an account, or invites its owner again, and prints the one-time password."""

    help = "Crée un compte (ou renouvelle son invitation) et affiche le mot de passe à usage unique."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="identifiant")
        parser.add_argument("--role", choices=Role.values)
        parser.add_argument("--facility", metavar="FINESS", help="structure du rôle clinique")
        parser.add_argument("--practitioner", metavar="NUMÉRO", help="identifiant national du professionnel")
        parser.add_argument("--given", default="", help="prénom")
        parser.add_argument("--family", default="", help="nom")
        parser.add_argument("--email", default="", help="adresse de courriel")
        parser.add_argument(
            "--invite-again", action="store_true", help="compte existant : annule mot de passe, codes et sessions"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = self._invited_again(options["username"]) if options["invite_again"] else self._created(options)
        self.stdout.write(f"Identifiant : {options['username']}")
        self.stdout.write(f"Mot de passe à usage unique : {password}")
        self.stdout.write(
            f"Valable {settings.DCC_INVITATION_HOURS} heures, le temps de choisir le sien et d'inscrire son application."
        )

    def _invited_again(self, username: str) -> str:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"Compte inconnu : {username}")
        return invite(actor=None, user=user)

    def _created(self, options: dict[str, Any]) -> str:
        if not options["role"]:
            raise CommandError("--role est nécessaire pour créer un compte")
        try:
            _user, password = create_user(
                actor=None,
                username=options["username"],
                role=options["role"],
                facility=self._facility(options["facility"]),
                practitioner=self._practitioner(options["practitioner"]),
                given=options["given"],
                family=options["family"],
                email=options["email"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        return password

    def _facility(self, finess: str | None) -> Facility | None:
        if not finess:
            return None
        facility = Facility.objects.filter(finess=finess).first()
        if facility is None:
            raise CommandError(f"Structure inconnue : FINESS {finess}")
        return facility

    def _practitioner(self, number: str | None) -> Practitioner | None:
        if not number:
            return None
        practitioner = Practitioner.objects.filter(national_id=number).first()
        if practitioner is None:
            raise CommandError(f"Professionnel inconnu : {number}")
        return practitioner
