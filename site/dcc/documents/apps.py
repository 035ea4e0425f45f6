from datetime import timedelta

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "dcc.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from django.core.checks import register

        from dcc.audit.api import keep_guarded
        from dcc.contracts.capabilities import DocumentType, ScheduledJob
        from dcc.contracts.events import FormPublished
        from dcc.contracts.registry import current
        from dcc.documents.checks import check_document_types, check_regional_scopes
        from dcc.documents.guards import GUARDS
        from dcc.documents.holding import DOCUMENTS
        from dcc.documents.kinds import NATIONAL_TYPES
        from dcc.documents.services.following import follow_all, follow_published
        from dcc.patients.merging.api import hold

        keep_guarded(self, GUARDS, labels={"documents", "patients"})  # one of them reads the merges of patients
        hold(DOCUMENTS)
        register(check_document_types, "dcc")
        register(check_regional_scopes, "dcc")
        for document_type in NATIONAL_TYPES:  # a plugin may bring others
            current().add(DocumentType, document_type.key, document_type)
        current().subscribe(FormPublished, follow_published, key="documents.follow_form")
        current().add(
            ScheduledJob, "documents.follow_forms", ScheduledJob("documents.follow_forms", follow_all, timedelta(minutes=1))
        )
        current().add(ScheduledJob, "documents.retention", ScheduledJob("documents.retention", _purge, timedelta(days=1)))


def _purge() -> None:
    from dcc.documents.services.retention import purge_answers

    purge_answers()
