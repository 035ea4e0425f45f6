"""The search index: words of a patient's names in each facility that follows the patient."""

from __future__ import annotations

from dcc.patients.models import NameWord, Patient
from dcc.patients.vocabulary import learn
from dcc.patients.words import index_words


def reindex(patient: Patient) -> None:
    """Bring the index in line with the names and the facilities of a patient; nothing finds an identity that was absorbed."""
    given = (patient.given_names, patient.first_given_name, patient.used_given_name)
    words = index_words(patient.birth_name, patient.used_name, given=given)
    merged = patient.merged_into_id is not None
    facilities = set() if merged else set(patient.followings.values_list("facility_id", flat=True))
    wanted = {(facility, word) for facility in facilities for word in words}
    present = {(row.facility_id, row.word): row.pk for row in NameWord.objects.filter(patient=patient)}
    NameWord.objects.filter(pk__in=[pk for key, pk in present.items() if key not in wanted]).delete()
    new = [
        NameWord(patient=patient, facility_id=facility, word=word) for facility, word in wanted if (facility, word) not in present
    ]
    NameWord.objects.bulk_create(new)
    learn({word.word for word in new})
