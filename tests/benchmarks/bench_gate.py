"""The publication gate of the full FRCP form: three test documents, three outputs each, all checks, read back.

The reference is the largest of the three documents rendered and checked as a validated document is, without the gate.
"""

from __future__ import annotations

from functools import cache

from django.test import override_settings

from dcc.contracts.snapshots import Artifact, DocumentSnapshot
from dcc.exchange import api as exchange
from dcc.exchange.proof.documents import formats_of, sample_of
from dcc.exchange.rendering import renderer_for
from forms_config import api as forms
from forms_config.control.proofs import Subject
from forms_config.control.running import prove
from forms_config.control.subjects import form_subject
from forms_config.legal import api as legal
from tests.benchmarks.bench_conformance import needs_kit
from tests.benchmarks.protocol import Bench


@cache
def subject() -> Subject:
    """The standard form, of the whole catalogue."""
    legal.ensure_national_texts()
    with override_settings(DCC_GATE_PROOF=False):
        [form] = forms.ensure_default_forms("frcp")
    return form_subject(form.schema)


@cache
def largest() -> DocumentSnapshot:
    """The fullest test document."""
    subject()
    schema = forms.published_form("frcp_standard").schema
    return exchange.fictitious(schema, sample_of(schema, "maximal"))


def prepare() -> None:
    """Make both before anything is measured."""
    subject()
    largest()


def gate() -> None:
    """Prove; the rules are compiled by the first call, which is not measured."""
    outcome = prove(subject())
    assert (outcome.green, len(outcome.kept)) == (True, 9), outcome.findings


def one_document() -> None:
    """Every output of one document, made once and checked."""
    make_outputs(largest())


def make_outputs(snapshot: DocumentSnapshot) -> None:
    """Render every output of a document and check it, without the platform around."""
    made: dict[str, Artifact] = {}
    for output in formats_of(snapshot.document_type):
        renderer = renderer_for(snapshot, output)
        made[output] = renderer.render(snapshot, {name: made[name] for name in renderer.inputs}, as_of=snapshot.effective_time)
        exchange.check(made[output])


BENCHES = [
    Bench(
        "Contrôle de publication de la FRCP complète (trois documents, trois sorties)",
        gate,
        target="au plus 15 s, et au plus trois fois un document complet rendu et contrôlé",
        at_most=15_000,
        runs=3,
        reference=one_document,
        reference_name="le document complet seul, rendu et contrôlé dans les trois sorties",
        reference_runs=3,
        at_most_times=3,
        prepare=prepare,
        needs=needs_kit,
    ),
]
