from datetime import timedelta

from django.apps import AppConfig

from dcc.contracts.capabilities import ScheduledJob
from dcc.contracts.registry import current


class AccountsConfig(AppConfig):
    name = "dcc.accounts"
    label = "accounts"
    verbose_name = "Comptes et professionnels"

    def ready(self) -> None:
        from dcc.accounts import checks as _checks  # noqa: F401  (registers the system checks)
        from dcc.accounts import open_sessions
        from dcc.accounts.calls import checks as _calls_checks  # noqa: F401  (the same)
        from dcc.accounts.psc import notices

        for job in (
            ScheduledJob("accounts.sessions", open_sessions.forget_over, timedelta(hours=6)),
            ScheduledJob("accounts.psc", _forget_old_psc, timedelta(hours=6)),
            ScheduledJob("accounts.psc_dead", _end_dead_psc, timedelta(minutes=5)),
            ScheduledJob("accounts.calls", _forget_old_calls, timedelta(hours=1)),
        ):
            current().add(ScheduledJob, job.key, job)
        notices.announce(current())


def _forget_old_calls() -> None:
    from dcc.accounts.calls.tickets import forget_old_calls

    forget_old_calls()


def _end_dead_psc() -> None:
    from dcc.accounts.psc.refreshing import end_dead

    end_dead()


def _forget_old_psc() -> None:
    from dcc.accounts.psc.vault import forget_old

    forget_old()
