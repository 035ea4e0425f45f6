"""Imports by a person: read, compared, shown, and only then stored. What waits for a confirmation is kept apart, for a day."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from forms_config.rights import Content, Deed, may, require
from forms_config.terminology.comparison import Comparison, compared
from forms_config.terminology.concept import Concept, ValueSetData, ValueSetError, from_row, to_row, version_name
from forms_config.terminology.files import read_shipped, shipped
from forms_config.terminology.models import StagedImport, ValueSet, ValueSetVersion
from forms_config.terminology.queries import unpack
from forms_config.terminology.services import Change, Status, known_as, known_names, store
from forms_config.terminology.uploads import name_of

if TYPE_CHECKING:
    from dcc.accounts.models import User

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StagedList:
    """One list as it would be stored, against its latest version; ``status`` is what confirming does (see :func:`store`)."""

    data: ValueSetData
    status: Status
    base: str
    comparison: Comparison

    @property
    def is_stored(self) -> bool:
        """Whether confirming makes a version of it."""
        return self.status in ("new", "updated")


@dataclass(frozen=True, slots=True)
class Staged:
    """An import to confirm: its lists, and what could not be read or is not for this person, in French."""

    id: UUID
    effective_from: date
    lists: tuple[StagedList, ...]
    errors: tuple[str, ...]


def content_of(name: str) -> Content:
    """Whether a list is national (of the ANS, or shipped with the platform) or was created by the region."""
    if name in shipped():
        return Content.NATIONAL_LIST
    official = ValueSet.objects.filter(name=name).values_list("official", flat=True).first()
    return Content.NATIONAL_LIST if official else Content.REGIONAL_LIST


def may_edit_rows(actor: User, value_set: ValueSet) -> bool:
    """Whether ``actor`` may change the codes of a list one by one: lists of the region; the others come as files, whole."""
    return content_of(value_set.name) is Content.REGIONAL_LIST and may(actor, Deed.EDIT, Content.REGIONAL_LIST)


@transaction.atomic
def stage(
    *,
    actor: User,
    found: Iterable[ValueSetData | ValueSetError],
    effective_from: date,
    title: str = "",
    reason: str = "",
    national: bool = False,
) -> UUID:
    """Keep lists until ``actor`` confirms them; new ones are regional unless ``national``. Nothing is imported.

    ``title`` names a new list, if there is only one; ``reason`` says why a regional one exists.

    Raises ``PermissionDenied`` when ``actor`` may import no list at all, :class:`ValueSetError` when nothing is left to confirm.
    """
    require(actor, Deed.EDIT, Content.NATIONAL_LIST if national else Content.REGIONAL_LIST)
    names = known_names()
    lists: dict[str, ValueSetData] = {}
    errors = []
    found = list(found)
    for data in found:
        try:
            if isinstance(data, ValueSetError):
                raise data
            named = _named(data, names, title=title if len(found) == 1 else "", reason=reason, national=national)
            _check_allowed(actor, named, lists)
            lists[named.name] = named
        except ValueSetError as error:
            errors.append(str(error))
    if not lists:
        raise ValueSetError(" ; ".join(errors) or _("Aucune liste dans ce fichier"))
    StagedImport.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    content = {"lists": [_to_json(data, _latest_name(data.name)) for data in lists.values()], "errors": errors}
    packed = zlib.compress(json.dumps(content, ensure_ascii=False).encode())
    return StagedImport.objects.create(created_by=actor, effective_from=effective_from, lists=packed).pk


def _check_allowed(actor: User, data: ValueSetData, before: Mapping[str, ValueSetData]) -> None:
    if data.name in before:
        raise ValueSetError(_("« %(title)s » : la liste est deux fois dans l'envoi") % {"title": data.title})
    if not may(actor, Deed.EDIT, Content.NATIONAL_LIST if data.official else content_of(data.name)):
        raise ValueSetError(_("« %(title)s » est une liste nationale : un administrateur l'importe") % {"title": data.title})


def _named(data: ValueSetData, names: Mapping[str, str], *, title: str, reason: str, national: bool) -> ValueSetData:
    """The list under the name it has on the platform, or as a new one, which says why it exists."""
    known = names.get(data.name) or names.get(data.oid)
    if known is None:
        if not national and not reason.strip():
            raise ValueSetError(
                _("« %(title)s » est une liste nouvelle : dire sa raison d'être") % {"title": data.title or data.name}
            )
        title = title.strip() or data.title or data.name
        return replace(data, name=name_of(data.name), title=title, official=national, reason="" if national else reason.strip())
    row = ValueSet.objects.filter(name=known).first()
    named = known_as(known, data)
    oid = row.oid if row else shipped()[known].oid
    if data.oid and oid and oid != data.oid:
        raise ValueSetError(_("« %(title)s » : l'OID du fichier est celui d'une autre liste") % {"title": named.title})
    named = replace(
        named,
        official=content_of(known) is Content.NATIONAL_LIST,
        title=row.title if row else named.title,
        oid=oid,
    )
    return named if named.official else _dated(named)


def _dated(data: ValueSetData) -> ValueSetData:
    """A regional list whose version has a name of its own, even when it comes back to former codes on the same day."""
    latest = ValueSetVersion.objects.filter(value_set__name=data.name, effective_to=None).first()
    if latest is None or latest.sha256 == data.sha256:
        return data
    day = max(data.revision, latest.revision)
    taken = set(ValueSetVersion.objects.filter(value_set__name=data.name).values_list("version", flat=True))
    while version_name(day, data.sha256) in taken:
        day += timedelta(days=1)
    return replace(data, revision=day)


def staged(actor: User, staged_id: UUID) -> Staged:
    """An import that ``actor`` staged, compared with the lists as they are now; raises ``LookupError``."""
    row = StagedImport.objects.filter(pk=staged_id, created_by=actor).first()
    if row is None:
        raise LookupError(_("Cet import n'attend plus : le fichier est à envoyer de nouveau"))
    content = json.loads(zlib.decompress(bytes(row.lists)))
    return Staged(row.pk, row.effective_from, tuple(map(_from_json, content["lists"])), tuple(content["errors"]))


@transaction.atomic
def confirm(*, actor: User, staged_id: UUID) -> list[Change]:
    """Store every list of an import, all or none; raises ``LookupError``, ``PermissionDenied``, and :class:`ValueSetError` when a
    list changed since the report."""
    StagedImport.objects.select_for_update().filter(pk=staged_id).first()
    waiting = staged(actor, staged_id)
    changes = []
    for one in waiting.lists:
        require(actor, Deed.EDIT, Content.NATIONAL_LIST if one.data.official else content_of(one.data.name))
        if _latest_name(one.data.name) != one.base:
            message = _("« %(title)s » a changé depuis le rapport : envoyer de nouveau le fichier")
            raise ValueSetError(message % {"title": one.data.title})
        if one.is_stored:
            changes.append(store(one.data, actor=actor, effective_from=waiting.effective_from))
    StagedImport.objects.filter(pk=staged_id).delete()
    return changes


def cancel(*, actor: User, staged_id: UUID) -> None:
    """Forget an import of one's own."""
    StagedImport.objects.filter(pk=staged_id, created_by=actor).delete()


