from django.apps import AppConfig


class TerminologyConfig(AppConfig):
    name = "forms_config.terminology"
    label = "terminology"
    verbose_name = "Jeux de valeurs"
