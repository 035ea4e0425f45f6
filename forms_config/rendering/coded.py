"""Coded answers: the code must belong to its value set, in the version of the document's form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from forms_config.listing import Listing, listing_of
from forms_config.rendering.names import Raw, first
from forms_config.schema.choices import REGIONAL_SYSTEM
from forms_config.schema.model import Question
from forms_config.terminology.index import compact, words_of

SUGGESTIONS = 3
_OPEN_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z()+.\-]{0,19}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a coded answer may be: one of a listing; whether a text (``free``) or another code (``open``) will do."""

    listing: Listing
    free: bool = False
    open: bool = False


def rule_of(question: Question, value_sets: Mapping[str, str]) -> Rule:
    """The rule of a coded question of a form that pins ``value_sets``."""
    return Rule(listing_of(question, value_sets), question.free, question.open)


def parse_coded(raw: Raw, rule: Rule, current: Any = None) -> dict[str, str] | None:
    """The coded answer posted; ``current`` is the answer there was, which may be kept even if it could no longer be chosen.

    Raises ``ValueError`` in French.
    """
    known: Mapping[str, str] = current if isinstance(current, Mapping) else {}
    chosen, typed, words = first(raw), first(raw, "search"), first(raw, "text")
    value = _chosen(chosen, first(raw, "label"), rule, known) if chosen else None
    labels = {" ".join(words_of(text)) for text in (known.get("label", ""), *_names(value, rule))}
    if typed and (value is None or " ".join(words_of(typed)) not in labels):
        value = _typed(typed, rule)
    if value is None:
        return {"text": words} if words else None
    return {**value, "text": words} if words and "code" in value else value


def _names(value: Mapping[str, str] | None, rule: Rule) -> Iterator[str]:
    """What a coded answer may be called in the field that is typed in: its code, its label, the form's own words."""
    if value is None:
        return
    yield from value.values()
    concept = rule.listing.lookup(value["code"], value["system"]) if "code" in value else None
    if concept is not None:
        yield rule.listing.shown(concept)


def _chosen(chosen: str, label: str, rule: Rule, known: Mapping[str, str]) -> dict[str, str]:
    code, _sep, system = chosen.rpartition("|") if "|" in chosen else (chosen, "", "")
    if code == known.get("code") and system in ("", known.get("system")):
        return {key: known[key] for key in ("code", "system", "label") if key in known}
    concept = rule.listing.lookup(code, system or None)
    if concept is not None and rule.listing.offers(concept):
        return concept.value
    if concept is not None and concept.active:
        raise ValueError(
            _("« %(label)s » n'est pas proposé par ce formulaire : choisir une autre valeur") % {"label": concept.label}
        )
    if concept is not None:
        raise ValueError(_("« %(label)s » n'est plus en vigueur : choisir une autre valeur") % {"label": concept.label})
    if (rule.open or rule.listing.is_empty) and system:
        return {"code": code, "system": system, "label": label or code}
    raise ValueError(_("« %(code)s » ne fait pas partie de la liste") % {"code": code[:80]})


def _typed(typed: str, rule: Rule) -> dict[str, str]:
    """A value typed without being chosen: the code or the label in full; else a text or another code where they are allowed."""
    listing = rule.listing
    found = [] if listing.is_empty else listing.search(typed)
    for concept in found:
        names = (words_of(concept.label), words_of(listing.shown(concept)))
        if words_of(typed) in names or (concept.system != REGIONAL_SYSTEM and compact(concept.code) == compact(typed)):
            return concept.value  # the code of a regional choice is ours: nobody types it
    if rule.free:
        return {"text": typed}
    systems = {concept.system for concept in listing.concepts()} if rule.open else set()
    if len(systems) == 1 and _OPEN_CODE.match(typed):
        return _chosen(f"{typed}|{systems.pop()}", typed, rule, {})
    if found:
        proposed = ", ".join(f"« {listing.shown(concept)} »" for concept in found[:SUGGESTIONS])
        raise ValueError(_("Choisir une valeur de la liste, par exemple %(labels)s") % {"labels": proposed})
    raise ValueError(_("« %(text)s » ne fait pas partie de la liste") % {"text": typed[:80]})


def coded_parts(value: Mapping[str, str]) -> dict[str, list[str]]:
    """A coded answer as form fields; inverse of :func:`parse_coded`."""
    parts = {}
    if "code" in value:
        parts = {"": [f"{value['code']}|{value['system']}"], "label": [value["label"]], "search": [value["label"]]}
    if "text" in value:
        parts["text"] = [value["text"]]
    return parts
