"""What a change of a form does: one table, kind of change to its class, its migration rule and its effects in words. Pure.

The class says at a glance what the change touches; the rule says what becomes of a document that is being written (« en cours »
or « complété ») in the former version. A validated, closed or cancelled one stays on its version for ever, whatever the rule.
A kind that ends in ``_regional`` is about a question outside the catalogue, which the CDA carries in words under its own label.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """Class of a change: the farthest thing it touches."""

    NONE = "aucun"
    RUNNING = "en_cours"
    CDA = "cda"


EFFECT_LABELS: Mapping[Effect, str] = {
    Effect.NONE: "sans effet",
    Effect.RUNNING: "touche les documents en cours",
    Effect.CDA: "touche le CDA",
}


class Migration(StrEnum):
    """What becomes of a running document: carried by itself, asked when it uses what changes, always asked, never carried."""

    CARRY = "suit"
    USED = "suit_sauf_usage"
    ASK = "accord"
    KEEP = "reste"


MIGRATION_LABELS: Mapping[Migration, str] = {
    Migration.CARRY: "le document suit de lui-même",
    Migration.USED: "le document suit, sauf s'il utilise ce qui change : un de ses auteurs décide",
    Migration.ASK: "le document attend l'accord d'un de ses auteurs",
    Migration.KEEP: "le document reste sur sa version",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table; ``cda`` and ``running`` are the effects in French, for the editor."""

    effect: Effect
    migration: Migration
    cda: str
    running: str


_NO_CDA = "Aucun."
_OWN_LABEL = "Aucun : le CDA garde le libellé du volet ; le PDF montre le nouveau."
_SHOWN = "Rien à refaire : seul l'affichage change."
_KEPT = "Les réponses données ne changent pas."
_ASKED = "L'auteur relit sa réponse avant que le document suive."
_LATER = "Les documents commencés gardent ce qu'ils ont."

