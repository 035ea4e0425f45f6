"""From a draft to an immutable version: compile, pass the gate, freeze, tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.audit import api as audit
from dcc.contracts.events import FormPublished
from dcc.contracts.snapshots import Finding
from dcc.events import api as events
from forms_config.blocks import api as blocks
from forms_config.control.services import require_green
from forms_config.control.subjects import form_subject
from forms_config.gate import GateRefused, findings
from forms_config.legal import api as legal
from forms_config.rendering.actors import PROFESSIONS, SECTORS
from forms_config.schema.canonical import canonical_json, sha256_of
from forms_config.schema.model import FormSchema, Question, schema_from_json, schema_to_json
from forms_config.schema.texts import has_forbidden, without_forbidden
from forms_config.terminology import api as terminology

if TYPE_CHECKING:
    from dcc.accounts.models import User
    from forms_config.models import FormDefinition, FormVersion

ACTOR_LISTS = (PROFESSIONS, SECTORS)
"""Lists that professionals and organisations use without naming them."""


def compile_draft(definition: FormDefinition) -> FormSchema:
    """The schema a draft would be published as: shared blocks and default codes in full, value-set versions pinned.

    Raises :class:`GateRefused` when the draft is not a schema at all.
    """
    try:
        draft = schema_from_json(
            {
                **blocks.whole(definition.draft),
                "key": definition.key,
                "title": definition.title,
                "document_type": definition.document_type,
            }
        )
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        message = _("Le contenu du formulaire est illisible : %(error)s") % {"error": without_forbidden(str(error))}
        raise GateRefused([Finding("form.unreadable", "error", message, source="schema")]) from None
    if unfit := list(unfit_texts(draft)):
        raise GateRefused(unfit)
    return compile_schema(draft)


def unfit_texts(draft: FormSchema) -> Iterator[Finding]:
    """Texts that cannot be kept nor written: nothing further can be said of a form that has one."""
    data = schema_to_json(draft)
    message = _("« %(name)s » : un texte contient un caractère non imprimable")
    for section in data["sections"]:
        for question in section["questions"]:
            if has_forbidden(question):
                name = without_forbidden(question["label"])
                yield Finding(
                    "form.characters", "error", message % {"name": name}, without_forbidden(question["key"]), source="schema"
                )
        if has_forbidden({**section, "questions": []}):
            yield Finding("form.characters", "error", message % {"name": without_forbidden(section["title"])}, source="schema")
    if has_forbidden({**data, "sections": []}):
        yield Finding("form.characters", "error", message % {"name": without_forbidden(draft.title)}, source="schema")


def compile_schema(draft: FormSchema) -> FormSchema:
    """A draft with the value-set versions of today and default codes in full."""
    pins = {name: terminology.current_version(name) for name in sorted(_value_sets(draft)) if terminology.exists(name)}
    sections = tuple(replace(s, questions=tuple(_with_default(q, pins) for q in s.questions)) for s in draft.sections)
    return replace(draft, sections=sections, value_sets=pins)


def _value_sets(schema: FormSchema) -> set[str]:
    questions = [q for top in schema.questions() for q in (top, *top.columns)]
    named = {q.values for q in questions if q.values}
    return named | (set(ACTOR_LISTS) if any(q.datatype in ("professional", "organisation") for q in questions) else set())


def _with_default(question: Question, pins: dict[str, str]) -> Question:
    """The question with the code it has by default written as a coded answer."""
    default: Any = question.default
    if question.datatype == "coded" and isinstance(default, str) and question.values in pins:
        concept = terminology.lookup(question.values, default, version=pins[question.values])
        default = concept.value if concept is not None and concept.active else default
    columns = tuple(_with_default(column, pins) for column in question.columns)
    return replace(question, default=default, columns=columns)


def passed_gate(definition: FormDefinition) -> FormSchema:
    """The compiled draft, its structure right and its proof green; raises :class:`GateRefused` with all that is in the way."""
    compiled = compile_draft(definition)
    require_green(form_subject(compiled), findings(compiled))
    return compiled


def texts_in_force() -> dict[str, str]:
    """The region's patient-rights texts of now, name to version; nothing before they were set up."""
    try:
        texts = legal.texts_for(None, timezone.now())
    except legal.NoLegalText:
        return {}
    return {_("Texte %(number)s") % {"number": text.number}: text.version for text in texts}


def prove_first(definition: FormDefinition) -> None:
    """Prove the latest draft before a transaction that publishes it: it then finds the report. Raises :class:`GateRefused`."""
    if settings.DCC_GATE_PROOF:
        passed_gate(definition.get_latest_revision_as_object())


def freeze(definition: FormDefinition, compiled: FormSchema, *, actor: User | None) -> FormVersion:
    """Keep a compiled draft as the next version and tell it, unless it is what is live already."""
    from forms_config.models import FormVersion

    data = schema_to_json(compiled)
    latest = FormVersion.objects.select_for_update().filter(definition_id=definition.pk).order_by("-number").first()
    if latest is not None and latest.sha256 == sha256_of(data):
        return latest
    version = FormVersion.objects.create(
        definition_id=definition.pk,
        number=latest.number + 1 if latest else 1,
        canonical=canonical_json(data).decode(),
        sha256=sha256_of(data),
        volet=compiled.volet,
        volet_version=compiled.volet_version,
        value_sets=dict(compiled.value_sets),
        legal_texts=texts_in_force(),
        published_at=timezone.now(),
        published_by=actor,
    )
    audit.record(
        actor=actor, action="form.published", subject=f"form:{compiled.key}", number=version.number, digest=version.sha256
    )
    events.publish(FormPublished(compiled.key, version.number, version.sha256, version.published_at))
    return version
