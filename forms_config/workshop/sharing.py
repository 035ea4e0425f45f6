"""Gestures on shared blocks: place one, follow its newer version, leave it; make one of a section, or its next version.

Making or changing a block is kept at once, as a version that no form shows yet; what a form shows is kept with its draft.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError

from forms_config.blocks import api as blocks
from forms_config.schema.difference import form_differences
from forms_config.schema.model import FormSchema, Section, section_from_json, section_to_json
from forms_config.workshop.arguments import text
from forms_config.workshop.operations import Applied, Result
from forms_config.workshop.places import WorkshopError, fresh_key, section_at, with_section

if TYPE_CHECKING:
    from dcc.accounts.models import User

Arguments = Mapping[str, Any]
Gesture = Callable[[FormSchema, Arguments, "User"], Result]


def _showing(key: str, reference: blocks.Reference) -> Section:
    """A section that shows a version of a block."""
    return section_from_json({"key": key, **blocks.content(reference), "block": str(reference)})


def add_block(schema: FormSchema, arguments: Arguments, actor: User) -> Result:
    """Show the latest version of a block in a section of its own, after another or at the end."""
    section = _showing(fresh_key(), blocks.latest(text(arguments, "block")))
    keys = [s.key for s in schema.sections]
    at = keys.index(arguments["after"]) + 1 if arguments.get("after") in keys else len(keys)
    return replace(schema, sections=(*schema.sections[:at], section, *schema.sections[at:])), f"section:{section.key}"


def upgrade(schema: FormSchema, arguments: Arguments, actor: User) -> Result:
    """Show the latest version of the block of a section."""
    section = _shared(schema, arguments)
    return with_section(schema, _showing(section.key, blocks.latest(blocks.reference_of(section.block).key)))


def detach(schema: FormSchema, arguments: Arguments, actor: User) -> Result:
    """Keep what a section shows and follow its block no longer."""
    return with_section(schema, replace(_shared(schema, arguments), block=""))


def make_block(schema: FormSchema, arguments: Arguments, actor: User) -> Result:
    """Make a block of a section, which then shows it."""
    section = _own(schema, arguments)
    reference = blocks.create_block(actor=actor, document_type=schema.document_type, section=section_to_json(section))
    return with_section(schema, _showing(section.key, reference))


def change_block(schema: FormSchema, arguments: Arguments, actor: User) -> Result:
    """Make the next version of a block of a section, which then shows it."""
    section = _own(schema, arguments)
    reference = blocks.change_block(actor=actor, key=text(arguments, "block"), section=section_to_json(section))
    return with_section(schema, _showing(section.key, reference))


def _shared(schema: FormSchema, arguments: Arguments) -> Section:
    section = section_at(schema, text(arguments, "section"))
    if not section.block:
        raise WorkshopError("Cette rubrique ne montre pas de bloc partagé")
    return section


def _own(schema: FormSchema, arguments: Arguments) -> Section:
    section = section_at(schema, text(arguments, "section"))
    if section.block:
        raise WorkshopError("Cette rubrique montre déjà un bloc partagé")
    return section


GESTURES: Mapping[str, tuple[str, Gesture]] = {
    # name: (what was done, in the editor's words, and how)
    "block.add": ("Bloc partagé ajouté", add_block),
    "block.upgrade": ("Rubrique mise à niveau", upgrade),
    "block.detach": ("Rubrique détachée de son bloc", detach),
    "block.make": ("Bloc partagé créé", make_block),
    "block.change": ("Nouvelle version du bloc publiée", change_block),
}


def apply_gesture(schema: FormSchema, gesture: str, arguments: Arguments, *, actor: User) -> Applied:
    """Apply a gesture of the table; raises :class:`WorkshopError` in the editor's words."""
    said, run = GESTURES[gesture]
    try:
        result = run(schema, arguments, actor)
    except ValidationError as error:
        raise WorkshopError(" ; ".join(error.messages)) from None
    except (PermissionDenied, LookupError) as error:
        raise WorkshopError(str(error)) from None
    changed, selected = result if isinstance(result, tuple) else (result, "")
    return Applied(changed, said, selected)


@dataclass(frozen=True, slots=True)
class Shared:
    """The block of a section: the version shown, the latest one, and what following it would change, in words."""

    reference: blocks.Reference
    latest: blocks.Reference
    changes: Sequence[str]

    @property
    def is_behind(self) -> bool:
        """Whether a newer version waits."""
        return self.latest != self.reference


def shared_of(schema: FormSchema, section: Section | None) -> Shared | None:
    """The block that a section shows, nothing for a section of the form's own."""
    if section is None or not section.block:
        return None
    reference = blocks.reference_of(section.block)
    newest = blocks.latest(reference.key)
    if newest == reference:
        return Shared(reference, newest, ())
    changed = with_section(schema, _showing(section.key, newest))
    lines = form_differences(schema, changed)
    return Shared(reference, newest, [line.words for line in lines if line.kind != "section.block"])
