"""What a list would change in the directory, field by field: the report that a person reads before it is applied."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rcp_directory.codes import BODY_SYSTEMS, ENCOUNTERS, NATURES, ORGANS, SECTORS
from rcp_directory.models import CoordinationCentre, FormerCode, Rcp, RegionalNetwork
from rcp_directory.national.columns import LABELS, TOLD_OF_RCP
from rcp_directory.national.reading import Listed, UnreadableList

REGIONAL = ("establishment", "coordinator", "mailbox", "timetable", "active_to")
"""What a region often knows better than a list: a report says where it is kept because the list is silent."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of an RCP, in French, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Touched:
    """An RCP that a list adds, closes, opens again, renumbers or changes; ``former`` is the identifier that it leaves."""

    code: str
    denomination: str
    changes: tuple[FieldChange, ...] = ()
    former: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What applying a list does. ``kept`` counts by field the RCP that keep what the region knows where the list is silent."""

    added: tuple[Touched, ...]
    closed: tuple[Touched, ...]
    reopened: tuple[Touched, ...]
    renumbered: tuple[Touched, ...]
    changed: tuple[Touched, ...]
    bodies: tuple[Touched, ...]
    kept: Mapping[str, int]
    regional: int
    unchanged: int
    listed: int
    in_use: int

    @property
    def digest(self) -> str:
        """Tells whether another report says the same."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    @property
    def closes_many(self) -> bool:
        """Whether it closes more than half of what came from lists: then it is probably not the whole list."""
        return len(self.closed) * 2 > self.in_use

    def __bool__(self) -> bool:
        return any((self.added, self.closed, self.reopened, self.renumbered, self.changed, self.bodies))


class Directory:
    """The directory as it is, in memory: a list is compared with it and then applied to the same rows."""

    def __init__(self) -> None:
        rows = Rcp.objects.select_related("centre__network", "establishment", "coordinator").prefetch_related("organs")
        self.rcps: dict[str, Rcp] = {row.national_id: row for row in rows.order_by("national_id")}
        self.former = dict(FormerCode.objects.values_list("code", "rcp__national_id"))
        self.networks = {row.national_id: row for row in RegionalNetwork.objects.all()}
        self.centres = {row.national_id: row for row in CoordinationCentre.objects.select_related("network")}

    def of(self, row: Listed) -> Rcp | None:
        """The RCP that a line tells of, under its identifier or a former one."""
        codes = (row.code, *(self.former.get(code, code) for code in row.former))
        found: Rcp | None = next((self.rcps[code] for code in codes if code in self.rcps), None)
        return found


def compared(rows: Sequence[Listed], directory: Directory) -> Report:
    """The report; raises :class:`UnreadableList` when identifiers or dates of the list contradict those of the directory."""
    _check_against(rows, directory)
    added, renumbered, reopened, changed = [], [], [], []
    kept: Counter[str] = Counter()
    listed = set()
    for row in rows:
        rcp = directory.of(row)
        if rcp is None:
            added.append(Touched(row.code, row.told["denomination"], tuple(_changes(None, row))))
            continue
        listed.add(rcp.national_id)
        kept.update(LABELS[name] for name in REGIONAL if name not in row.told and _value(rcp, name))
        changes = (*_changes(rcp, row), *_learned(rcp, row, directory))
        if rcp.national_id != row.code:
            renumbered.append(Touched(row.code, rcp.denomination, changes, former=rcp.national_id))
        elif changes:
            changed.append(Touched(row.code, rcp.denomination, changes))
        if _opens(rcp, row):
            reopened.append(Touched(row.code, row.told["denomination"]))
    gone = [rcp for code, rcp in directory.rcps.items() if rcp.list_version and code not in listed and not rcp.active_to]
    touched = {t.code for group in (added, renumbered, reopened, changed) for t in group}
    return Report(
        added=tuple(added),
        closed=tuple(Touched(rcp.national_id, rcp.denomination) for rcp in gone),
        reopened=tuple(reopened),
        renumbered=tuple(renumbered),
        changed=tuple(changed),
        bodies=tuple(_bodies(rows, directory)),
        kept=dict(sorted(kept.items())),
        regional=sum(not rcp.list_version and code not in listed for code, rcp in directory.rcps.items()),
        unchanged=len(rows) - len(touched),
        listed=len(rows),
        in_use=sum(bool(rcp.list_version) and not rcp.active_to for rcp in directory.rcps.values()),
    )


def _check_against(rows: Sequence[Listed], directory: Directory) -> None:
    errors = []
    taken: dict[str, int] = {}
    for row in rows:
        if owner := directory.former.get(row.code):
            errors.append(f"ligne {row.line} : {row.code} est un ancien identifiant de la RCP {owner}")
        rcp = directory.of(row)
        if rcp is not None and taken.setdefault(rcp.national_id, row.line) != row.line:
            errors.append(f"ligne {row.line} : la RCP {rcp.national_id} est déjà celle de la ligne {taken[rcp.national_id]}")
        if rcp is not None:
            errors += _crossed_dates(rcp, row)
        for code in row.former:
            owner = directory.former.get(code)
            if owner and rcp is not None and owner != rcp.national_id:
                errors.append(f"ligne {row.line} : l'ancien identifiant {code} est déjà celui de la RCP {owner}")
    if errors:
        raise UnreadableList(errors)


