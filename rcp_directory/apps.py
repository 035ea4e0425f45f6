from django.apps import AppConfig


class RcpDirectoryConfig(AppConfig):
    name = "rcp_directory"
    label = "rcp_directory"
    verbose_name = "Annuaire des RCP"
