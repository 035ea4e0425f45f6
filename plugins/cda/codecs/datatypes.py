"""HL7 v3 datatypes and our values, both ways: instants, identifiers, codes, addresses, telecoms.

Shapes of values are those of :mod:`forms_config.schema.values`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from lxml.etree import _Element

from forms_config.schema.dates import PARIS
from plugins.cda.codecs.xml import add, child, children, elements, escaped, local, text_of

LOINC = "2.16.840.1.113883.6.1"
SNOMED = "2.16.840.1.113883.6.96"
CISIS = "1.2.250.1.213.1.1.4.322"
TNM = "2.16.840.1.113883.15.6"
ACT_STATUS = "2.16.840.1.113883.5.14"

SYSTEM_NAMES: Mapping[str, str] = {
    LOINC: "LOINC",
    SNOMED: "SNOMED_CT",
    CISIS: "TerminologieCISIS",
    "2.16.840.1.113883.6.3": "CIM10FRPMSI",
    "2.16.840.1.113883.6.43.1": "CIMO3",
    "2.16.840.1.113883.3.26.1.1": "NCIT",
    "2.16.840.1.113883.5.7": "HL7_ActPriority",
    "1.2.250.1.213.3.3.13": "TRE_R213_ModePriseEnCharge",
    "1.2.250.1.71.4.2.4": "TRE_R02_SecteurActivite",
}
"""@codeSystemName of the 2025.01 samples; systems they leave unnamed stay so."""


@dataclass(frozen=True)
class Code:
    """A constant code of the volet."""

    code: str
    label: str
    system: str = LOINC

    @cached_property
    def attributes(self) -> dict[str, str]:
        """Attributes of a coded element."""
        return code_attributes({"code": self.code, "label": self.label, "system": self.system})

    def as_xml(self, name: str, inner: str = "") -> str:
        """The code as a constant fragment."""
        attributes = " ".join(f'{key}="{escaped(value)}"' for key, value in self.attributes.items())
        return f"<{name} {attributes}>{inner}</{name}>"


def code_attributes(value: Mapping[str, Any]) -> dict[str, str]:
    """Attributes of a coded element for a ``coded`` value that has a code."""
    attributes = {"code": value["code"], "displayName": value["label"], "codeSystem": value["system"]}
    name = SYSTEM_NAMES.get(value["system"])
    if name:
        attributes["codeSystemName"] = name
    return attributes


def read_code(element: _Element | None) -> dict[str, str] | None:
    """``{"code", "system", "label"}`` of a coded element, or nothing when it has no code."""
    if element is None:
        return None
    code = (element.get("code") or "").strip()
    if not code:
        return None
    label = " ".join((element.get("displayName") or "").split())
    # « None » is what a producer wrote for a missing label in the official samples.
    return {"code": code, "system": element.get("codeSystem") or "", "label": label if label not in ("", "None") else code}


def add_coded(parent: _Element, name: str, value: Mapping[str, Any]) -> None:
    """Append a header code with the words used, when they differ from the label. A text without code has no place there."""
    if value.get("code"):
        element = add(parent, name, code_attributes(value))
        if value.get("text"):
            add(element, "originalText", text=value["text"])


def read_coded(element: _Element | None) -> dict[str, str] | None:
    """The reverse of :func:`add_coded`."""
    code = read_code(element)
    text = text_child(element, "originalText")
    return {**code, "text": text} if code and text and text != code["label"] else code


_DATE = re.compile(r"(\d{4})(\d{2})?(\d{2})?\Z")
_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})?(\d{2})?(?:\.\d+)?(?:([+-]\d{2}):?(\d{2})?)?\Z")


def to_ts(value: str) -> str:
    """A ``date`` or ``datetime`` value as an HL7 TS, with the precision it has."""
    day, _, clock = value.partition("T")
    if not clock:
        return day.replace("-", "")
    clock, offset = (clock[:-6], clock[-6:]) if clock[-6:-5] in ("+", "-") else (clock, "")
    return (day.replace("-", "") + clock.replace(":", "")) + offset.replace(":", "")


def from_ts(value: str) -> str:
    """An HL7 TS as a ``date`` or ``datetime`` value; raises ``ValueError`` in French. Fractions of a second are dropped."""
    value = value.strip()
    match = _DATE.match(value)
    if match:
        return "-".join(part for part in match.groups() if part)
    match = _TIME.match(value)
    if not match:
        raise ValueError(f"Date illisible : « {value} »")
    year, month, day, hour, minute, second, offset, offset_minutes = match.groups()
    seconds = f":{second}" if second else ""
    zone = f"{offset}:{offset_minutes or '00'}" if offset else ""
    return f"{year}-{month}-{day}T{hour}:{minute or '00'}{seconds}{zone}"


def instant(value: datetime) -> str:
    """A point in time as TS with the offset of Paris on that day; a naive one is taken as Paris time."""
    aware = value.replace(tzinfo=PARIS) if value.tzinfo is None else value.astimezone(PARIS)
    return aware.strftime("%Y%m%d%H%M%S%z")


def from_instant(element: _Element | None) -> datetime | None:
    """The point in time of a TS element; nothing when it has none, or not to the day."""
    try:
        value = from_ts(element.get("value") or "") if element is not None else ""
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.replace(tzinfo=PARIS) if found.tzinfo is None else found


def add_id(parent: _Element, identifier: Mapping[str, str] | None, *, missing: str = "", name: str = "id") -> None:
    """Append an ``id`` (or another II); ``missing`` is the null flavour to write when there is none."""
    if identifier and identifier.get("root"):
        attributes = {"root": identifier["root"]}
        if identifier.get("extension"):
            attributes["extension"] = identifier["extension"]
        add(parent, name, attributes)
    elif missing:
        add(parent, name, {"nullFlavor": missing})


def read_id(element: _Element | None) -> dict[str, str] | None:
    """``{"root", "extension"?}`` of an II element, or nothing for a null flavour."""
    root = element.get("root") if element is not None else None
    if element is None or not root:
        return None
    extension = element.get("extension")
    return {"root": root, "extension": extension} if extension else {"root": root}


_ADDRESS_PARTS = {
    "house_number": "houseNumber",
    "street": "streetName",
    "unit": "unitID",
    "locator": "additionalLocator",
    "postal_code": "postalCode",
    "city": "city",
    "country": "country",
    "county": "county",
}
_ADDRESS_KEYS = {name: key for key, name in _ADDRESS_PARTS.items()}


def add_address(parent: _Element, address: Mapping[str, Any] | None) -> None:
    """Append an ``addr``; nothing for no address."""
    if not address:
        return
    element = add(parent, "addr", {"use": address["use"]} if address.get("use") else None)
    if address.get("lines"):
        for line in address["lines"]:
            add(element, "streetAddressLine", text=line)
        return
    for key, name in _ADDRESS_PARTS.items():
        if address.get(key):
            add(element, name, text=address[key])


def read_address(element: _Element | None) -> dict[str, Any] | None:
    """An address value, or nothing when the element is empty or null."""
    if element is None or element.get("nullFlavor"):
        return None
    parts: dict[str, Any] = {}
    lines: list[str] = []
    for part in elements(element):
        text = text_of(part)
        name = local(part)
        if text and name == "streetAddressLine":
            lines.append(text)
        elif text and name in _ADDRESS_KEYS:
            parts.setdefault(_ADDRESS_KEYS[name], text)
    if lines:  # CI-SIS: structured or in lines, not both; a sender that mixes them is read as lines
        parts = {"lines": [*lines, *parts.values()]}
    if not parts and (element.text or "").strip():
        parts = {"lines": [text_of(element)]}
    if not parts:
        return None
    return {**({"use": element.get("use")} if element.get("use") else {}), **parts}


_SITE = "http:"


def add_telecoms(parent: _Element, telecoms: Iterable[Mapping[str, str]] | None) -> None:
    """Append a ``telecom`` for each; the standard knows no secure site, whose address follows ``http:`` (cda.md §7.3)."""
    for telecom in telecoms or ():
        said = {key: telecom[key] for key in ("value", "use") if telecom.get(key)}
        if said.get("value", "").lower().startswith("https:"):
            said["value"] = f"{_SITE}{said['value']}"
        add(parent, "telecom", said)


def read_telecoms(element: _Element) -> list[dict[str, str]]:
    """Telecoms among the children; null ones are left out."""
    found = []
    for telecom in children(element, "telecom"):
        value = (telecom.get("value") or "").strip()
        if value.lower().startswith(f"{_SITE}https:"):
            value = value[len(_SITE) :]
        if value:
            use = telecom.get("use")
            found.append({"value": value, "use": use} if use else {"value": value})
    return found


def text_child(element: _Element | None, name: str) -> str:
    """Text of the first child of that name; empty when there is none."""
    found = child(element, name) if element is not None else None
    return text_of(found) if found is not None else ""
