"""Words of names come under more forms (two slips, sounds, ends of compounds): the index and the vocabulary are made again."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from dcc.patients.vocabulary import variants
from dcc.patients.words import index_words

LAST = ("birth_name", "used_name")
GIVEN = ("given_names", "first_given_name", "used_given_name")
BATCH = 1_000


def index_again(apps: Any, schema_editor: Any) -> None:
    """Add the words that are missing in each facility, and learn the vocabulary anew."""
    patient_model, following, word = (apps.get_model("patients", name) for name in ("Patient", "Following", "NameWord"))
    variant = apps.get_model("patients", "WordVariant")
    variant.objects.all().delete()
    vocabulary: set[str] = set()
    for patient in patient_model.objects.only("pk", *LAST, *GIVEN).iterator(BATCH):
        given = [getattr(patient, name) for name in GIVEN]
        words = index_words(*(getattr(patient, name) for name in LAST), given=given)
        places = following.objects.filter(patient=patient).values_list("facility_id", flat=True)
        rows = [word(patient=patient, facility_id=place, word=one) for place in places for one in sorted(words)]
        word.objects.bulk_create(rows, ignore_conflicts=True)
        vocabulary |= words
    for one in sorted(vocabulary):
        variant.objects.bulk_create([variant(variant=form, word=one) for form in sorted(variants(one))], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_merging")]
    operations = [migrations.RunPython(index_again, migrations.RunPython.noop)]
