"""The authenticators of django-otp, readable, become ours, sealed; its table goes, and with it the readable secrets.

Its application is installed no more, so its table is read as it is; on a new database there is none.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import migrations

from dcc.accounts.sealing import seal

FORMER = "otp_totp_totpdevice"
COLUMNS = ("user_id", "name", "confirmed", "key", "last_t", "throttling_failure_count")


def seal_former(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        if FORMER not in connection.introspection.table_names(cursor):
            return
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM {FORMER}")
        former = [dict(zip(COLUMNS, row)) for row in cursor.fetchall()]
    authenticators = apps.get_model("accounts", "Authenticator").objects
    for row in former:
        user = UUID(str(row["user_id"]))
        sealed = seal(bytes.fromhex(row["key"]), context=f"accounts.totp:{user}")
        authenticators.create(
            user_id=user,
            name=row["name"],
            confirmed=bool(row["confirmed"]),
            sealed_key=sealed,
            last_t=row["last_t"],
            throttling_failure_count=row["throttling_failure_count"],
        )


def drop_former(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(f"DROP TABLE IF EXISTS {FORMER}")


class Migration(migrations.Migration):

    dependencies = [("accounts", "0004_authenticators")]

    operations = [
        migrations.RunPython(seal_former, migrations.RunPython.noop),
        migrations.RunPython(drop_former, migrations.RunPython.noop),
    ]
