"""What a trace may carry: ids and codes, never an answer nor an identity trait. Pure.

A type cannot tell a code from a name, but it can refuse sentences, accents, decimals and bulk; the rest is for reviewers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

ACTION = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+\Z")
SUBJECT = re.compile(r"[a-z][a-z_]*:[A-Za-z0-9_.:/-]{1,100}\Z")
_NAME = re.compile(r"[a-z][a-z_]{0,39}\Z")
_CODE = re.compile(r"[A-Za-z0-9_.:/@+|-]{0,120}\Z")
FACTS_LIMIT = 2_000
LIST_LIMIT = 60


class UnfitFact(ValueError):
    """A caller tried to write into the journal something that is neither an id nor a code: a bug of the caller."""


def check_labels(action: str, subject: str) -> None:
    """Raise :class:`UnfitFact` unless ``action`` is like ``patient.opened`` and ``subject`` like ``patient:<id>``."""
    if not ACTION.match(action) or len(action) > 60:
        raise UnfitFact(f"Unfit action {action!r}")
    if not SUBJECT.match(subject):
        raise UnfitFact("Unfit subject: expected kind:id")


def check_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as JSON values; raises :class:`UnfitFact` (naming the fact, never quoting its value)."""
    plain = {name: _plain(name, value) for name, value in facts.items()}
    if len(json.dumps(plain)) > FACTS_LIMIT:
        raise UnfitFact(f"Facts over {FACTS_LIMIT} bytes")
    return plain


def _plain(name: str, value: Any) -> Any:
    if not _NAME.match(name):
        raise UnfitFact(f"Unfit fact name {name!r}")
    if isinstance(value, list | tuple | set | frozenset):
        return _plain_list(name, value)
    return _plain_one(name, value)


def _plain_list(name: str, values: Any) -> list[Any]:
    if len(values) > LIST_LIMIT:
        raise UnfitFact(f"Fact {name!r} lists more than {LIST_LIMIT} codes")
    return [_plain_one(name, value) for value in (sorted(values) if isinstance(values, set | frozenset) else values)]


def _plain_one(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str) and _CODE.match(value):
        return str(value)
    raise UnfitFact(f"Fact {name!r} is neither an id nor a code")
