"""The demonstration's favourites, one of each state a visitor should see, and a side-effect sheet to join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import weasyprint
from django.utils import timezone

from dcc.accounts import api as accounts
from dcc.accounts.api import Facility, User
from forms_config import api as forms
from forms_config.favourites import api as bank
from forms_config.terminology import api as terminology

GROUP = "frcp.propositions"


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
    rows = [_row(number, *given) for number, given in enumerate(card["rows"], start=1)]
    described = {name: card[name] for name in ("organ", "protocol", "intention", "cycles", "sheet") if name in card}
    return bank.save_favourite(
        actor=actor,
        content=bank.Content(card["name"], "frcp", GROUP, rows, **described),
        schema=forms.published_form("frcp_standard").schema,
        place=bank.Place(scope, facility.pk if local else None, card.get("service", "")),
        confirmed=[text for _code, text in card["rows"]],
    )


def _row(number: int, code: str, text: str) -> dict[str, Any]:
    concept = terminology.lookup("jdv-type-traitement-frcp-cisis", code)
    if concept is None:
        raise ValueError(f"Données de démonstration refusées : type de traitement {code}")
    return {
        f"{GROUP}.intention": 1,
        f"{GROUP}.sequence": number,
        f"{GROUP}.type": concept.value,
        f"{GROUP}.precision": text,
    }


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
