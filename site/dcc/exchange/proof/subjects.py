"""The proofs that this room adds to the gate: of a form, and of a patient-rights text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.contracts.capabilities import ConformanceCheck, DocumentType
from dcc.contracts.plugin import PluginConfig
from dcc.contracts.registry import current
from dcc.contracts.snapshots import Finding, LegalText
from dcc.exchange.fictitious import fictitious
from dcc.exchange.proof.documents import KINDS, Trial, formats_of, sample_of
from forms_config import api as forms
from forms_config.control.proofs import Course, Subject
from forms_config.control.words import DOCUMENTS
from forms_config.legal import api as legal
from forms_config.schema.model import FormSchema, schema_from_json


class FormProof:
    """A form: its three test documents in every output."""

    def context(self) -> Any:
        """Rules that are installed, patient-rights texts in force in the region."""
        return [installed_rules(), *([text.version, text.sha256] for text in texts_in_force())]

    def steps(self, subject: Subject) -> int:
        """One for each output of each document."""
        return len(KINDS) * len(formats_of(str(subject.content["document_type"])))

    def run(self, subject: Subject, course: Course) -> Iterable[Finding]:
        """What is wrong, each fault once."""
        schema = schema_from_json(subject.content)
        if not formats_of(schema.document_type):
            message = _("Non contrôlé : aucun module ne produit de document « %s ».") % schema.document_type
            return [Finding("gate.unchecked", "warning", message, source="registry")]
        texts = texts_in_force()
        if not texts:
            message = _("Aucun texte national sur les droits du patient n'est publié : lancer « manage.py setup_configuration ».")
            return [Finding("gate.rights", "error", message, source="legal")]
        return in_editor_words(schema, _form_findings(schema, texts, course))


def _form_findings(schema: FormSchema, texts: Sequence[LegalText], course: Course) -> Iterator[Finding]:
    for kind in KINDS:
        yield from Trial(kind, fictitious(schema, sample_of(schema, kind), legal_texts=texts), course).findings()


class TextProof:
    """A patient-rights text: the minimal document of the first live form of each type, with this text in it."""

    def context(self) -> Any:
        """Rules that are installed, the texts beside it, the forms it is tried on."""
        return [
            installed_rules(),
            *([text.version, text.sha256] for text in texts_in_force()),
            [f.sha256 for f in _tried_forms()],
        ]

    def steps(self, subject: Subject) -> int:
        """One for each output."""
        return sum(len(formats_of(form.document_type)) for form in _tried_forms())

    def run(self, subject: Subject, course: Course) -> Iterable[Finding]:
        """What is wrong, each fault once."""
        body, number = str(subject.content["body"]), int(subject.content["number"])
        place = subject.content.get("facility_id")
        beside = legal.texts_for(UUID(place) if place else None, timezone.now())
        digest = hashlib.sha256(body.encode()).hexdigest()
        texts = [replace(text, body=body, version="essai", sha256=digest) if text.number == number else text for text in beside]
        found: list[Finding] = []
        for form in _tried_forms():
            snapshot = fictitious(form.schema, sample_of(form.schema, "minimal"), legal_texts=texts)
            found += in_editor_words(form.schema, Trial("minimal", snapshot, course).findings())
        return found


def texts_in_force() -> tuple[LegalText, ...]:
    """The region's texts now; none on a platform that was not set up."""
    try:
        return tuple(legal.texts_for(None, timezone.now()))
    except legal.NoLegalText:
        return ()


def _tried_forms() -> list[forms.PublishedForm]:
    """One live form of each type of document."""
    live = [forms.published_forms(kind.key) for kind in current().all(DocumentType)]
    return [found[0] for found in live if found]


def installed_rules() -> list[Any]:
    """What checks, and in which edition: a new kit or module makes what was proved before it to be proved again."""
    from django.apps import apps

    checks = current()
    editions = [[key, _edition(checks.find(ConformanceCheck, key))] for key in sorted(checks.keys(ConformanceCheck))]
    modules = [[c.plugin.slug, c.plugin.version] for c in apps.get_app_configs() if isinstance(c, PluginConfig)]
    return [editions, sorted(modules)]


def _edition(check: Any) -> str:
    edition = getattr(check, "edition", None)
    return str(edition()) if callable(edition) else ""


def in_editor_words(schema: FormSchema, findings: Iterable[Finding]) -> list[Finding]:
    """Each fault once, named by the form's own labels, with the test documents it was found in."""
    merged: dict[tuple[Any, ...], tuple[Finding, list[str]]] = {}
    for finding in findings:
        document, _, output = finding.location.partition(" ")
        said = _named(schema, finding)
        _first, documents = merged.setdefault((said.code, said.question_key, said.message), (replace(said, location=output), []))
        if document not in documents:
            documents.append(document)
    return [
        replace(kept, location=", ".join(str(DOCUMENTS.get(name, name)) for name in documents))
        for kept, documents in merged.values()
    ]


def _named(schema: FormSchema, finding: Finding) -> Finding:
    """The finding with the question as this form calls it, and the section of the form it stands in."""
    question = schema.find(finding.question_key) if finding.question_key else None
    if question is None or f"« {question.label} »" in finding.message:
        return finding
    section = schema.section_of.get(question.key)
    return replace(
        finding,
        message=f"« {question.label} » : {finding.message}",
        section_key=section.key if section else finding.section_key,
    )
