"""The RCP of the FRCP that were there before the column: taken from their answers, as titles.rcp_of does."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    versions = apps.get_model("documents", "DocumentVersion").objects.using(schema_editor.connection.alias)
    for pk, answers in versions.filter(document__document_type="frcp").values_list("pk", "answers").iterator():
        identifier = answers.get("frcp.rcp.identifiant")
        if isinstance(identifier, str) and 0 < len(identifier) <= 30:
            versions.filter(pk=pk).update(rcp=identifier)


class Migration(migrations.Migration):
    dependencies = [("documents", "0006_rcp")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
