from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "dcc.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from dcc.audit.api import keep_guarded
        from dcc.contracts.capabilities import DocumentType
        from dcc.contracts.registry import current
        from dcc.documents.guards import GUARDS

        keep_guarded(self, GUARDS)
        title = "Fiche de réunion de concertation pluridisciplinaire"
        current().add(DocumentType, "frcp", DocumentType("frcp", title, "frcp", "2025.01", ("pdf-a1", "cda-n3", "cda-n1")))
