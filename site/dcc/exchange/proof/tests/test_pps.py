"""The proof of the PPS: its standard form is green in every output; what a spoilt output lacks is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from dcc.contracts.capabilities import Renderer
from dcc.contracts.registry import current
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, InstanceId
from dcc.exchange.fictitious import fictitious
from dcc.exchange.proof.assertions import own_findings
from dcc.exchange.proof.documents import sample_of
from forms_config import api as forms
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.control.running import prove
from forms_config.control.subjects import draft_subject
from forms_config.schema.model import FormSchema, schema_to_json

PDF = Artifact("pdf-a1", "application/pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "copie.pdf")


@cache
def pps_schema() -> FormSchema:
    """The standard form of the whole catalogue."""
    return default_schema(load_catalogue("pps", "2025.01"))


@pytest.fixture
def snapshot(legal_texts: None) -> DocumentSnapshot:
    """A second version of a PPS of nobody."""
    made = fictitious(pps_schema(), sample_of(pps_schema(), "minimal"))
    return replace(made, version_number=2, replaces={"cda-n3": InstanceId("2.25.1"), "cda-n1": InstanceId("2.25.2")})


def artifact(snapshot: DocumentSnapshot, output: str) -> Artifact:
    """An output around a PDF that is quick to make."""
    renderer = current().find(Renderer, output)
    assert renderer is not None
    return renderer.render(snapshot, {"pdf-a1": PDF}, as_of=snapshot.effective_time)


def codes(snapshot: DocumentSnapshot, made: Artifact, others: Mapping[str, Artifact] | None = None) -> set[str]:
    """What our assertions say."""
    return {finding.code for finding in own_findings(snapshot, made, others or {"pdf-a1": PDF})}


def test_a_document_of_nobody_follows_one_and_nothing_is_wrong_in_it(snapshot: DocumentSnapshot) -> None:
    assert snapshot.reference is not None
    assert snapshot.reference.document_type == "frcp"
    for output in ("cda-n3", "cda-n1"):
        assert codes(snapshot, artifact(snapshot, output)) == set()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version_number": 3}, "gate.version"),
        ({"set_id": InstanceId("1.2.3")}, "gate.version"),
        ({"replaces": {}}, "gate.version"),
        ({"replaces": {"cda-n3": InstanceId("2.25.9")}}, "gate.version"),
        ({"reference": None}, ""),
    ],
)
def test_an_output_of_another_document_is_seen(changes: dict[str, Any], code: str, snapshot: DocumentSnapshot) -> None:
    assert codes(replace(snapshot, **changes), artifact(snapshot, "cda-n3")) == ({code} if code else set())


def test_a_reference_left_out_and_texts_the_wrong_way_are_seen(snapshot: DocumentSnapshot) -> None:
    assert codes(snapshot, artifact(replace(snapshot, reference=None), "cda-n3")) == {"gate.reference"}
    first, second = snapshot.legal_texts
    turned = replace(snapshot, legal_texts=(replace(first, body=second.body), replace(second, body=first.body)))
    assert codes(snapshot, artifact(turned, "cda-n3")) == {"gate.rights"}


@pytest.mark.kit
@pytest.mark.prove
def test_the_standard_form_is_green(legal_texts: None) -> None:
    draft = schema_to_json(pps_schema())
    saved = forms.save_draft(actor=None, key="pps_essai", document_type="pps", title="PPS d'essai", draft=draft)
    outcome = prove(draft_subject(saved))
    assert [(finding.level, finding.message) for finding in outcome.findings] == []
    kept = sorted((one.document, one.artifact.format, one.conformance) for one in outcome.kept)
    outputs = ("cda-n1", "cda-n3", "pdf-a1")
    assert kept == [(kind, output, "conforme") for kind in ("maximal", "minimal", "typical") for output in outputs]
