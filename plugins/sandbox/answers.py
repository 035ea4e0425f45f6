"""Answers of the demonstration data, written short in YAML, made whole: codes looked up, professionals taken by name."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from forms_config.schema.model import FormSchema, Question
from forms_config.terminology import api as terminology

PROFESSIONS = "JDV_J01_XdsAuthorSpecialty_CISIS"
PROFESSIONAL_ROOT = "1.2.250.1.71.4.2.1"


class WrongDemoData(ValueError):
    """The demonstration data names a question, a code or a person that does not exist."""


@dataclass(frozen=True, slots=True)
class Cards:
    """Who and where the short answers name, and the day « J »."""

    people: Mapping[str, Mapping[str, str]]
    places: Mapping[str, Mapping[str, str]]
    day: date


def whole_answers(schema: FormSchema, short: Mapping[str, Any], cards: Cards) -> dict[str, Any]:
    """Answers by question key; rows get ids of their own. Raises :class:`WrongDemoData`."""
    found: dict[str, Any] = {}
    for key, value in short.items():
        question = schema.by_key.get(key)
        if question is None:
            raise WrongDemoData(f"Question inconnue : {key}")
        found[key] = _rows(question, value, cards) if question.is_rows else _answer(question, value, cards)
    return found


def _rows(group: Question, rows: Any, cards: Cards) -> list[dict[str, Any]]:
    columns = {column.key.rpartition(".")[2]: column for column in group.columns}
    made = []
    for row in rows:
        unknown = set(row) - set(columns)
        if unknown:
            raise WrongDemoData(f"{group.key} : colonne inconnue {', '.join(sorted(unknown))}")
        values = {columns[name].key: _answer(columns[name], value, cards) for name, value in row.items()}
        made.append({"id": str(uuid.uuid4()), "values": values})
    return made


def _answer(question: Question, value: Any, cards: Cards) -> Any:
    if question.datatype == "coded":
        return [_coded(question, code) for code in value] if question.multiple else _coded(question, value)
    if question.datatype in ("professional", "organisation"):
        known, make = (cards.people, professional) if question.datatype == "professional" else (cards.places, organisation)
        if value not in known:
            raise WrongDemoData(f"{question.key} : inconnu de la démonstration, {value}")
        return make(known[value])
    if question.datatype in ("date", "datetime") and value.startswith("J"):
        return _day_or_moment(value[1:], cards.day)
    return value


def _day_or_moment(offset: str, today: date) -> str:
    """« -30 » or « -30 14:00 » from a day, in Paris time."""
    days, _separator, hour = offset.partition(" ")
    day = today + timedelta(days=int(days))
    if not hour:
        return day.isoformat()
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(hour))).isoformat(timespec="minutes")


def _coded(question: Question, code: str) -> dict[str, str]:
    concept = terminology.lookup(question.values, code)
    if concept is None:
        raise WrongDemoData(f"{question.key} : {code} n'est pas dans {question.values}")
    return concept.value


def organisation(card: Mapping[str, str]) -> dict[str, Any]:
    """An ``organisation`` mapping from a short card."""
    telecoms = [f"tel:{card['phone']}"] if "phone" in card else []
    telecoms += [card["site"]] if "site" in card else []
    address = {key: card[key] for key in ("house_number", "street", "postal_code", "city") if key in card}
    return {"name": card["name"], "address": address, "telecoms": [{"value": value, "use": "WP"} for value in telecoms]}


def professional(card: Mapping[str, str]) -> dict[str, Any]:
    """A ``professional`` mapping from a short card."""
    profession = terminology.lookup(PROFESSIONS, card["profession"]) if "profession" in card else None
    structure = {
        "name": card.get("structure", "Centre hospitalier de Démonstration"),
        "address": {"city": card.get("city", "ANGERS")},
    }
    whole = {
        **{key: card[key] for key in ("family", "given", "prefix", "suffix") if key in card},
        "id": {"root": PROFESSIONAL_ROOT, "extension": card["rpps"]} if "rpps" in card else None,
        "profession": profession.value if profession else None,
        "telecoms": [{"value": f"tel:{card['phone']}", "use": "WP"}] if "phone" in card else None,
        "organisation": structure,
    }
    return {key: value for key, value in whole.items() if value}
