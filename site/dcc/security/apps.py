from django.apps import AppConfig


class SecurityConfig(AppConfig):
    name = "dcc.security"
    label = "security"
    verbose_name = "Base de sécurité"

    def ready(self) -> None:
        from django.core.checks import Tags, register

        from dcc.security.checks import check_production

        register(check_production, Tags.security, deploy=True)
