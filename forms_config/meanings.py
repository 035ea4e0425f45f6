"""A regional key keeps its meaning: what was published under it once stays of the same kind (a check of the gate)."""

from __future__ import annotations

from collections.abc import Iterator

from dcc.contracts.snapshots import Finding
from forms_config import structure
from forms_config.models import FormVersion
from forms_config.queries import schema_of
from forms_config.schema.model import FormSchema


def check_meanings(schema: FormSchema) -> Iterator[Finding]:
    """Regional questions against the last published form, whichever it is, that holds their key.

    The workshop draws keys and never changes a kind; this judges drafts that come from elsewhere.
    """
    for question in (q for top in schema.questions() for q in (top, *top.columns)):
        if question.element:
            continue
        holding = FormVersion.objects.filter(canonical__contains=f'"key":"{question.key}"').order_by("-published_at")
        version_id = holding.values_list("pk", flat=True).first()
        former = schema_of(version_id).find(question.key) if version_id else None
        if former and (former.datatype, former.multiple) != (question.datatype, question.multiple):
            message = f"sa clé a été publiée pour « {former.label} », d'un autre type : créer une nouvelle question"
            yield structure.finding("form.meaning", question, message)
