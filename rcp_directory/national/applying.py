"""Applies a national list: what its report said, all or nothing, for whoever keeps the directory or a command on the machine."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from dcc.accounts import api as accounts
from dcc.audit import api as audit
from rcp_directory.models import CoordinationCentre, FormerCode, Rcp, RcpOrgan, RegionalNetwork, StagedList
from rcp_directory.national.columns import TOLD_OF_RCP
from rcp_directory.national.comparison import Directory, Report, bodies_of, compared, new_former
from rcp_directory.national.reading import Listed, read_list

if TYPE_CHECKING:
    from dcc.accounts.models import User

KEPT = timedelta(days=1)
_LINKED = ("centre_code", "organs", "establishment", "coordinator")


class ListRefused(Exception):
    """A list that is not applied; the message is French."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A list to confirm."""

    id: UUID
    file: str
    version: str
    report: Report


def stage_list(*, actor: User, file: str, content: bytes, version: str) -> UUID:
    """Keep a list until ``actor`` confirms it, for a day. Raises ``PermissionDenied``, :class:`.reading.UnreadableList`."""
    _check(actor)
    report = compared(read_list(content, file), Directory())
    StagedList.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    packed = zlib.compress(content)
    row = StagedList(created_by=actor, file=file[:150], version=version[:60], content=packed, digest=report.digest)
    row.save()
    return row.pk


def staged_list(*, actor: User, staged_id: UUID) -> Staged:
    """A list that ``actor`` staged, with its report now. Raises ``PermissionDenied``, ``LookupError`` in French."""
    _check(actor)
    row = _waiting(actor, staged_id)
    report = compared(read_list(zlib.decompress(bytes(row.content)), row.file), Directory())
    return Staged(row.pk, row.file, row.version, report)


@transaction.atomic
def apply_staged_list(*, actor: User, staged_id: UUID, closing: bool = False) -> Report:
    """Apply a staged list as its report was read.

    Raises ``PermissionDenied``, ``LookupError``, and :class:`ListRefused` when the directory changed since the report, or when
    more than half of the listed RCP would be closed and ``closing`` does not say that this is meant.
    """
    _check(actor)
    row = _waiting(actor, staged_id)
    report = _applied(
        zlib.decompress(bytes(row.content)), row.file, row.version, actor=actor, closing=closing, expected=row.digest
    )
    row.delete()
    return report


@transaction.atomic
def apply_list(*, file: str, content: bytes, version: str, closing: bool = False) -> Report:
    """Apply a list at once, for a command on the machine. Raises :class:`ListRefused`, :class:`.reading.UnreadableList`."""
    return _applied(content, file, version, actor=None, closing=closing)


def cancel_list(*, actor: User, staged_id: UUID) -> None:
    """Forget a list of one's own. Raises ``PermissionDenied``."""
    _check(actor)
    StagedList.objects.filter(pk=staged_id, created_by=actor).delete()


def _check(actor: User) -> None:
    if not accounts.may(actor, accounts.Action.EDIT_DIRECTORY):
        raise PermissionDenied


def _waiting(actor: User, staged_id: UUID) -> StagedList:
    row = StagedList.objects.filter(pk=staged_id, created_by=actor).first()
    if row is None:
        raise LookupError(_("Cette liste n'attend plus : le fichier est à envoyer de nouveau"))
    return row


