from django.apps import AppConfig


class SecurityConfig(AppConfig):
    name = "dcc.security"
    label = "security"
    verbose_name = "Base de sécurité"
