"""Shown by generated forms: what is well arranged is written right whatever is answered; what is hostile never goes live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, get_args

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as effort
from hypothesis import strategies as st

from dcc.contracts.capabilities import Renderer
from dcc.contracts.registry import current
from dcc.contracts.snapshots import Artifact, DocumentSnapshot
from dcc.exchange import api as exchange
from dcc.exchange.proof.documents import sample_of
from dcc.exchange.proof.round_trip import read_back
from dcc.exchange.proof.tests.forms import Draft
from forms_config import api as forms
from forms_config.control.checks import check_proof
from forms_config.gate import findings
from forms_config.models import FormDefinition, FormVersion
from forms_config.publishing import compile_draft
from forms_config.schema.answers import missing
from forms_config.schema.model import FormSchema
from forms_config.schema.samples import Kind
from plugins.cda.conformance.checker import Checker, check_content, checker_of
from plugins.cda.conformance.kit import Kit
from tests.fixtures import kit_dir
from tests.gate.drafts import arranged, hostile
from tests.proofs.recorder import Proof

pytestmark = [pytest.mark.django_db, pytest.mark.kit]
SEED = 20261128
KINDS: tuple[Kind, ...] = get_args(Kind)
CALM = [*HealthCheck]
PDF = Artifact("pdf-a1", "application/pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "copie.pdf")


@pytest.fixture(scope="module")
def kit() -> Checker:
    """The rules of the kit, compiled once."""
    return checker_of(Kit(kit_dir(), "kit"))


def few(examples: int) -> Callable[[Any], Any]:
    """The same examples each time, without shrinking: an example takes seconds."""

    def wrap(test: Any) -> Any:
        calm = effort(
            max_examples=examples,
            deadline=None,
            suppress_health_check=CALM,
            database=None,
            phases=(Phase.generate,),
        )
        return seed(SEED)(calm(test))

    return wrap


def compiled(draft: Draft) -> FormSchema:
    definition = FormDefinition(key="engendre", title="Formulaire engendré", document_type="frcp", draft=draft)
    return compile_draft(definition)


def written(snapshot: DocumentSnapshot) -> Artifact:
    """The N3 of a document, with a PDF that is quick to make."""
    renderer = current().find(Renderer, "cda-n3")
    assert renderer is not None
    return renderer.render(snapshot, {"pdf-a1": PDF}, as_of=snapshot.effective_time)


def faults(snapshot: DocumentSnapshot, schema: FormSchema, kit: Checker) -> list[str]:
    """What the kit, our assertions and the reading back say of a document."""
    artifact = written(snapshot)
    said = [f.message for f in check_content(artifact.content, kit, strict=True).findings if f.level == "error"]
    return said + [f.message for f in read_back(schema, snapshot, {"cda-n3": artifact})]


def fills(draw: st.DrawFn, schema: FormSchema) -> list[dict[str, Any]]:
    """The three test documents, and the fullest less some answers that nothing requires."""
    made = [sample_of(schema, kind) for kind in KINDS]
    keys = sorted(made[-1])
    left_out = set(draw(st.lists(st.sampled_from(keys), unique=True)))
    thinned = {key: value for key, value in made[-1].items() if key not in left_out}
    return made if list(missing(schema, thinned, "validate")) else [*made, thinned]


def one_form(data: st.DataObject, kit: Checker) -> int:
    schema = compiled(data.draw(arranged()))
    assert [f.message for f in findings(schema) if f.level == "error"] == []
    filled = data.draw(st.composite(fills)(schema))
    for answers in filled:
        assert faults(exchange.fictitious(schema, answers), schema, kit) == []
    return len(filled)


@few(6)
@given(data=st.data())
def test_every_arranged_form_is_written_right(data: st.DataObject, kit: Checker, legal_texts: None) -> None:
    assert one_form(data, kit) >= len(KINDS)


@pytest.mark.prove
def test_two_hundred_arranged_forms_are_written_right(kit: Checker, legal_texts: None, proof: Proof) -> None:
    tried: list[int] = []

    @few(200)
    @given(data=st.data())
    def campaign(data: st.DataObject) -> None:
        tried.append(one_form(data, kit))

    campaign()
    assert len(tried) >= 200
    figures = {"graine": SEED, "formulaires engendrés": len(tried), "documents écrits, conformes au kit, relus égaux": sum(tried)}
    proof.record(issue=3, title="Tout formulaire bien arrangé s'écrit juste", figures=figures)


def attempt(draft: Draft, kit: Checker) -> str:
    """Try to publish: ``refused``, or ``live`` once an independent judgement found every document of it right."""
    before = FormVersion.objects.filter(definition__key="engendre").count()
    try:
        forms.save_draft(actor=None, key="engendre", document_type="frcp", title="Formulaire engendré", draft=draft)
        form: forms.PublishedForm | None = forms.publish_form(actor=None, key="engendre")
    except (forms.GateRefused, ValidationError):
        form = None
    if form is None:
        assert FormVersion.objects.filter(definition__key="engendre").count() == before
        return "refused"
    for kind in KINDS:
        assert faults(exchange.fictitious(form.schema, sample_of(form.schema, kind)), form.schema, kit) == []
    return "live"


@few(5)
@given(draft=hostile())
def test_no_hostile_form_goes_live(draft: Draft, kit: Checker, legal_texts: None, settings: Any) -> None:
    settings.DCC_GATE_PROOF = True
    assert attempt(draft, kit) in ("refused", "live")


@pytest.mark.prove
def test_fifty_hostile_edits(kit: Checker, legal_texts: None, settings: Any, proof: Proof) -> None:
    settings.DCC_GATE_PROOF = True
    ended: Counter[str] = Counter()

    @few(50)
    @given(draft=hostile())
    def campaign(draft: Draft) -> None:
        ended[attempt(draft, kit)] += 1

    campaign()
    assert ended.total() >= 50
    assert ended["refused"] > ended["live"]
    figures = {
        "graine": SEED,
        "formulaires gâtés": ended.total(),
        "refusés par le contrôle, version en vigueur inchangée": ended["refused"],
        "publiés, et conformes selon un jugement indépendant": ended["live"],
    }
    proof.record(issue=3, title="Aucun formulaire non conforme ne passe", figures=figures)


def test_no_platform_starts_without_the_proof(settings: Any) -> None:
    settings.DCC_GATE_PROOF = False
    assert [error.id for error in check_proof()] == ["forms_config.E001"]
    settings.DCC_GATE_PROOF = True
    assert check_proof() == []
