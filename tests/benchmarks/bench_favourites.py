"""Type-ahead on favourites: a bank of 1 000 for one group, searched as one types, checked against the form and its lists."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import Q

from tests.benchmarks.protocol import Bench

if TYPE_CHECKING:
    from dcc.accounts.models import User
    from forms_config.schema.model import FormSchema

BANK = 1_000
GROUP = "frcp.propositions"
TYPED = ("", "p", "sein", "protocole 9", "cycles folfox", "zzz")


@cache
def scene() -> tuple[User, FormSchema]:
    """A physician, and the form; the bank is full."""
    from forms_config import api as forms
    from forms_config.favourites.models import Favourite
    from forms_config.favourites.wording import search_words
    from forms_config.terminology import api as terminology
    from tests.fixtures import make_facility, make_user

    forms.ensure_default_forms("frcp")
    user = make_user("favoris", "medecin", make_facility("Banc des favoris", "490000999"), family="BANC", given="Ève")
    kinds = terminology.concepts("jdv-type-traitement-frcp-cisis")
    made = []
    for n in range(BANK):
        texts = {"frcp.propositions.precision": f"{n % 12 + 1} cycles FOLFOX {n}"}
        rows = [{"frcp.propositions.intention": 1, "frcp.propositions.type": kinds[n % 10].value, **texts}] * 2
        name, organ = f"Protocole {n}", ("Sein", "Côlon", "Poumon")[n % 3]
        made.append(
            Favourite(
                owner=user,
                scope="region",
                document_type="frcp",
                group_key=GROUP,
                rows=rows,
                name=name,
                organ=organ,
                words=search_words(name, "", organ, rows=rows),
            )
        )
    Favourite.objects.bulk_create(made)
    return user, forms.published_form("frcp_standard").schema


def prepare() -> None:
    """Fill the bank once."""
    scene()


def slowest() -> float:
    """Milliseconds of the slowest of all typed texts."""
    return max(_timed(text) for text in TYPED)


def _timed(text: str) -> float:
    from forms_config.favourites import api as bank

    user, schema = scene()
    begun = time.perf_counter()
    bank.offers(user, schema=schema, group_key=GROUP, text=text)
    return (time.perf_counter() - begun) * 1000


def plain_query() -> None:
    """The reference: as many rows of the same table, by a search that looks in the columns themselves, unchecked."""
    from forms_config.favourites.models import Favourite

    scene()
    list(Favourite.objects.filter(Q(name__icontains="sein") | Q(organ__icontains="sein"), group_key=GROUP).order_by("name")[:20])


BENCHES = [
    Bench(
        "Recherche d'un favori à la frappe, banque de 1 000 (le plus lent de 6 textes)",
        slowest,
        target="au plus 20 ms",
        at_most=20,
        reference=plain_query,
        reference_name="les mêmes lignes par icontains, sans droits ni contrôle",
        prepare=prepare,
    )
]
