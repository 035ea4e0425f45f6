from django.apps import AppConfig


class LegalConfig(AppConfig):
    name = "forms_config.legal"
    label = "legal"
    verbose_name = "Textes légaux"
