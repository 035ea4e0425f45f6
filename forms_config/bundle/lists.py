"""Regional lists in a bundle, in full. National lists never travel: each platform has them from the ANS."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from forms_config.bundle.errors import BundleRefused
from forms_config.bundle.readable import Inline
from forms_config.terminology import api as terminology

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\Z")
_LIMITS = {"name": 100, "title": 200, "oid": 64, "source": 200, "reason": 2_000, "version": 40}
_CONCEPT_LIMIT = 1_000


def is_regional(name: str) -> bool:
    """Whether a list is of this region: neither national nor shipped with the product."""
    return terminology.is_regional(name)


def file_name(name: str) -> str:
    """How the file of a list is called in a bundle."""
    return name if _PLAIN.match(name) else f"liste-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def to_json(data: terminology.ValueSetData) -> dict[str, Any]:
    """A version of a list, a line for each code."""
    return {
        **{name: getattr(data, name) for name in _LIMITS},
        "revision": data.revision.isoformat(),
        "codes": [Inline(terminology.to_row(concept)) for concept in data.concepts],
    }


def from_json(data: Any, where: str) -> terminology.ValueSetData:
    """Inverse of :func:`to_json`; raises :class:`BundleRefused`."""
    wrong = BundleRefused(_("La liste « %(name)s » est mal formée") % {"name": where})
    if not isinstance(data, dict) or set(data) != {*_LIMITS, "revision", "codes"}:
        raise wrong
    words = {name: data[name] for name in _LIMITS}
    if any(not isinstance(word, str) or len(word) > _LIMITS[name] for name, word in words.items()) or not words["name"]:
        raise wrong
    try:
        made = terminology.ValueSetData(
            name=words["name"],
            title=words["title"] or words["name"],
            oid=words["oid"],
            revision=date.fromisoformat(data["revision"]),
            source=words["source"],
            concepts=tuple(_concept(row) for row in data["codes"]),
            official=False,
            reason=words["reason"],
        )
    except (ValueError, TypeError, LookupError):
        raise wrong from None
    if made.version != words["version"]:
        raise BundleRefused(_("La liste « %(name)s » n'est pas dans la version qu'elle annonce") % {"name": words["name"]})
    return made


def _concept(row: Any) -> terminology.Concept:
    """A code; raises ``ValueError`` for anything but bounded texts."""
    if not isinstance(row, list) or not 3 <= len(row) <= 6 or not all(isinstance(part, str) for part in row[:5]):
        raise ValueError(row)
    synonyms = row[5] if len(row) > 5 else []
    if not isinstance(synonyms, list) or not all(isinstance(word, str) for word in synonyms):
        raise ValueError(row)
    if not row[0].strip() or not row[1].strip() or any(len(word) > _CONCEPT_LIMIT for word in (*row[:5], *synonyms)):
        raise ValueError(row)
    return terminology.from_row(row)
