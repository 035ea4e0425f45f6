"""WSGI entry point: ``gunicorn dcc.wsgi`` with ``site`` on the Python path."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcc.settings.prod")
application = get_wsgi_application()
