from datetime import timedelta

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "dcc.patients"
    label = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        from dcc.audit.api import keep_guarded
        from dcc.contracts.capabilities import ScheduledJob
        from dcc.contracts.events import CommitmentChanged, IdentityToVerify
        from dcc.contracts.registry import current
        from dcc.patients.merging.guards import GUARDS
        from dcc.patients.merging.own import hold_own
        from dcc.patients.qualification.asking import verify_in_background
        from dcc.patients.qualification.resuming import resume_covered, sweep

        keep_guarded(self, GUARDS)
        hold_own()
        current().subscribe(IdentityToVerify, verify_in_background, key="patients.ask_insi")
        current().subscribe(CommitmentChanged, resume_covered, key="patients.resume")
        for job in (
            ScheduledJob("patients.duplicates", _find_duplicates, timedelta(minutes=1)),
            ScheduledJob("patients.qualification", sweep, timedelta(minutes=10)),
        ):
            current().add(ScheduledJob, job.key, job)


def _find_duplicates() -> None:
    from dcc.patients.merging.finding import find_duplicates

    find_duplicates()
