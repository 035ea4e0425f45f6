"""What the directory tells: mailboxes of a professional or of a structure, best first, and professionals by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any, cast

from django.db.models import Q

from dcc.accounts.api import PROFESSIONAL_ROOT, PROFESSIONS, STRUCTURE_ROOT
from dcc.contracts.mailbox import BoxType, Mailbox
from forms_config.terminology import api as terminology
from plugins.annuaire.loading import in_use
from plugins.annuaire.models import Activity, Box
from plugins.annuaire.rows import folded, structure_id

MOST = 50
SHARED = ("ORG", "CAB", "APP")
ORDER: Mapping[tuple[str, bool], int] = {
    # type of box, bound to the structure that was asked for (decision 0309)
    ("PER", True): 0,
    ("PER", False): 1,
    ("ORG", True): 2,
    ("CAB", True): 3,
    ("APP", True): 4,
}
"""Which box comes first. Those of a person go before shared ones, and in each group those that take documents before the others;
what is not in the table is not given."""


class ExtractedMailboxes:
    """Mailboxes out of the extraction in use."""

    def mailboxes(self, *, practitioner: str = "", structure: str = "") -> Sequence[Mailbox]:
        """See :class:`dcc.contracts.mailbox.MailboxSource`. Nothing is known before a first extraction is loaded."""
        extraction, structure = in_use("boites"), structure_id(structure)
        if extraction is None or not (practitioner or structure):
            return []
        rows = Box.objects.filter(extraction=extraction)
        own = list(rows.filter(practitioner=practitioner, type="PER")[:MOST]) if practitioner else []
        shared = list(rows.filter(structure=structure, type__in=SHARED)[:MOST]) if structure else []
        if practitioner and len(shared) > 1:
            shared = []  # which service he works in is not known: no box of another one for him
        placed = [(rank, row) for row in own + shared if (rank := ORDER.get((row.type, row.structure == structure))) is not None]
        placed.sort(key=_place)
        return [_mailbox(row) for _rank, row in placed]


def _place(ranked: tuple[int, Box]) -> tuple[bool, bool, int, bool, str]:
    rank, row = ranked
    return row.type != "PER", not row.paperless, rank, bool(row.service), row.address


def _mailbox(row: Box) -> Mailbox:
    return Mailbox(row.address, cast("BoxType", row.type), row.holder, row.practitioner, row.structure, row.service, row.unlisted)


class ExtractedProfessionals:
    """Professionals out of the extraction in use, each with a place where he works."""

    def search(self, text: str, *, limit: int = 20) -> Sequence[Mapping[str, Any]]:
        """See :class:`dcc.contracts.capabilities.DirectorySource`: a word begins the family name, the others any name."""
        extraction, words = in_use("activites"), folded(text).split()[:6]
        if extraction is None or not words:
            return []
        rows = Activity.objects.filter(extraction=extraction)
        if len(words) == 1 and words[0].isdigit():
            return [professional(row) for row in rows.filter(practitioner=words[0]).order_by()[:limit]]
        found = rows.filter(reduce(or_, (_begins(word) for word in words)))
        for word in words:
            found = found.filter(words__contains=f" {word}")
        return [professional(row) for row in found.order_by("family_key", "words", "practitioner", "pk")[:limit]]


def _begins(word: str) -> Q:
    """The family name begins with ``word``; bounds let the index serve on every database and in every collation."""
    last = word[-1]
    bound = Q() if last in "z9" else Q(family_key__lt=word[:-1] + chr(ord(last) + 1))
    return Q(family_key__startswith=word) & Q(family_key__gte=word) & bound


def professional(row: Activity) -> dict[str, Any]:
    """A ``professional`` value, with the profession only when it is in the official list (JDV_J01)."""
    label = terminology.label(PROFESSIONS, row.profession_code) if row.profession_code else ""
    value = {
        "family": row.family,
        "given": row.given,
        "prefix": row.prefix,
        "suffix": row.suffix,
        "id": {"root": PROFESSIONAL_ROOT, "extension": row.practitioner},
        "profession": {"code": row.profession_code, "system": PROFESSIONS, "label": label} if label else None,
        "telecoms": [{"value": f"tel:{row.phone}", "use": "WP"}] if row.phone else [],
        "organisation": _organisation(row),
    }
    return {key: part for key, part in value.items() if part}


def _organisation(row: Activity) -> dict[str, Any]:
    if not row.structure_name:
        return {}
    parts = ("house_number", "street", "postal_code", "city")
    address = {part: getattr(row, part) for part in parts if getattr(row, part)}
    value = {
        "name": row.structure_name,
        "id": {"root": STRUCTURE_ROOT, "extension": row.structure} if row.structure else None,
        "address": {"use": "WP", **address} if address else None,
    }
    return {key: part for key, part in value.items() if part}
