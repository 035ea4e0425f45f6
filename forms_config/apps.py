from django.apps import AppConfig


class FormsConfigConfig(AppConfig):
    name = "forms_config"
    label = "forms_config"
    verbose_name = "Formulaires"

    def ready(self) -> None:
        from dcc.audit.api import keep_guarded
        from forms_config.frozen import guards

        keep_guarded(self, guards(), labels=("forms_config", "blocks", "legal", "terminology"))
