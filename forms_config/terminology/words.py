"""The region's words for codes: preferred labels and synonyms. Screens show them, searches find them; outputs never carry them.

They are live: every form shows them, whatever version of the list it pins. Each process asks whether they changed every
:data:`REFRESH` seconds, once for all lists, and at once after it changed them itself.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.audit import api as audit
from forms_config.rights import Content, Deed, require
from forms_config.schema.texts import clean_string
from forms_config.terminology.concept import Concept
from forms_config.terminology.files import shipped
from forms_config.terminology.models import PreferredLabel, ValueSet

if TYPE_CHECKING:
    from dcc.accounts.models import User

REFRESH = 5.0
LABEL_LIMIT = 200
SYNONYMS_LIMIT = 20
Code = tuple[str, str]
"""A code and its coding system."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the region calls a code; an empty label keeps the official one."""

    label: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(slots=True)
class _Known:
    """When the words of each list were changed last, as this process knows it, and when it asked (monotonic seconds)."""

    editions: Mapping[str, str]
    asked: float


_known = _Known({}, -REFRESH)


def edition_of(name: str) -> str:
    """Which words of a list are in force: empty when the region has none, another text after each change."""
    return _editions().get(name, "")


def edition() -> str:
    """As :func:`edition_of`, of all lists together: what a cache of pages must also be kept by."""
    return max(_editions().values(), default="")


def _editions() -> Mapping[str, str]:
    if time.monotonic() - _known.asked >= REFRESH:
        rows = ValueSet.objects.filter(words_changed_at__isnull=False).values_list("name", "words_changed_at")
        _known.editions = {name: changed.isoformat() for name, changed in rows if changed}
        _known.asked = time.monotonic()
    return _known.editions


def forget() -> None:
    """Ask again at the next search."""
    _known.asked = time.monotonic() - REFRESH


def words_of(name: str) -> dict[Code, Words]:
    """The region's words for the codes of a list."""
    rows = PreferredLabel.objects.filter(value_set__name=name).values_list("code", "system", "label", "synonyms")
    return {(code, system): Words(label, tuple(synonyms)) for code, system, label, synonyms in rows}


def worded(name: str, concepts: Sequence[Concept]) -> Sequence[Concept]:
    """Concepts with the region's words."""
    known = words_of(name)
    return [_worded(concept, known.get((concept.code, concept.system))) for concept in concepts] if known else concepts


def _worded(concept: Concept, words: Words | None) -> Concept:
    return replace(concept, preferred=words.label, words=words.synonyms) if words else concept


@transaction.atomic
def name_code(*, actor: User | None, value_set: str, code: Code, label: str, synonyms: Collection[str] = ()) -> Words:
    """Give a code of a list the region's words; none at all takes them away. Leaves a trace.

    Raises ``PermissionDenied``, ``LookupError`` (no such list or code), ``ValueError`` (in French) for words that do not fit.
    """
    row = _list_of(actor, value_set)
    words = _checked(label, synonyms)
    there = PreferredLabel.objects.filter(value_set=row, code=code[0], system=code[1]).first()
    if words == (Words(there.label, tuple(there.synonyms)) if there else Words()):
        return words
    if words == Words():
        PreferredLabel.objects.filter(value_set=row, code=code[0], system=code[1]).delete()
    else:
        values: dict[str, Any] = {"label": words.label, "synonyms": list(words.synonyms), "changed_by": actor}
        PreferredLabel.objects.update_or_create(value_set=row, code=code[0], system=code[1], defaults=values)
    ValueSet.objects.filter(pk=row.pk).update(words_changed_at=timezone.now())
    transaction.on_commit(forget)
    forget()
    audit.record(
        actor=actor, action="terminology.named", subject=f"value_set:{value_set}", code=code[0], synonyms=len(words.synonyms)
    )
    return words


def _list_of(actor: User | None, name: str) -> ValueSet:
    row = ValueSet.objects.select_for_update().filter(name=name).first()
    if row is None:
        raise LookupError(_("Jeu de valeurs inconnu : %(name)s") % {"name": name})
    require(actor, Deed.WORD, Content.NATIONAL_LIST if row.official or name in shipped() else Content.REGIONAL_LIST)
    return row


def _checked(label: str, synonyms: Collection[str]) -> Words:
    found = tuple(dict.fromkeys(text for text in map(clean_string, synonyms) if text))
    words = Words(clean_string(label), found)
    if max(map(len, (words.label, *found)), default=0) > LABEL_LIMIT or len(found) > SYNONYMS_LIMIT:
        limits = {"length": LABEL_LIMIT, "count": SYNONYMS_LIMIT}
        raise ValueError(_("%(length)d caractères au plus par libellé, %(count)d synonymes au plus") % limits)
    return words
