from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "dcc.exchange"
    label = "exchange"
    verbose_name = "Échanges"