def latest(name: str) -> tuple[str, Sequence[Concept], date | None]:
    """Version, codes and revision of the last version of a list, in force or to come; empty when there is none."""
    row = ValueSetVersion.objects.filter(value_set__name=name, effective_to=None).first()
    if row is not None:
        return row.version, unpack(bytes(row.codes)), row.revision
    if name in shipped():
        return shipped()[name].version, read_shipped(name).concepts, shipped()[name].revision
    return "", (), None


def _latest_name(name: str) -> str:
    row = ValueSetVersion.objects.filter(value_set__name=name, effective_to=None).values_list("version", flat=True).first()
    return row or (shipped()[name].version if name in shipped() else "")


def _to_json(data: ValueSetData, base: str) -> dict[str, Any]:
    texts = {name: getattr(data, name) for name in ("name", "title", "oid", "source", "official", "reason")}
    return {**texts, "revision": data.revision.isoformat(), "concepts": [to_row(c) for c in data.concepts], "base": base}


def _from_json(entry: Mapping[str, Any]) -> StagedList:
    texts = {name: entry[name] for name in ("name", "title", "oid", "source", "official", "reason")}
    concepts = tuple(map(from_row, entry["concepts"]))
    data = ValueSetData(revision=date.fromisoformat(entry["revision"]), concepts=concepts, **texts)
    version, former, revision = latest(data.name)
    return StagedList(data, _status(data, version, revision), entry["base"], compared(former, concepts))


def _status(data: ValueSetData, latest_version: str, latest_revision: date | None) -> Status:
    """What :func:`store` would do with a list; shipped lists that the database does not have yet count as its first version."""
    if not latest_version:
        return "new"
    if latest_version.rpartition("-")[2] == data.sha256[:8]:
        return "unchanged"
    if latest_revision is not None and data.revision < latest_revision:
        return "older"
    taken = ValueSetVersion.objects.filter(value_set__name=data.name, version=data.version).exists()
    return "known" if taken else "updated"
