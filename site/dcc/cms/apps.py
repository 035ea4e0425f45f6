from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "dcc.cms"
    label = "cms"
    verbose_name = "Administration éditoriale"
