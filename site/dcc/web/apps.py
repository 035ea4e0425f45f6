from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dcc.web"
    label = "web"
    verbose_name = "Pages des cliniciens"
