from django.apps import AppConfig


class FormsConfigConfig(AppConfig):
    name = "forms_config"
    label = "forms_config"
    verbose_name = "Formulaires"
