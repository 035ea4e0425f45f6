"""The end of start-up: once every application is ready, the registry takes no more registrations."""

from django.apps import AppConfig

from dcc.contracts.registry import current


class ContractsConfig(AppConfig):
    """Must stay the last of ``INSTALLED_APPS``: applications become ready in that order."""

    name = "dcc.contracts"
    label = "contracts"
    verbose_name = "Contrats"

    def ready(self) -> None:
        current().freeze()
