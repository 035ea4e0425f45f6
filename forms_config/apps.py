from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

FROZEN_APPS = {"forms_config", "legal", "terminology"}


class FormsConfigConfig(AppConfig):
    name = "forms_config"
    label = "forms_config"
    verbose_name = "Formulaires"

    def ready(self) -> None:
        pre_migrate.connect(_lift, sender=self, dispatch_uid="forms_config.lift")
        post_migrate.connect(_protect, sender=self, dispatch_uid="forms_config.protect")


def _lift(using: str, plan: list[Any], **_: object) -> None:
    from forms_config.frozen import lift_protection

    if any(migration.app_label in FROZEN_APPS for migration, _backwards in plan):
        lift_protection(using)


def _protect(using: str, **_: object) -> None:
    from forms_config.frozen import protect

    protect(using)
