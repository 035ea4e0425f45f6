"""Collected with the plugin on only; ``tests/platforms/test_extra_plugins.py`` runs them so."""

from django.conf import settings

collect_ignore_glob = [] if "plugins.essais" in settings.INSTALLED_APPS else ["test_*.py"]
