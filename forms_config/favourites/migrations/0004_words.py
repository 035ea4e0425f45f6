from django.db import migrations, models


def fill(apps, schema_editor):
    from forms_config.favourites.wording import search_words

    model = apps.get_model("favourites", "Favourite")
    for row in model.objects.all():
        row.words = search_words(row.name, row.protocol, row.organ, rows=row.rows)
        row.save(update_fields=["words"])


class Migration(migrations.Migration):

    dependencies = [
        ("favourites", "0003_broken_since"),
    ]

    operations = [
        migrations.AddField(
            model_name="favourite",
            name="words",
            field=models.TextField(default="", editable=False),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
