from django.apps import AppConfig


class TrustConfig(AppConfig):
    name = "dcc.trust"
    label = "trust"
    verbose_name = "Conventions et conditions d'utilisation"

    def ready(self) -> None:
        from dcc.audit.api import keep_guarded
        from dcc.trust import checks as _checks  # noqa: F401  (registers the system checks)
        from dcc.trust import stamp
        from dcc.trust.guards import guards

        keep_guarded(self, tuple(guards()))
        stamp.watch()
