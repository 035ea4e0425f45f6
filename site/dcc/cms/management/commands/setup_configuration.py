"""``manage.py setup_configuration``: value sets, patient-rights texts, standard forms and groups of the admin."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from dcc.cms.api import set_up_configuration
from forms_config import api as forms


class Command(BaseCommand):
    help = "Met en place la configuration livrée avec la plateforme, sans toucher à ce qu'une personne a publié."

    def handle(self, **_: Any) -> None:
        with forms.patiently():
            for line in set_up_configuration():
                self.stdout.write(line)
