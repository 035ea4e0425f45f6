from django.apps import AppConfig


class BlocksConfig(AppConfig):
    name = "forms_config.blocks"
    label = "blocks"
    verbose_name = "Blocs partagés"
