from datetime import timedelta

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "dcc.web"
    label = "web"
    verbose_name = "Pages des cliniciens"

    def ready(self) -> None:
        from dcc.contracts.capabilities import ScheduledJob
        from dcc.contracts.registry import current

        current().add(ScheduledJob, "web.trials", ScheduledJob("web.trials", _purge_trials, timedelta(hours=6)))


def _purge_trials() -> None:
    from dcc.web.trials import purge

    purge()
