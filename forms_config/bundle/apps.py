from django.apps import AppConfig


class BundleConfig(AppConfig):
    name = "forms_config.bundle"
    label = "bundle"
    verbose_name = "Échange de formulaires"
