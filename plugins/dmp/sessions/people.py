"""Who calls, as Pro Santé Connect told it: the facts of the VIHF, and the forms under which a national identifier is written."""

from __future__ import annotations

from collections.abc import Iterable

from dcc.accounts.api import Situation
from plugins.dmp.sessions.problems import NotOpened
from plugins.dmp.transactions.types import Caller

_TYPES = {11: "8", 9: "0"}
"""By the length of the number: type digit of the PSIdNat (RPPS, ADELI; dmp_psc.md §2.4)."""


def full_id(national_id: str) -> str:
    """The PSIdNat: type digit and number; an identifier of another form (test identities) stays as it is."""
    return f"{_TYPES[len(national_id)]}{national_id}" if national_id.isdecimal() and len(national_id) in _TYPES else national_id


def forms_of(national_ids: Iterable[str]) -> tuple[str, ...]:
    """Every form under which these identifiers may have been written, each once."""
    found: dict[str, None] = {}
    for national_id in national_ids:
        full = full_id(national_id)
        found |= dict.fromkeys((national_id, full))
        if full.isdecimal() and len(full) - 1 in _TYPES and full[0] == _TYPES[len(full) - 1]:
            found[full[1:]] = None
    return tuple(found)


def caller_in(situation: Situation, national_id: str) -> Caller:
    """What the VIHF says of a professional in the situation chosen. Raises :class:`NotOpened` (``structure``)."""
    structure = structure_of(situation)
    if not structure or not situation.sector:
        raise NotOpened("structure")
    _profession, _sep, specialty = situation.profession_code.partition("/")
    return Caller(
        national_id=full_id(national_id),
        family=situation.family,
        given=situation.given,
        profession=situation.profession,
        structure=structure,
        structure_name=situation.structure,
        sector=situation.sector,
        specialty=specialty,
        author_specialty=situation.profession_code,
    )


def structure_of(situation: Situation) -> str:
    """The StructIdNat: what the directory says, else FINESS (1) or SIRET (3) of the site (dmp_psc.md §2.4)."""
    if situation.former_id:
        return situation.former_id
    if situation.finess:
        return f"1{situation.finess}"
    return f"3{situation.siret}" if situation.siret else ""
