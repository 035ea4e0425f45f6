"""Reads value sets: from the database when it has them, else from the files that ship with the product.

A version never changes, so its table is kept in the process; what is kept is bounded by the number of concepts.
"""

from __future__ import annotations

import json
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from threading import RLock

from django.db.models import Q
from django.utils import timezone

from forms_config.terminology import words
from forms_config.terminology.concept import Concept, UnknownValueSet, ValueSetData, from_row, to_row
from forms_config.terminology.files import read_shipped, shipped
from forms_config.terminology.index import Table
from forms_config.terminology.models import ValueSet, ValueSetVersion

KEPT_CONCEPTS = 60_000
"""The 50 lists of the product have 3 300 concepts in all; a list of 40 000 costs some 50 MB."""

_tables: OrderedDict[tuple[str, str], tuple[str, Table]] = OrderedDict()
"""Tables by list and version, each with the edition of the region's words it was made with."""

_lock = RLock()


def current_version(name: str, *, at: date | None = None) -> str:
    """The version of a value set in force (today, or on a day); raises :class:`UnknownValueSet`."""
    day = at or timezone.localdate()
    in_force = Q(effective_from__lte=day) & (Q(effective_to__isnull=True) | Q(effective_to__gt=day))
    versions = ValueSetVersion.objects.filter(in_force, value_set__name=name).order_by("-number")
    version = versions.values_list("version", flat=True).first()
    if version is not None:
        return version
    if name in shipped():
        return shipped()[name].version
    raise UnknownValueSet(f"Jeu de valeurs inconnu : {name}")


def titles() -> dict[str, str]:
    """The title of every list by its name."""
    return {**{name: entry.title for name, entry in shipped().items()}, **dict(ValueSet.objects.values_list("name", "title"))}


def all_concepts(name: str, *, version: str | None = None) -> Sequence[Concept]:
    """The concepts of a version, those it only keeps to be read (retired) included; raises :class:`UnknownValueSet`."""
    return table(name, version).concepts


def table(name: str, version: str | None = None) -> Table:
    """The table of a version (the current one by default); raises :class:`UnknownValueSet`."""
    key, edition = (name, version or current_version(name)), words.edition_of(name)
    with _lock:
        if key not in _tables or _tables[key][0] != edition:
            read = _read(*key)
            _tables[key] = (edition, Table(words.worded(name, read) if edition else read))
        _tables.move_to_end(key)
        while len(_tables) > 1 and sum(len(kept) for _edition, kept in _tables.values()) > KEPT_CONCEPTS:
            _tables.popitem(last=False)
        return _tables[key][1]


def _read(name: str, version: str) -> Sequence[Concept]:
    row = ValueSetVersion.objects.filter(value_set__name=name, version=version).values_list("codes", "sha256").first()
    if row is not None:
        return unpack(bytes(row[0]))
    if name in shipped() and shipped()[name].version == version:
        return read_shipped(name).concepts
    raise UnknownValueSet(f"Jeu de valeurs inconnu : {name}, version {version}")


def pack(data: ValueSetData) -> bytes:
    """The concepts as they are stored: compressed JSON rows."""
    return zlib.compress(json.dumps([to_row(c) for c in data.concepts], ensure_ascii=False, separators=(",", ":")).encode(), 9)


def unpack(codes: bytes) -> tuple[Concept, ...]:
    """Inverse of :func:`pack`."""
    return tuple(from_row(row) for row in json.loads(zlib.decompress(codes)))


def version_data(name: str, version: str) -> ValueSetData:
    """A version of a list as it was stored, codes it retired included; raises :class:`UnknownValueSet`."""
    row = ValueSetVersion.objects.filter(value_set__name=name, version=version).select_related("value_set").first()
    if row is None:
        raise UnknownValueSet(f"Jeu de valeurs inconnu : {name}, version {version}")
    kept = row.value_set
    return ValueSetData(
        name, kept.title, kept.oid, row.revision, row.source, unpack(bytes(row.codes)), kept.official, kept.reason
    )


def is_regional(name: str) -> bool:
    """Whether a list is of this region: neither national nor shipped with the product."""
    return name not in shipped() and ValueSet.objects.filter(name=name, official=False).exists()
