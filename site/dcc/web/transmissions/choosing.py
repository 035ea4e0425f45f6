"""Sending on demand: the recipients that may be chosen, what figure 10 says of each, and what exactly is about to leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dcc.exchange import api as exchange
from dcc.exchange.api import RecipientChoice, RecipientKind, RecipientLine, State
from dcc.web.transmissions.follow_up import SIGNS
from dcc.web.words import Sign
from forms_config.schema.values import display_professional

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Choosable:
    """A recipient as the page offers him: ``refused`` says why he may not be chosen, ``note`` what would hold the sending."""

    key: str
    label: str
    roles: str
    address: str
    channel: str
    formats: str
    continuity: bool
    refused: str
    note: str
    last: Sign | None
    chosen: bool = False


def choosable(lines: Sequence[RecipientLine], chosen: Sequence[str] = ()) -> Sequence[Choosable]:
    """The recipients of a document; those who may be chosen first."""
    found = [_choosable(line, line.key in chosen) for line in lines]
    return sorted(found, key=lambda one: bool(one.refused))


def _choosable(line: RecipientLine, chosen: bool) -> Choosable:
    address = _("adresse non publiée") if line.unlisted else line.address
    return Choosable(
        line.key,
        line.label,
        ", ".join(line.roles),
        address,
        exchange.channel_words(line.channel, line.kind) if line.channel else "",
        exchange.sent_format_words(line.channel, line.formats),
        line.continuity,
        "" if line.allowed else line.words,
        line.words if line.allowed else "",
        SIGNS[State(line.last.state)] if line.last else None,
        chosen and line.allowed,
    )


@dataclass(frozen=True, slots=True)
class Person:
    """A professional that directories know, to be chosen beside those whom the document names."""

    number: str
    label: str
    detail: str

    @property
    def value(self) -> str:
        """As the form sends it: the name goes along, to be shown and kept with the sending."""
        return f"{self.number}|{self.label}"


def people(values: Sequence[Mapping[str, Any]]) -> Sequence[Person]:
    """Professionals that directories found; only those who have a national identifier, each once."""
    found = {str((value.get("id") or {}).get("extension", "")): value for value in reversed(values)}
    known = [(number, value) for number, value in found.items() if number]
    return [Person(number, display_professional(value), _detail(value, number)) for number, value in reversed(known)][:SHOWN]


def _detail(value: Mapping[str, Any], number: str) -> str:
    parts = ((value.get("profession") or {}).get("label", ""), (value.get("organisation") or {}).get("name", ""), number)
    return " · ".join(part for part in parts if part)


def choices_of(posted: Mapping[str, Any], keys: Sequence[str]) -> list[RecipientChoice]:
    """What the form of the page chose: recipients of the document by their keys, then another one if he was named."""
    chosen = [RecipientChoice(key=key) for key in dict.fromkeys(keys)]
    person, label, address = (str(posted.get(name, "")).strip()[:300] for name in ("number", "label", "address"))
    number, _bar, name = person.partition("|")
    label = label or name
    if number or label or address:
        kind: RecipientKind = "dcc" if posted.get("kind") == "dcc" else "ps"
        chosen.append(RecipientChoice(kind=kind, label=label, practitioner=number, address=address))
    return chosen
