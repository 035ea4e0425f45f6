from datetime import timedelta

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "dcc.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from dcc.audit.api import keep_guarded
        from dcc.contracts.capabilities import DocumentType, ScheduledJob
        from dcc.contracts.events import FormPublished
        from dcc.contracts.registry import current
        from dcc.documents.guards import GUARDS
        from dcc.documents.services.following import follow_all, follow_published

        keep_guarded(self, GUARDS)
        title = "Fiche de réunion de concertation pluridisciplinaire"
        current().add(DocumentType, "frcp", DocumentType("frcp", title, "frcp", "2025.01", ("pdf-a1", "cda-n3", "cda-n1")))
        current().subscribe(FormPublished, follow_published, key="documents.follow_form")
        current().add(
            ScheduledJob, "documents.follow_forms", ScheduledJob("documents.follow_forms", follow_all, timedelta(minutes=1))
        )
        current().add(ScheduledJob, "documents.retention", ScheduledJob("documents.retention", _purge, timedelta(days=1)))


def _purge() -> None:
    from dcc.documents.services.retention import purge_answers

    purge_answers()
