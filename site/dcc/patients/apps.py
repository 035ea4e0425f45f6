from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "dcc.patients"
    label = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        from datetime import timedelta

        from dcc.audit.api import keep_guarded
        from dcc.contracts.capabilities import ScheduledJob
        from dcc.contracts.registry import current
        from dcc.patients.merging.guards import GUARDS
        from dcc.patients.merging.own import hold_own

        keep_guarded(self, GUARDS)
        hold_own()
        job = ScheduledJob("patients.duplicates", _find_duplicates, timedelta(minutes=1))
        current().add(ScheduledJob, job.key, job)


def _find_duplicates() -> None:
    from dcc.patients.merging.finding import find_duplicates

    find_duplicates()