def _applied(content: bytes, file: str, version: str, *, actor: User | None, closing: bool, expected: str = "") -> Report:
    rows = read_list(content, file)
    list(Rcp.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    directory = Directory()
    report = compared(rows, directory)
    if expected and report.digest != expected:
        raise ListRefused(_("L'annuaire a changé depuis le rapport : le relire avant de confirmer"))
    if report.closes_many and not closing:
        raise ListRefused(_("Cette liste ferme plus de la moitié des RCP qui viennent d'une liste : dire que c'est voulu"))
    _Writer(directory, rows, version[:60], actor).write(report)
    audit.record(
        actor=actor,
        action="rcp.list_applied",
        subject="rcp:liste",
        version=version,
        added=len(report.added),
        closed=len(report.closed),
        renumbered=len(report.renumbered),
        changed=len(report.changed),
    )
    return report


class _Writer:
    """Writes the rows of a list, one by one, as the report told them."""

    def __init__(self, directory: Directory, rows: Sequence[Listed], version: str, actor: User | None) -> None:
        self._directory, self._rows, self._version, self._actor = directory, rows, version, actor
        self._today = timezone.localdate()
        self._centres: dict[str, CoordinationCentre] = {}

    def write(self, report: Report) -> None:
        self._bodies()
        closed = {touched.code for touched in report.closed}
        reopened = {touched.code for touched in report.reopened}
        told = {t.code for group in (report.added, report.renumbered, report.changed) for t in group}
        for row in self._rows:
            self._rcp(row, changed=row.code in told or row.code in reopened, reopened=row.code in reopened)
        for code in closed:
            rcp = self._directory.rcps[code]
            rcp.active_to, rcp.closed_by_list = max(self._today, rcp.active_from or self._today), True
            rcp.save()
            self._trace(rcp, "wagtail.edit")

    def _bodies(self) -> None:
        networks = {}
        for code, told in bodies_of(self._rows, "network").items():
            row = self._directory.networks.get(code) or RegionalNetwork(national_id=code, is_ours=False)
            networks[code] = _saved(row, {key: told[key] for key in ("name", "acronym", "mailbox") if key in told})
        for code, told in bodies_of(self._rows, "centre").items():
            centre = self._directory.centres.get(code) or CoordinationCentre(national_id=code)
            parts: dict[str, Any] = {key: told[key] for key in ("name", "acronym") if key in told}
            self._centres[code] = _saved(centre, {**parts, "network": networks[told["network"]]})

    def _rcp(self, row: Listed, *, changed: bool, reopened: bool) -> None:
        rcp = self._directory.of(row)
        if rcp is not None and not changed:
            Rcp.objects.filter(pk=rcp.pk).update(list_version=self._version)
            return
        former = new_former(rcp, row, self._directory)
        leaves = rcp.national_id if rcp is not None and rcp.national_id != row.code else ""
        made = rcp or Rcp()
        plain = {name: row.told[name] for name in TOLD_OF_RCP if name in row.told and name not in _LINKED}
        plain |= {"national_id": row.code, "list_version": self._version, "centre": self._centres[row.told["centre_code"]]}
        plain |= {"active_to": None, "closed_by_list": False} if reopened else {}
        plain |= {**self._establishment(row), **self._coordinator(row)}
        for name, value in plain.items():
            setattr(made, name, value)
        made.save()
        if "organs" in row.told:
            self._organs(made, row.told["organs"])
        for code in dict.fromkeys([*former, *([leaves] if leaves else [])]):
            FormerCode.objects.create(rcp=made, code=code, until=self._today if code == leaves else None)
        self._trace(made, "wagtail.edit" if rcp else "wagtail.create")

    def _organs(self, rcp: Rcp, codes: Sequence[str]) -> None:
        if rcp.pk and tuple(organ.code for organ in rcp.organs.all()) == tuple(codes):
            return
        RcpOrgan.objects.filter(rcp_id=rcp.pk).delete()
        RcpOrgan.objects.bulk_create([RcpOrgan(rcp_id=rcp.pk, code=code) for code in codes])

    def _establishment(self, row: Listed) -> dict[str, Any]:
        finess = row.told.get("establishment", "")
        if not finess:
            return {}
        facilities = apps.get_model("accounts", "Facility")._default_manager
        known = facilities.filter(finess=finess).first()
        if known is None:
            told = {name: row.told[name] for name in ("street", "postal_code", "city") if name in row.told}
            label = row.told.get("establishment_name") or _("Établissement %(finess)s") % {"finess": finess}
            known = facilities.create(finess=finess, name=label, facility_type=row.told.get("sector", "SA01"), **told)
        return {"establishment": known}

    def _coordinator(self, row: Listed) -> dict[str, Any]:
        national_id = row.told.get("coordinator", "")
        if not national_id:
            return {}
        people = apps.get_model("accounts", "Practitioner")._default_manager
        known = people.filter(national_id=national_id).first()
        if known is None:
            family = row.told.get("coordinator_family") or national_id
            known = people.create(national_id=national_id, family=family, given=row.told.get("coordinator_given", ""))
        return {"coordinator": known}

    def _trace(self, rcp: Rcp, action: str) -> None:
        log(rcp, action, user=self._actor, data={"liste": self._version})


def _saved(row: Any, told: Mapping[str, Any]) -> Any:
    if row.pk is None or any(getattr(row, name) != value for name, value in told.items()):
        for name, value in told.items():
            setattr(row, name, value)
        row.save()
    return row
