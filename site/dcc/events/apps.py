from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "dcc.events"
    label = "events"
    verbose_name = "Événements"
