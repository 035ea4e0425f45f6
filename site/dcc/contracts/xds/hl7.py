"""HL7 v2 values inside XDS slots (CX, XCN, XON), OIDs made from keys, and times in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID
from zoneinfo import ZoneInfo

from dcc.contracts.datamatrix import INS_NATURES
from dcc.contracts.snapshots import InstanceId

PRACTITIONERS = "1.2.250.1.71.4.2.1"
STRUCTURES = "1.2.250.1.71.4.2.2"
_ESCAPES = {"\\": "\\E\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "|": "\\F\\"}
_ESCAPED = re.compile(r"\\([ESTRF])\\")
_LETTERS = {escape[1]: sign for sign, escape in _ESCAPES.items()}
_CX = re.compile(r"([^^]*)\^\^\^(?:[^&^]*)&([^&^]*)&ISO(?:\^|$)")
_TIME = re.compile(r"(\d{4}(?:\d\d){0,2})(\d\d(?:\d\d){0,2})?(?:\.\d+)?(Z|[+-]\d{4})?")
_PARIS = ZoneInfo("Europe/Paris")
_SECONDS = len("AAAAMMJJHHMMSS")


def component(text: str) -> str:
    """Text as one component: the signs that HL7 v2 keeps for itself are escaped (chapter 2 §2.7)."""
    return "".join(_ESCAPES.get(sign, sign) for sign in text)


def plain(text: str) -> str:
    """The text of a component, unescaped."""
    return _ESCAPED.sub(lambda found: _LETTERS[found.group(1)], text)


def cx(identifier: InstanceId) -> str:
    """A patient's identifier: type NH for an INS, PI for any other (mss_hl7.md §6)."""
    kind = "NH" if identifier.root in INS_NATURES else "PI"
    return f"{component(identifier.extension or '')}^^^&{identifier.root}&ISO^{kind}"


def instance_of(value: str) -> InstanceId | None:
    """The identifier that a CX holds, whatever its type; ``None`` when it holds none."""
    found = _CX.match(value)
    return InstanceId(found.group(2), plain(found.group(1)) or None) if found and found.group(2) else None


def xcn(identifier: InstanceId | None, family: str, given: str) -> str:
    """A person; an id of no national list, or with a « / », is internal to its structure (type EI, dmp_psc.md §2.4)."""
    names = f"{component(family)}^{component(given)}"
    if identifier is None or not identifier.extension:
        return f"^{names}"
    kind = "IDNPS" if identifier.root == PRACTITIONERS and "/" not in identifier.extension else "EI"
    return f"{component(identifier.extension)}^{names}^^^^^^&{identifier.root}&ISO^D^^^{kind}"


def xon(identifier: InstanceId | None, name: str) -> str:
    """A structure."""
    if identifier is None or not identifier.extension:
        return component(name)
    return f"{component(name)}^^^^^&{identifier.root}&ISO^IDNST^^^{component(identifier.extension)}"


def identifier_of(xcn_or_xon: str) -> str:
    """The number in an XCN (first component) or an XON (tenth); empty when there is none."""
    parts = xcn_or_xon.split("^")
    return plain(parts[9] if len(parts) == 10 else parts[0] if len(parts) > 1 else "")


def name_of(xcn_or_xon: str) -> str:
    """« NOM Prénom » of an XCN, the name of an XON."""
    parts = xcn_or_xon.split("^")
    if len(parts) in (1, 10):
        return plain(parts[0])
    return " ".join(plain(part).strip() for part in parts[1:3] if part.strip())


def oid_of(key: UUID) -> str:
    """The OID of a UUID (ITU-T X.667: arc 2.25), valid as an uniqueId."""
    return f"2.25.{key.int}"


def utc(value: str) -> str:
    """An HL7 time in UTC, ``AAAAMMJJHHMMSS``; a mere day stays a day, what cannot be read is empty.

    A time without offset is taken as that of Paris, as people write it.
    """
    found = _TIME.fullmatch(value.strip())
    if found is None:
        return ""
    day, clock, offset = found.groups()
    if clock is None or len(day) != len("AAAAMMJJ"):
        return day
    try:
        moment = datetime.strptime((day + clock).ljust(_SECONDS, "0"), "%Y%m%d%H%M%S").replace(tzinfo=_zone(offset))
        return f"{moment.astimezone(UTC):%Y%m%d%H%M%S}"
    except (ValueError, OverflowError):
        return ""


def _zone(offset: str | None) -> ZoneInfo | timezone:
    if offset is None:
        return _PARIS
    if offset == "Z":
        return UTC
    minutes = int(offset[1:3]) * 60 + int(offset[3:5])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
