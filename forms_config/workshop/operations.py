"""The table of operations, and how one is applied to a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from forms_config.schema.model import FormSchema
from forms_config.workshop import logic, questions, sections, subsets, wording
from forms_config.workshop.places import WorkshopError

Result = FormSchema | tuple[FormSchema, str]
Operation = Callable[[FormSchema, Mapping[str, Any]], Result]

OPERATIONS: Mapping[str, tuple[str, Operation]] = {
    # name: (what was done, in the editor's words, and how)
    "section.add": ("Rubrique ajoutée", sections.add_section),
    "section.word": ("Rubrique modifiée", sections.word_section),
    "section.move": ("Rubrique déplacée", sections.move_section),
    "section.remove": ("Rubrique retirée", sections.remove_section),
    "question.element": ("Donnée nationale ajoutée", questions.add_element),
    "question.regional": ("Question régionale ajoutée", questions.add_regional),
    "question.move": ("Question déplacée", sections.move_question),
    "question.place": ("Question déplacée", sections.place_question),
    "question.remove": ("Question retirée", sections.remove_question),
    "question.give": ("Question modifiée", wording.give),
    "choices.add": ("Choix ajouté", subsets.add_choices),
    "choices.remove": ("Choix retiré", subsets.remove_choice),
    "choices.move": ("Choix déplacé", subsets.move_choice),
    "choices.word": ("Libellé régional modifié", subsets.word_choice),
    "choices.whole": ("Liste entière proposée", subsets.whole_list),
    "choices.list": ("Liste changée", subsets.take_list),
    "condition.add": ("Condition ajoutée", logic.add_test),
    "condition.remove": ("Condition retirée", logic.remove_test),
    "condition.mode": ("Condition modifiée", logic.set_mode),
    "condition.clear": ("Condition retirée", logic.clear_condition),
    "calculation.set": ("Calcul modifié", logic.set_calculation),
}


@dataclass(frozen=True, slots=True)
class Applied:
    """What an operation made of a draft; ``selected`` is ``section:key`` or ``question:key`` of what it brings to the fore."""

    schema: FormSchema
    said: str
    selected: str = ""


def apply(schema: FormSchema, operation: str, arguments: Mapping[str, Any]) -> Applied:
    """Apply an operation of the table; raises :class:`WorkshopError` in the editor's words, and the draft stays as it is."""
    if operation not in OPERATIONS:
        raise WorkshopError("Geste inconnu")
    said, run = OPERATIONS[operation]
    result = run(schema, arguments)
    changed, selected = result if isinstance(result, tuple) else (result, "")
    _check_blocks(schema, changed)
    return Applied(changed, said, selected)


def _check_blocks(before: FormSchema, after: FormSchema) -> None:
    """What a section shows of a shared block is changed in the block; raises :class:`WorkshopError`."""
    blocks = {section.key: section for section in before.sections if section.block}
    if any(section.block and section != blocks.get(section.key) for section in after.sections):
        raise WorkshopError("Cette rubrique montre un bloc partagé : la détacher, ou changer le bloc")
