"""Writes value sets: what ships with the product, and what an official folder brings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from django.db import transaction
from django.utils import timezone

from dcc.audit import api as audit
from forms_config.terminology.comparison import compared
from forms_config.terminology.concept import Concept, ValueSetData, ValueSetError, with_retired
from forms_config.terminology.files import read_shipped, shipped
from forms_config.terminology.models import ValueSet, ValueSetVersion
from forms_config.terminology.queries import pack, unpack
from forms_config.terminology.svs import read_folder

if TYPE_CHECKING:
    from dcc.accounts.models import User

Status = Literal["new", "updated", "unchanged", "older", "known"]
KIT_FOLDERS = ("jeuxDeValeurs", "schematrons/profils/structurationMinimale/include")
"""Where the official kit keeps its lists; the first folder that has a list gives it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an import did to one value set; codes added, retired and relabelled are compared with the version before."""

    name: str
    status: Status
    version: str
    added: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    relabelled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import of a folder did: changes by value set, lists the platform does not use, unreadable files (in French)."""

    changes: tuple[Change, ...]
    ignored: tuple[str, ...]
    errors: tuple[str, ...] = field(default=())


def load_shipped(*, actor: User | None = None) -> list[Change]:
    """Bring the database to the lists that ship with the product; doing it twice changes nothing."""
    return [store(read_shipped(name), actor=actor) for name in shipped()]


def import_svs_folder(path: Path, *, actor: User | None = None, effective_from: date | None = None) -> ImportReport:
    """Import the official lists of a folder (or of a whole kit) for the value sets the platform knows, by OID or name.

    A new version takes effect on ``effective_from`` (today by default). Raises :class:`ValueSetError` when nothing is there.
    """
    names = known_names()
    changes: dict[str, Change] = {}
    ignored, errors = [], []
    for folder in _folders(path):
        for data in read_folder(folder):
            if isinstance(data, ValueSetError):
                errors.append(str(data))
                continue
            name = names.get(data.oid) or names.get(data.name)
            if name is None:
                ignored.append(data.name)
            elif name not in changes:
                changes[name] = store(known_as(name, data), actor=actor, effective_from=effective_from or timezone.localdate())
    return ImportReport(tuple(changes.values()), tuple(ignored), tuple(errors))


def _folders(path: Path) -> list[Path]:
    """The folders of lists of a kit, given the kit or its first folder of lists; else the folder itself."""
    root = path.parent if path.name == KIT_FOLDERS[0] else path
    return [root / name for name in KIT_FOLDERS if (root / name).is_dir()] or [path]


def known_names() -> dict[str, str]:
    """The name of every list that the platform knows, by its name and by its OID."""
    names = {**{entry.oid: name for name, entry in shipped().items() if entry.oid}, **{name: name for name in shipped()}}
    for known, oid in ValueSet.objects.values_list("name", "oid"):
        names |= {known: known, **({oid: known} if oid else {})}
    return names


def known_as(name: str, data: ValueSetData) -> ValueSetData:
    """A list as the platform knows it, under its name and title there."""
    title = shipped()[name].title if name in shipped() else data.title or name
    return ValueSetData(name, title, data.oid, data.revision, data.source, data.concepts, data.official, data.reason)


@transaction.atomic
def store(data: ValueSetData, *, actor: User | None = None, effective_from: date | None = None) -> Change:
    """Keep a version if it is not there yet and not older than the current one; codes it drops stay readable, as retired.

    ``effective_from`` is the day it takes effect: the day of its revision by default.
    """
    value_set, created = ValueSet.objects.get_or_create(
        name=data.name,
        defaults={"title": data.title, "oid": data.oid, "official": data.official, "reason": data.reason},
    )
    former = value_set.versions.select_for_update().filter(effective_to__isnull=True).first()
    if former is not None and former.sha256 == data.sha256:
        return Change(data.name, "unchanged", former.version)
    if former is not None and data.revision < former.revision:
        return Change(data.name, "older", former.version)
    if former is not None and value_set.versions.filter(version=data.version).exists():
        return Change(data.name, "known", former.version)
    before = unpack(bytes(former.codes)) if former else _shipped_concepts(data) if created else ()
    start = effective_from or data.revision
    if former is not None:
        start = max(start, former.effective_from)
        former.effective_to = start
        former.save(update_fields=["effective_to"])
    full = with_retired(data, before, start)
    ValueSetVersion.objects.create(
        value_set=value_set,
        number=former.number + 1 if former else 1,
        version=data.version,
        sha256=data.sha256,
        revision=data.revision,
        source=data.source,
        effective_from=start,
        concept_count=sum(c.active for c in full.concepts),
        codes=pack(full),
        imported_by=actor,
    )
    if actor is not None:
        audit.record(actor=actor, action="terminology.imported", subject=f"value_set:{data.name}", version=data.version)
    return _compare(data, before, "updated" if former else "new")


def _shipped_concepts(data: ValueSetData) -> tuple[Concept, ...]:
    """What the platform read from its files until now, if anything."""
    return read_shipped(data.name).concepts if data.name in shipped() else ()


def _compare(data: ValueSetData, before: Iterable[Concept], status: Status) -> Change:
    change = compared(before, data.concepts)
    return Change(
        data.name,
        status,
        data.version,
        added=tuple(concept.code for concept in change.added),
        retired=tuple(concept.code for concept in change.retired),
        relabelled=tuple(newer.code for _former, newer in change.relabelled),
    )
