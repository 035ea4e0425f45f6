"""The page of a document while forty documents of the patient's DMP wait beside it, and what the page then asks for.

The reference is the same page, of the same document, in the same run, with nothing waiting.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from tests.benchmarks import bench_web
from tests.benchmarks.bench_web import _timed, desk
from tests.benchmarks.protocol import Bench

if TYPE_CHECKING:
    from dcc.accounts.models import User

COUNT = 40


@cache
def people() -> tuple[User, User, UUID]:
    """Who writes, somebody else, and the patient."""
    from dcc.accounts.models import User
    from dcc.documents import api as documents

    patient_id = documents.patient_of(desk().document_id)
    assert patient_id is not None
    writes = User.objects.get(username="bench-web")
    return writes, User.objects.create(username="bench-dmp"), patient_id


def set_up() -> None:
    """The document of the pages' benchmark, and forty documents that were read for whoever writes it."""
    from dcc.documents import api as documents
    from plugins.dmp.consultation import cache as held
    from plugins.dmp.consultation.told import Told
    from plugins.dmp.models import Consent

    bench_web.set_up()
    writes, _other, patient_id = people()
    Consent.objects.update_or_create(patient_id=patient_id, user=writes, defaults={"authorisation": "VALIDE"})
    answers = documents.open_document(writes, desk().document_id).answers
    at = timezone.now()
    for number in range(COUNT):
        kind, code = (("frcp", "34794-8"), ("pps", "18776-5"))[number % 2]
        day = at - timedelta(days=number)
        told = Told(f"1.2.{number}", code, "Document", day.date().isoformat(), "DR X", document_type=kind)
        read = replace(told, validated_at=day.isoformat(), set_id=(f"1.3.{number}", None), answers=answers)
        held.put(patient_id, writes.pk, read, b"<x/>" * 10_000)


def _give(*, waiting: bool) -> None:
    """Let the documents be those of whoever writes, or of somebody else."""
    from plugins.dmp.models import FoundDocument

    writes, other, patient_id = people()
    FoundDocument.objects.filter(patient=patient_id).update(user=writes if waiting else other)


def page_with() -> float:
    """Milliseconds of the page, forty documents waiting."""
    _give(waiting=True)
    return _timed(lambda: desk().get(desk().page_url))


def page_without() -> float:
    """Milliseconds of the page, nothing waiting."""
    _give(waiting=False)
    return _timed(lambda: desk().get(desk().page_url))


def read_with() -> float:
    """Milliseconds to read what waits, as the sources of reprise get it."""
    from plugins.dmp.consultation.elsewhere import DocumentsOfTheDmp

    _give(waiting=True)
    writes, _other, patient_id = people()
    found: list[object] = []
    took = _timed(lambda: found.extend(DocumentsOfTheDmp().documents(patient_id, writes.pk)))
    assert len(found) == COUNT, len(found)
    return took


def fragment() -> float:
    """Milliseconds of the notices that the page asks for once it is there."""
    _give(waiting=True)
    return _timed(lambda: desk().get(reverse("web:document_notices", args=[desk().document_id])))


BENCHES = [
    Bench(
        f"Page d'un document, {COUNT} documents du DMP en attente",
        page_with,
        target="au plus 1,15 fois la même page sans rien en attente",
        at_most_times=1.15,
        reference=page_without,
        reference_name="même page, rien en attente",
        reference_runs=40,
        runs=40,
        warm_up=3,
        prepare=set_up,
    ),
    Bench(f"Annonces de cette page, {COUNT} documents du DMP en attente", fragment, target="pour information", runs=20),
    Bench(
        f"Lire {COUNT} documents du DMP gardés scellés, pour la reprise",
        read_with,
        target="pour information",
        clean_up=bench_web._stack.disable,
    ),
]
