"""« Valider » of the PPS of the demonstration: how long the page takes to answer, and all that is made and checked.

The reference is the three outputs of the same PPS rendered and checked without the platform around them.
"""

from __future__ import annotations

import time
from functools import cache
from uuid import UUID

from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from dcc.accounts.models import Facility, User
from dcc.documents import api as documents
from dcc.events.api import drain
from dcc.exchange import api as exchange
from forms_config import api as forms
from forms_config.legal import api as legal
from tests.benchmarks.bench_conformance import needs_kit
from tests.benchmarks.bench_gate import make_outputs
from tests.benchmarks.protocol import Bench
from tests.fixtures import sign_in

REASON = {"code": "MED-561", "system": "1.2.250.1.213.1.1.4.322", "label": "Réajustement des soins de support et accompagnements"}


@cache
def stage() -> tuple[User, UUID, Client]:
    """The demonstration, its physician, its PPS, and his browser."""
    from plugins.sandbox.scenes import play

    legal.ensure_national_texts()
    with override_settings(DCC_GATE_PROOF=False, DCC_DEMO=True):
        forms.ensure_default_forms()
        call_command("demo_accounts", verbosity=0)
        list(play(Facility.objects.get(finess="490000031")))
    drain()
    bob = User.objects.get(username="bob")
    [line] = [line for line in documents.worklist(bob, status="valide") if line.document_type == "pps"]
    client = Client()
    sign_in(client, bob)
    return bob, line.document_id, client


def prepare() -> None:
    """Make everything before anything is measured."""
    stage()


def validated() -> tuple[float, float]:
    """Bring the PPS up to date, validate it on the page, wait for its files: milliseconds of the page, and of all."""
    bob, document_id, client = stage()
    documents.amend_document(actor=bob, document_id=document_id)
    base = documents.open_document(bob, document_id).revision
    given = {"pps.statut.motif": REASON, "pps.statut.annonce": {"null": "UNK"}, "pps.statut.remise": {"null": "UNK"}}
    changes = [documents.Change(key, value, base) for key, value in given.items()]
    saved = documents.save_answers(actor=bob, document_id=document_id, changes=changes)
    assert not saved.refused, saved.refused
    documents.complete_document(actor=bob, document_id=document_id, expected_revision=saved.revision)
    begun = time.perf_counter()
    answer = client.post(reverse("web:validation", args=[document_id]), {"revision": saved.revision, "confirmed": "on"})
    answered = time.perf_counter()
    assert answer["Location"] == reverse("web:outputs", args=[document_id]), answer["Location"]
    drain()
    ended = time.perf_counter()
    [newest, *_former] = exchange.renditions_of(bob, document_id)
    assert {artifact.conformance for artifact in newest.artifacts} == {"conforme"}, newest
    return (answered - begun) * 1000, (ended - begun) * 1000


def page() -> float:
    """What the physician waits for."""
    return validated()[0]


def everything() -> float:
    """Until the last file is made, checked and kept."""
    return validated()[1]


def outputs_alone() -> None:
    """The same document, rendered and checked."""
    bob, document_id, _client = stage()
    _version, snapshot = documents.current_picture(document_id, as_of=documents.open_document(bob, document_id).line.changed_at)
    make_outputs(snapshot)


BENCHES = [
    Bench(
        "« Valider » un PPS : réponse de la page au médecin",
        page,
        target="au plus 300 ms",
        at_most=300,
        prepare=prepare,
        needs=needs_kit,
    ),
    Bench(
        "« Valider » un PPS : toutes les sorties produites, contrôlées et gardées",
        everything,
        target="au plus 4 s, et au plus 1,5 fois les sorties seules",
        at_most=4_000,
        reference=outputs_alone,
        reference_name="les trois sorties du même PPS, rendues et contrôlées sans la plateforme autour",
        at_most_times=1.5,
        prepare=prepare,
        needs=needs_kit,
    ),
]
