"""Coded answers: the code must belong to its value set, in the version of the document's form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from forms_config.rendering.names import Raw, first
from forms_config.schema.model import Question
from forms_config.terminology import api as terminology
from forms_config.terminology.index import compact, words_of

SUGGESTIONS = 3
_OPEN_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z()+.\-]{0,19}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a coded answer may be: a value set and its version, whether a text (``free``) or another code (``open``) will do."""

    values: str
    version: str | None = None
    free: bool = False
    open: bool = False


def rule_of(question: Question, value_sets: Mapping[str, str]) -> Rule:
    """The rule of a coded question of a form that pins ``value_sets``."""
    return Rule(question.values, value_sets.get(question.values) or None, question.free, question.open)


def parse_coded(raw: Raw, rule: Rule, current: Any = None) -> dict[str, str] | None:
    """The coded answer posted; ``current`` is the answer there was, which may be kept even if it could no longer be chosen.

    Raises ``ValueError`` in French.
    """
    known: Mapping[str, str] = current if isinstance(current, Mapping) else {}
    chosen, typed, words = first(raw), first(raw, "search"), first(raw, "text")
    value = _chosen(chosen, first(raw, "label"), rule, known) if chosen else None
    labels = {" ".join(words_of(label)) for label in (value or {}).values()} | {" ".join(words_of(known.get("label", "")))}
    if typed and (value is None or " ".join(words_of(typed)) not in labels):
        value = _typed(typed, rule)
    if value is None:
        return {"text": words} if words else None
    return {**value, "text": words} if words and "code" in value else value


def _chosen(chosen: str, label: str, rule: Rule, known: Mapping[str, str]) -> dict[str, str]:
    code, _sep, system = chosen.rpartition("|") if "|" in chosen else (chosen, "", "")
    if code == known.get("code") and system in ("", known.get("system")):
        return {key: known[key] for key in ("code", "system", "label") if key in known}
    concept = terminology.lookup(rule.values, code, system=system or None, version=rule.version) if rule.values else None
    if concept is not None and concept.active:
        return concept.value
    if concept is not None:
        raise ValueError(_("« %(label)s » n'est plus en vigueur : choisir une autre valeur") % {"label": concept.label})
    if (rule.open or not rule.values) and system:
        return {"code": code, "system": system, "label": label or code}
    raise ValueError(_("« %(code)s » ne fait pas partie de la liste") % {"code": code[:80]})


def _typed(typed: str, rule: Rule) -> dict[str, str]:
    """A value typed without being chosen: the code or the label in full; else a text or another code where they are allowed."""
    found = terminology.search(rule.values, typed, version=rule.version) if rule.values else []
    for concept in found:
        if compact(concept.code) == compact(typed) or words_of(concept.label) == words_of(typed):
            return concept.value
    if rule.free:
        return {"text": typed}
    systems = {concept.system for concept in terminology.concepts(rule.values, version=rule.version)} if rule.open else set()
    if len(systems) == 1 and _OPEN_CODE.match(typed):
        return {"code": typed, "system": systems.pop(), "label": typed}
    if found:
        proposed = ", ".join(f"« {concept.label} »" for concept in found[:SUGGESTIONS])
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
