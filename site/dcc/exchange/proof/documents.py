"""The test documents of a form, minimal, typical and maximal, each in every format of its type, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, get_args

from django.utils.translation import gettext as _

from dcc.contracts.capabilities import DocumentType
from dcc.contracts.errors import NotConfigured, Refused
from dcc.contracts.registry import current
from dcc.contracts.snapshots import Artifact, DocumentSnapshot, Finding
from dcc.exchange.models import Conformance
from dcc.exchange.proof.assertions import own_findings
from dcc.exchange.proof.round_trip import read_back
from dcc.exchange.rendering import check, renderer_for
from forms_config.control.proofs import Course
from forms_config.control.words import DOCUMENTS, FORMATS
from forms_config.schema.model import FormSchema, schema_from_json
from forms_config.schema.samples import Kind, Options, sample_answers
from forms_config.terminology import api as terminology

KINDS: tuple[Kind, ...] = get_args(Kind)


def formats_of(document_type: str) -> Sequence[str]:
    """Outputs of a type of document; none when no module knows the type."""
    known = current().find(DocumentType, document_type)
    return tuple(known.formats) if known else ()


def options_of(schema: FormSchema) -> Options:
    """The coded values of each list, in the version that the form pins."""

    @cache
    def options(name: str) -> Sequence[Mapping[str, str]]:
        if not terminology.exists(name):
            return ()
        return tuple(concept.value for concept in terminology.concepts(name, version=schema.value_sets.get(name) or None))

    return options


def sample_of(schema: FormSchema, kind: Kind) -> dict[str, Any]:
    """Answers of a test document."""
    return sample_answers(schema, kind, options_of(schema))


@dataclass
class Trial:
    """One test document on its way through the outputs of its type."""

    kind: Kind
    snapshot: DocumentSnapshot
    course: Course
    made: dict[str, Artifact] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """Make every output; what each check, our assertions and the reading back say of it."""
        for output in formats_of(self.snapshot.document_type):
            self.course.step(f"{DOCUMENTS[self.kind]} : {FORMATS.get(output, output)}")
            yield from self._located(self._output(output))
        yield from self._located(read_back(schema_from_json(self.snapshot.form.schema), self.snapshot, self.made))

    def _output(self, output: str) -> Iterator[Finding]:
        try:
            artifact = self._make(output)
            verdict, found = check(artifact)
        except NotConfigured as absence:
            yield Finding("gate.format", "warning", absence.reason, location=output, source="registry")
            return
        except Refused as refusal:
            yield Finding("gate.refused", "error", refusal.reason, location=output, source=output)
            return
        self.course.keep(self.kind, artifact, str(verdict.value))
        yield from (_said(finding) for finding in found)
        if verdict == Conformance.UNCHECKED and not found:
            yield Finding("gate.unchecked", "warning", _("Non contrôlé : aucun contrôle n'est installé."), location=output)
        yield from own_findings(self.snapshot, artifact, self.made)

    def _make(self, output: str) -> Artifact:
        if output not in self.made:
            renderer = renderer_for(self.snapshot, output)
            inputs = {name: self._make(name) for name in renderer.inputs}
            self.made[output] = renderer.render(self.snapshot, inputs, as_of=self.snapshot.effective_time)
        return self.made[output]

    def _located(self, findings: Iterator[Finding]) -> Iterator[Finding]:
        """Findings that say in which test document they were made."""
        return (replace(finding, location=f"{self.kind} {finding.location}".strip()) for finding in findings)


def _said(finding: Finding) -> Finding:
    """A rule that is not installed is no fault of the form, and must be seen: « non contrôlé »."""
    if finding.code != "not-configured":
        return finding
    return replace(finding, code="gate.unchecked", level="warning", message=_("Non contrôlé. %s") % finding.message)
