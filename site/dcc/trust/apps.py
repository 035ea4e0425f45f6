from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "dcc.trust"
    label = "trust"
    verbose_name = "Conventions et conditions d'utilisation"