RULES: Mapping[str, Rule] = {
    # The form
    "form.key": Rule(Effect.RUNNING, Migration.KEEP, _NO_CDA, "Un document ne change pas de formulaire."),
    "form.document_type": Rule(
        Effect.CDA, Migration.KEEP, "C'est un autre document.", "Les documents commencés restent sur leur version."
    ),
    "form.title": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _SHOWN),
    "form.volet": Rule(Effect.CDA, Migration.ASK, "Le document suit une autre version du volet national.", _ASKED),
    "list.version": Rule(
        Effect.CDA,
        Migration.USED,
        "Codes et libellés sont ceux de la nouvelle version de la liste.",
        "Un document qui porte un code retiré attend son auteur ; les autres suivent.",
    ),
    "text.version": Rule(
        Effect.CDA,
        Migration.CARRY,
        "Le texte imprimé et le texte du CDA changent.",
        "Un document porte les textes en vigueur le jour de sa validation.",
    ),
    # Sections
    "section.added": Rule(Effect.NONE, Migration.CARRY, "Aucun par elle-même : voir ses questions.", _SHOWN),
    "section.removed": Rule(Effect.NONE, Migration.CARRY, "Aucun par elle-même : voir ses questions.", _SHOWN),
    "section.order": Rule(
        Effect.NONE, Migration.CARRY, "Aucun : le CDA garde l'ordre du volet ; le PDF suit le formulaire.", _SHOWN
    ),
    "section.title": Rule(
        Effect.NONE, Migration.CARRY, "Aucun : le CDA garde le titre du volet ; le PDF montre le nouveau.", _SHOWN
    ),
    "section.title_regional": Rule(
        Effect.CDA, Migration.CARRY, "Le titre précède les questions régionales dans le texte du CDA.", _SHOWN
    ),
    "section.help": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _SHOWN),
    "section.element": Rule(
        Effect.CDA, Migration.CARRY, "Ses questions régionales sont écrites dans une autre section du CDA.", _SHOWN
    ),
    "section.block": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _SHOWN),
    "section.other": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _SHOWN),
    # Questions: their place
    "question.added": Rule(
        Effect.CDA,
        Migration.CARRY,
        "Une fois répondue, elle est écrite dans le CDA.",
        "La question apparaît, sans obligation.",
    ),
    "question.added_required": Rule(
        Effect.CDA,
        Migration.ASK,
        "Sa réponse est écrite dans le CDA.",
        "Une réponse de plus sera exigée : l'auteur donne son accord.",
    ),
    "question.removed": Rule(
        Effect.CDA,
        Migration.USED,
        "Elle n'est plus écrite dans le CDA.",
        "Une réponse déjà donnée reste lisible, hors du formulaire ; l'auteur donne d'abord son accord.",
    ),
    "question.order": Rule(
        Effect.NONE, Migration.CARRY, "Aucun : le CDA garde l'ordre du volet ; le PDF suit le formulaire.", _SHOWN
    ),
    "question.order_regional": Rule(Effect.CDA, Migration.CARRY, "L'ordre des lignes régionales du texte change.", _SHOWN),
    "question.section": Rule(
        Effect.NONE,
        Migration.CARRY,
        "Aucun : une donnée nationale garde sa place dans le volet ; le PDF suit le formulaire.",
        _SHOWN,
    ),
    "question.section_regional": Rule(
        Effect.CDA, Migration.CARRY, "Sa réponse est écrite dans une autre section du CDA.", _SHOWN
    ),
    # Questions: their words
    "question.label": Rule(Effect.NONE, Migration.CARRY, _OWN_LABEL, _SHOWN),
    "question.label_regional": Rule(Effect.CDA, Migration.CARRY, "Le libellé est écrit dans le texte du CDA.", _SHOWN),
    "question.help": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _SHOWN),
    "question.placeholder": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _SHOWN),
    "question.width": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _SHOWN),
    # Questions: when they are asked
    "question.required_stricter": Rule(
        Effect.RUNNING, Migration.ASK, "Aucun, sinon que la réponse y figure toujours.", "Une réponse de plus sera exigée."
    ),
    "question.required_relaxed": Rule(
        Effect.RUNNING, Migration.CARRY, "La réponse peut en être absente.", "Une réponse n'est plus exigée, ou plus tard."
    ),
    "question.required_if": Rule(
        Effect.RUNNING, Migration.ASK, "La réponse peut en être absente.", "La réponse n'est plus exigée dans les mêmes cas."
    ),
    "question.condition": Rule(
        Effect.CDA,
        Migration.USED,
        "Une question masquée n'y est pas écrite.",
        "Une réponse qui serait masquée, ou une réponse exigée de plus, attend l'accord de l'auteur.",
    ),
    # Questions: what may be answered
    "question.datatype": Rule(Effect.CDA, Migration.ASK, "La réponse y est écrite autrement.", _ASKED),
    "question.multiple": Rule(Effect.CDA, Migration.ASK, "La réponse y est écrite une ou plusieurs fois.", _ASKED),
    "question.values": Rule(Effect.CDA, Migration.ASK, "Les codes sont ceux d'une autre liste.", _ASKED),
    "question.element": Rule(Effect.CDA, Migration.ASK, "Une autre donnée du volet est écrite.", _ASKED),
    "question.same_as": Rule(Effect.CDA, Migration.ASK, "Sans réponse, une autre valeur est sous-entendue.", _ASKED),
    "question.unit": Rule(Effect.CDA, Migration.USED, "L'unité de la valeur change.", _ASKED),
    "question.omits": Rule(Effect.CDA, Migration.CARRY, "D'autres parties de la réponse sont écrites.", _KEPT),
    "question.nulls_added": Rule(Effect.RUNNING, Migration.CARRY, "Une absence motivée peut y figurer.", _KEPT),
    "question.nulls_removed": Rule(Effect.RUNNING, Migration.USED, "Cette absence motivée n'y figure plus.", _ASKED),
    "question.answers_widened": Rule(Effect.RUNNING, Migration.CARRY, "Un texte ou un code hors liste peut y figurer.", _KEPT),
    "question.answers_narrowed": Rule(Effect.RUNNING, Migration.USED, "Seuls les codes de la liste y figurent.", _ASKED),
    "question.choices_added": Rule(Effect.RUNNING, Migration.CARRY, "Ces codes peuvent y figurer.", _KEPT),
    "question.choices_removed": Rule(Effect.RUNNING, Migration.USED, "Ces codes n'y figurent plus.", _ASKED),
    "question.choices_order": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _SHOWN),
    "question.choices_label": Rule(Effect.NONE, Migration.CARRY, "Aucun : le CDA garde le libellé officiel.", _SHOWN),
    "question.choices_label_regional": Rule(
        Effect.CDA, Migration.CARRY, "Le libellé choisi est écrit dans le texte du CDA.", _KEPT
    ),
    # Questions: where answers come from and how long they stay
    "question.default": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _LATER),
    "question.origin": Rule(
        Effect.RUNNING, Migration.CARRY, _NO_CDA, "La réponse n'est plus saisie, ou le devient ; elle est gardée."
    ),
    "question.calculation": Rule(
        Effect.CDA, Migration.USED, "La valeur calculée change.", "La valeur est recalculée à la prochaine saisie."
    ),
    "question.favourites": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _KEPT),
    "question.sources": Rule(Effect.NONE, Migration.CARRY, _NO_CDA, _KEPT),
    "question.retention": Rule(Effect.RUNNING, Migration.USED, _NO_CDA, "La réponse est gardée plus ou moins longtemps."),
    "question.other": Rule(Effect.CDA, Migration.ASK, "Peut changer ce qui est écrit.", _ASKED),
}
"""Every kind of change that :mod:`forms_config.schema.difference` tells."""