def _crossed_dates(rcp: Rcp, row: Listed) -> Iterator[str]:
    """A date of the list against the one that the directory keeps, where the line tells one of them only."""
    opens = row.told.get("active_from", rcp.active_from)
    closes = row.told.get("active_to", None if _opens(rcp, row) else rcp.active_to)
    if opens and closes and closes < opens:
        yield f"ligne {row.line} : la fermeture ({closes:%d/%m/%Y}, liste ou annuaire) précède l'ouverture"


def _changes(rcp: Rcp | None, row: Listed) -> Iterator[FieldChange]:
    """What a line says otherwise than the directory; of a new RCP, all that it says."""
    for name in TOLD_OF_RCP:
        if name not in row.told:
            continue
        before, after = _value(rcp, name) if rcp else "", row.told[name]
        if before != after and not (rcp is None and after in ("", False)):
            yield FieldChange(LABELS[name], words(name, before), words(name, after))


def _learned(rcp: Rcp, row: Listed, directory: Directory) -> Iterator[FieldChange]:
    codes = new_former(rcp, row, directory)
    if codes and (codes != [rcp.national_id] or rcp.national_id == row.code):
        yield FieldChange(LABELS["former"], "", ", ".join(codes))


def new_former(rcp: Rcp | None, row: Listed, directory: Directory) -> list[str]:
    """Former identifiers that a line teaches; one that another RCP of the directory still has stays there, closed with it."""
    own = rcp.national_id if rcp else ""
    return [code for code in row.former if code not in directory.former and (code == own or code not in directory.rcps)]


def _value(rcp: Rcp, name: str) -> Any:
    """A field of the directory in the form of a cell that was read."""
    if name == "organs":
        return tuple(organ.code for organ in rcp.organs.all())
    if name == "centre_code":
        return rcp.centre.national_id
    if name == "establishment":
        return rcp.establishment.finess if rcp.establishment else ""
    if name == "coordinator":
        return rcp.coordinator.national_id if rcp.coordinator else ""
    found = getattr(rcp, name)
    return "" if found is None else found


def _opens(rcp: Rcp, row: Listed) -> bool:
    """Whether a list opens again what a list closed; what the region closed stays so."""
    return rcp.closed_by_list and rcp.active_to is not None and "active_to" not in row.told


_LISTS: Mapping[str, Mapping[str, Any]] = {
    "nature": NATURES,
    "body_system": {code: coded.label for code, coded in BODY_SYSTEMS.items()},
    "organs": {code: coded.label for code, coded in ORGANS.items()},
    "encounter": ENCOUNTERS,
    "sector": SECTORS,
}


def words(name: str, value: Any) -> str:
    """A value as a report shows it."""
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, date):
        return date_format(value, "d/m/Y")
    if isinstance(value, tuple):
        return ", ".join(words(name, part) for part in value)
    known = _LISTS.get(name, {})
    return f"{known[value]} ({value})" if value in known else str(value)


def _bodies(rows: Sequence[Listed], directory: Directory) -> Iterator[Touched]:
    """Networks and centres that are new or told otherwise."""
    for code, told in bodies_of(rows, "network").items():
        network = directory.networks.get(code)
        yield from _body(network, code, told, {"name": "nom du RRC", "acronym": "sigle du RRC", "mailbox": "boîte du RRC"})
    for code, told in bodies_of(rows, "centre").items():
        centre = directory.centres.get(code)
        change = tuple(_body(centre, code, told, {"name": "nom du gestionnaire", "acronym": "sigle du gestionnaire"}))
        moved = centre is not None and centre.network.national_id != told["network"]
        if centre is not None and moved:
            move = FieldChange("réseau régional (RRC)", centre.network.national_id, told["network"])
            change = (Touched(code, centre.name, (*(c for t in change for c in t.changes), move)),)
        yield from change


def bodies_of(rows: Sequence[Listed], what: str) -> dict[str, dict[str, str]]:
    """Networks or centres of a list, by identifier, with what it says of them."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        parts = {part: row.told[key] for part in ("name", "acronym", "mailbox") if (key := f"{what}_{part}") in row.told}
        found.setdefault(row.told[f"{what}_code"], parts | {"network": row.told["network_code"]})
    return found


def _body(
    held: RegionalNetwork | CoordinationCentre | None, code: str, told: Mapping[str, str], labels: Mapping[str, str]
) -> Iterator[Touched]:
    changes = tuple(
        FieldChange(label, str(getattr(held, part)) if held else "", told[part])
        for part, label in labels.items()
        if part in told and (held is None or getattr(held, part) != told[part])
    )
    if changes:
        yield Touched(code, held.name if held else told["name"], changes)
