"""The demonstration's favourites, one of each state a visitor should see, and a side-effect sheet to join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import weasyprint
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility, User
from forms_config import api as forms
from forms_config.favourites import api as bank
from plugins.sandbox.answers import Cards, whole_answers

NOBODY = Cards({}, {}, date.min)
"""A favourite names nobody, no place and no day."""


def fill_bank(data: Sequence[Mapping[str, Any]], facility: Facility) -> str:
    """Keep the favourites of the demonstration; says in French what was made."""
    people = {name: accounts.user_named(name) for name in ("alice", "bob", "edith")}
    _sheet(people["edith"])
    for card in data:
        favourite_id = _keep(people[card["by"]], card, facility)
        if "proposed" in card:
            bank.propose_favourite(
                actor=people[card["by"]], favourite_id=favourite_id, place=bank.Place(bank.Scope(card["proposed"]))
            )
    return f"Favoris : {len(data)}, et une fiche d'effets secondaires"


def _keep(actor: User, card: Mapping[str, Any], facility: Facility) -> UUID:
    scope = bank.Scope(card.get("scope", "personnel"))
    local = scope in (bank.Scope.SERVICE, bank.Scope.FACILITY)
    group = card["group"]
    document_type = group.partition(".")[0]
    schema = forms.published_form(f"{document_type}_standard").schema
    rows = [row["values"] for row in whole_answers(schema, {group: card["rows"]}, NOBODY)[group]]
    described = {name: card[name] for name in ("organ", "protocol", "intention", "cycles", "sheet") if name in card}
    return bank.save_favourite(
        actor=actor,
        content=bank.Content(card["name"], document_type, group, rows, **described),
        schema=schema,
        place=bank.Place(scope, facility.pk if local else None, card.get("service", "")),
        confirmed=bank.free_texts(schema.by_key[group], rows),
    )


def _sheet(editor: User) -> None:
    words = "<h1>FOLFOX et vous</h1><p>Fiche de démonstration : effets secondaires attendus, quand appeler.</p>"
    sheet = bank.SheetContent(
        subject="FOLFOX",
        language="fr",
        version="démonstration 1",
        review_on=timezone.localdate() + timedelta(days=365),
        title="FOLFOX et vous",
        filename="folfox.pdf",
        content=weasyprint.HTML(string=words).write_pdf(),
    )
    bank.save_sheet(actor=editor, sheet=sheet)
