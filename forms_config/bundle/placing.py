"""Where the form of a bundle goes: a new form, the next draft of the one that is its own, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from forms_config.blocks import api as blocks
from forms_config.bundle import keys
from forms_config.bundle.errors import BundleRefused
from forms_config.bundle.models import FormOrigin
from forms_config.bundle.origins import content_of, origin_of
from forms_config.bundle.parts import Arrival
from forms_config.bundle.report import Line, State
from forms_config.gate import CHECKS, GateRefused
from forms_config.models import FormDefinition
from forms_config.publishing import compile_draft
from forms_config.schema.canonical import schema_hash
from forms_config.schema.difference import form_differences
from forms_config.services import save_draft

if TYPE_CHECKING:
    from forms_config.schema.model import FormSchema

KIND = "Formulaire"


@dataclass(frozen=True, slots=True)
class Placed:
    """The form as it would be published here (no schema: it could not be placed), and what is wrong with it."""

    key: str
    line: Line
    schema: FormSchema | None = None
    problems: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """The hash it would be published under."""
        return schema_hash(self.schema) if self.schema is not None else ""


def place_form(arrival: Arrival) -> Placed:
    """Save the form of a bundle as a draft, when it is not what is here already; raises :class:`BundleRefused`."""
    facts = arrival.bundle.form
    key = arrival.consent.key or facts["key"]
    former = FormDefinition.objects.select_for_update().filter(key=key).first()
    arriving = _compiled(arrival, key)
    present = _schema_of(former.get_latest_revision_as_object()) if former is not None else None
    state, reason = _state(arrival, former, present, arriving)
    if state is State.TAKEN:
        return Placed(key, Line(KIND, key, state, (reason,)))
    if state is not State.IDENTICAL:
        _save(arrival, key, former, content_of(arriving))
    details = [reason] if reason else []
    details += [line.words for line in form_differences(present, arriving)] if present is not None else []
    found = [finding for check in CHECKS for finding in check(arriving)]
    problems = tuple(finding.message for finding in found if finding.level == "error")
    return Placed(key, Line(KIND, f"{facts['title']} ({key})", state, tuple(details)), arriving, problems)


def _draft(arrival: Arrival, key: str) -> dict[str, Any]:
    try:
        return {**blocks.whole(arrival.bundle.draft), "key": key}
    except (LookupError, ValueError, TypeError) as error:
        raise BundleRefused(str(error)) from None


def _compiled(arrival: Arrival, key: str) -> FormSchema:
    facts = arrival.bundle.form
    draft = _draft(arrival, key)
    definition = FormDefinition(key=key, title=facts["title"], document_type=facts["document_type"], draft=draft)
    try:
        definition.clean_fields()
        return compile_draft(definition)
    except GateRefused as refusal:
        raise BundleRefused(str(refusal)) from None
    except ValidationError as error:
        raise BundleRefused(" ; ".join(error.messages)) from None


def _schema_of(definition: FormDefinition) -> FormSchema | None:
    try:
        return compile_draft(definition)
    except GateRefused:
        return None


def _state(
    arrival: Arrival, former: FormDefinition | None, present: FormSchema | None, arriving: FormSchema
) -> tuple[State, str]:
    """What becomes of the form, and the reason a person needs to know.

    Ours comes back to us, or it is known from the same publisher: it goes on from what it was there, or something changed here
    since. Anything else under its key is another form.
    """
    if former is None:
        return State.NEW, ""
    here = content_of(present) if present is not None else ""
    if here == content_of(arriving):
        return State.IDENTICAL, ""
    origin = origin_of(former.pk)
    owner = origin.fingerprint if origin is not None else keys.our_fingerprint()
    if owner != arrival.signed.publisher.fingerprint:
        whose = f"« {origin.region} »" if origin is not None else _("cette région")
        return State.TAKEN, _("un formulaire de %(whose)s porte cette clé : l'importer sous une autre") % {"whose": whose}
    base = origin.source_content if origin is not None else here
    if base in arrival.bundle.former:
        return State.CHANGED, ""
    return State.NEWER_HERE, _("ce qui est ici n'est pas une version antérieure de ce paquet : il serait remplacé")


def _save(arrival: Arrival, key: str, former: FormDefinition | None, content: str) -> None:
    facts, publisher = arrival.bundle.form, arrival.signed.publisher
    told = {
        "region": publisher.name,
        "fingerprint": publisher.fingerprint,
        "source_key": facts["key"],
        "source_content": facts["content"],
        "content": content,
        "imported_by": arrival.actor,
    }
    ours = publisher.fingerprint == keys.our_fingerprint()
    if former is not None and not ours:
        FormOrigin.objects.update_or_create(form=former, defaults=told)
    definition = save_draft(
        actor=arrival.actor,
        key=key,
        document_type=facts["document_type"],
        title=facts["title"],
        draft=_draft(arrival, key),
    )
    if former is None and not ours:
        FormOrigin.objects.create(form=definition, **told)
