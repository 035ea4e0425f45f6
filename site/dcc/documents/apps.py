from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "dcc.documents"
    label = "documents"
    verbose_name = "Documents"
