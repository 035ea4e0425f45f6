"""``manage.py demo_accounts``: the accounts of the demonstration, with what is needed to sign in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dcc.accounts.demo import PASSWORD, NotADemonstration, demo_account
from dcc.accounts.models import Facility, Practitioner, Role

FACILITY = {
    "name": "Centre hospitalier de Démonstration",
    "house_number": "4",
    "street": "rue Larrey",
    "postal_code": "49100",
    "city": "ANGERS",
    "phone": "0241000000",
    "identifier_oid": "1.2.3.4.567.8.9.10",
}
FINESS = "490000031"
ELSEWHERE = {"name": "Clinique d'ailleurs", "postal_code": "44000", "city": "NANTES"}
ELSEWHERE_FINESS = "440000289"
PEOPLE = (
    ("alice", Role.PHYSICIAN, "Alice", "MARTIN", "810000000001"),
    ("bob", Role.PHYSICIAN, "Bob", "BERNARD", "810000000002"),
    ("denis", Role.PHYSICIAN, "Denis", "DUMAS", "810000000010"),
    ("sonia", Role.ASSISTANT, "Sonia", "SIMON", ""),
    ("lea", Role.READER, "Léa", "LEROY", ""),
    ("edith", Role.EDITOR, "Édith", "EYMARD", ""),
    ("adrien", Role.ADMIN, "Adrien", "AUBERT", ""),
    ("rachel", Role.RESPONSIBLE, "Rachel", "ROUX", ""),
)


AT_THE_CLINIC = {"denis"}
"""Who follows nobody of the hospital: he may only break the glass."""


class Command(BaseCommand):
    """Creates or resets the accounts and prints them; refused outside the development settings."""

    help = "Crée (ou remet à zéro) les comptes de démonstration et les affiche."

    def handle(self, *args: Any, **options: Any) -> None:
        hospital, _ = Facility.objects.get_or_create(finess=FINESS, defaults=FACILITY)
        clinic, _ = Facility.objects.get_or_create(finess=ELSEWHERE_FINESS, defaults=ELSEWHERE)
        self.stdout.write(f"Comptes de démonstration (mot de passe : {PASSWORD})")
        for username, role, given, family, number in PEOPLE:
            facility = clinic if username in AT_THE_CLINIC else hospital
            clinical = role in (Role.PHYSICIAN, Role.ASSISTANT, Role.READER)
            try:
                demo_account(
                    username=username,
                    role=role,
                    facility=facility if clinical else None,
                    given=given,
                    family=family,
                    practitioner=_practitioner(number, given, family, facility),
                )
            except NotADemonstration as error:
                raise CommandError(str(error)) from error
            place = f", {facility}" if username in AT_THE_CLINIC else ""
            self.stdout.write(f"  {username:<8} {role.label}{place}")
        self.stdout.write("Code à usage unique : .venv/bin/python manage.py otp IDENTIFIANT")


def _practitioner(number: str, given: str, family: str, facility: Facility) -> Practitioner | None:
    if not number:
        return None
    practitioner, _ = Practitioner.objects.get_or_create(
        national_id=number,
        defaults={"family": family, "given": given, "suffix": "DR", "profession_code": "G15_10/SM36", "facility": facility},
    )
    return practitioner
