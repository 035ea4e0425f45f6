from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "dcc.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from dcc.audit.api import keep_guarded
        from dcc.documents.guards import GUARDS

        keep_guarded(self, GUARDS)
