"""A writer in its own process, for the test of concurrent writers: ``writer.py DATABASE ROWS MODE``.

Only the room is installed, so that the process starts fast. It stands on nothing but the door.
"""

from __future__ import annotations

import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import django
from django.conf import settings

database, rows, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
settings.configure(
    INSTALLED_APPS=["dcc.audit"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": database,
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL;", "transaction_mode": "IMMEDIATE", "timeout": 120},
        }
    },
    SECRET_KEY="writer",
    USE_TZ=True,
    DCC_AUDIT_KEY="",
    DCC_AUDIT_FORMER_KEYS=[],
    DCC_AUDIT_RETENTION={"soins": timedelta(days=30)},
)
django.setup()

from django.core.management import call_command  # noqa: E402  (settings come first)
from django.db import connections, transaction  # noqa: E402

from dcc.audit import api  # noqa: E402
from dcc.audit.models import Entry  # noqa: E402


def write(n: int) -> None:
    """One trace in its own transaction."""
    with transaction.atomic():
        api.record(actor=None, action="test.written", subject=f"writer:{uuid.uuid4()}", n=n)


def write_alone(n: int) -> None:
    """One writer: a connection, a trace."""
    try:
        write(n)
    finally:
        connections.close_all()


api.declare("test.written  exploitation  tache  Essai")
if mode == "migrate":
    call_command("migrate", verbosity=0)
elif mode == "write":
    for n in range(rows):
        write(n)
elif mode == "crowd":
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write_alone, range(rows)))
elif mode == "seal":
    while Entry.objects.filter(segment__isnull=False).count() < rows:
        api.seal(rows_per_segment=20)
elif mode == "verify":
    breaches = api.verify()
    sys.stdout.write(f"{Entry.objects.count()} {Entry.objects.filter(segment__isnull=True).count()} {len(breaches)}\n")
