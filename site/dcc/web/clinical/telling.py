"""HL7 values in words: codes, dates, quantities, people, addresses, as any CDA document writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from lxml import etree

HL7 = "{urn:hl7-org:v3}"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_SPACES = re.compile(r"\s+")
_STAMP = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?")
NULLS: Mapping[str, object] = {
    "NA": _("sans objet"), "UNK": _("inconnu"), "NASK": _("non demandé"), "ASKU": _("demandé, inconnu"),
    "NI": _("pas d'information"), "NAV": _("non disponible"), "MSK": _("masqué"), "OTH": _("autre"),
}  # fmt: skip


def words(element: etree._Element | None) -> str:
    """All the text of an element on one line."""
    return _SPACES.sub(" ", "".join(map(str, element.itertext()))).strip() if element is not None else ""


def attribute(parent: etree._Element, path: str, name: str) -> str:
    """An attribute of a descendant (``a/b``), or nothing."""
    found = parent.find("/".join(HL7 + step for step in path.split("/")))
    return found.get(name, "") if found is not None else ""


def moment(stamp: str) -> str:
    """« 13/01/2025 à 12:17 » for ``20250113121700+0100``; as it stands when it is no HL7 date."""
    found = _STAMP.match(stamp)
    if not found:
        return stamp
    year, month, day, hour, minute = found.groups()
    day_text = "/".join(part for part in (day, month, year) if part)
    return f"{day_text} à {hour}:{minute}" if hour and minute else day_text


def period(element: etree._Element | None) -> str:
    """An ``effectiveTime`` or ``time``: a moment, a period, or why there is none."""
    if element is None:
        return ""
    low, high = (element.find(f"{HL7}{end}") for end in ("low", "high"))
    begun, ended = (_stamp(end) for end in (low, high))
    if begun and ended and begun != ended:
        return str(_("du %(begun)s au %(ended)s") % {"begun": begun, "ended": ended})
    if ended and not begun:
        return str(_("jusqu'au %s") % ended)
    if begun and high is None:
        return str(_("depuis le %s") % begun)
    return begun or _stamp(element)


def _stamp(element: etree._Element | None) -> str:
    return moment(element.get("value", "")) if element is not None else ""


def coded(element: etree._Element | None, texts: Mapping[str, str]) -> str:
    """A code in words: what it is displayed as, else the text it refers to, else the code, else why there is none."""
    if element is None:
        return ""
    label = element.get("displayName") or original(element, texts) or element.get("code", "")
    return label or str(NULLS.get(element.get("nullFlavor", ""), ""))


def original(element: etree._Element, texts: Mapping[str, str]) -> str:
    """The words the entry refers to in the narrative (``originalText`` or ``text``)."""
    for name in ("originalText", "text"):
        for found in element.iterfind(f"{HL7}{name}"):
            reference = found.find(f"{HL7}reference")
            target = reference.get("value", "").removeprefix("#") if reference is not None else ""
            told = texts.get(target, "") or words(found)
            if told:
                return told
    return ""


def value(element: etree._Element, texts: Mapping[str, str]) -> str:
    """A ``value`` of any HL7 type in words."""
    kind = element.get(_TYPE, "").rpartition(":")[2]
    raw = element.get("value", "")
    if kind == "BL":
        return {"true": str(_("oui")), "false": str(_("non"))}.get(raw, raw) or coded(element, texts)
    if kind == "PQ" and raw:
        return f"{raw} {element.get('unit', '')}".strip()
    if kind in ("TS", "EIVL_TS") and raw:
        return moment(raw)
    if kind == "IVL_TS":
        return period(element)
    if kind in ("ST", "ED") and not element.get("representation"):
        return original(element, texts) or words(element)
    return raw or coded(element, texts)


def person(element: etree._Element | None) -> str:
    """A ``name``: title, given names, family name, in that order."""
    if element is None:
        return ""
    order = ("prefix", "suffix", "given", "family")
    parts = [words(part) for name in order for part in element.iterfind(f"{HL7}{name}") if part.get("qualifier") != "CL"]
    return " ".join(part for part in parts if part) or words(element)


def telecoms(element: etree._Element) -> list[str]:
    """Phones, mails and sites, without their scheme; a secure site follows ``http:`` in a CDA."""
    found = (item.get("value", "").replace("http:https:", "https:", 1) for item in element.iterfind(f"{HL7}telecom"))
    return [value if value.startswith("http") else value.partition(":")[2] or value for value in found if value]


def address(element: etree._Element | None) -> str:
    """An ``addr`` on one line."""
    if element is None:
        return ""
    names = ("houseNumber", "streetName", "streetAddressLine", "additionalLocator", "unitID", "postalCode", "city", "country")
    return " ".join(words(part) for name in names for part in element.iterfind(f"{HL7}{name}") if words(part))
