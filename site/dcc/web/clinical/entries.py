"""Coded entries of a section as nested lines: what, how much, when, by whom. Everything a line says stands in the entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from lxml import etree

from dcc.web.clinical.telling import HL7, coded, original, period, person, value, words

_KINDS = ("act", "observation", "procedure", "encounter", "organizer", "substanceAdministration", "supply")
_STATEMENTS = frozenset(HL7 + kind for kind in _KINDS)
_INTENDED = frozenset({"INT", "PRP", "RQO", "ARQ", "APT", "PRMS", "GOL"})
_STATUSES: Mapping[str, object] = {
    "active": _("en cours"), "cancelled": _("annulé"), "aborted": _("interrompu"), "suspended": _("suspendu"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One statement: its label, its values, remarks (period, state, people), its code for who wants it, and what it holds."""

    label: str
    values: Sequence[str]
    remarks: Sequence[str]
    code: str
    entries: Sequence[Entry]


def entries_of(section: etree._Element, text: etree._Element | None) -> Iterator[Entry]:
    """The entries of a section itself, in their order; entries that say nothing are left out."""
    texts = _texts(text)
    for statement in section.iterfind(f"{HL7}entry/*"):
        yield from _statement(statement, texts)


def _texts(text: etree._Element | None) -> Mapping[str, str]:
    if text is None:
        return {}
    return {name: words(element) for element in text.iter(f"{HL7}*") if (name := element.get("ID"))}


def _statement(element: etree._Element, texts: Mapping[str, str]) -> Iterator[Entry]:
    if element.tag not in _STATEMENTS:
        return
    inner = [entry for child in _held(element) for entry in _statement(child, texts)]
    code = element.find(f"{HL7}code")
    values = _values(element, code, texts)
    label = coded(code, texts) if code is not None and not code.get("nullFlavor") else ""
    if not values and not label:  # a mere envelope
        yield from inner
        return
    yield Entry(label, values, _remarks(element), _code_of(code), inner)


def _held(element: etree._Element) -> Iterator[etree._Element]:
    for name in ("entryRelationship", "component"):
        for relation in element.iterfind(f"{HL7}{name}"):
            yield from (child for child in relation if isinstance(child.tag, str))


def _values(element: etree._Element, code: etree._Element | None, texts: Mapping[str, str]) -> list[str]:
    found = [value(item, texts) for item in element.iterfind(f"{HL7}value")]
    found += [coded(item, texts) for item in element.iterfind(f"{HL7}code/{HL7}qualifier/{HL7}value")]
    found += [coded(item, texts) for item in element.iterfind(f"{HL7}targetSiteCode")]
    told = original(element, texts)
    found += [told] if told and code is not None and told != coded(code, texts) else []
    found += [item.get("extension", "") for item in element.iterfind(f"{HL7}reference/{HL7}externalDocument/{HL7}id")]
    return list({text.casefold(): text for text in reversed(found) if text}.values())[::-1]


def _remarks(element: etree._Element) -> list[str]:
    """When, in what state, by whom."""
    found = [period(element.find(f"{HL7}effectiveTime"))]
    if element.get("moodCode") in _INTENDED:
        found.append(str(_("prévu")))
    status = element.find(f"{HL7}statusCode")
    if status is not None:
        found.append(str(_STATUSES.get(status.get("code", ""), "")))
    if element.get("negationInd") == "true":
        found.append(str(_("nié : n'a pas eu lieu")))
    for performer in element.iterfind(f"{HL7}performer/{HL7}assignedEntity"):
        found.append(person(performer.find(f"{HL7}assignedPerson/{HL7}name")))
        found.append(words(performer.find(f"{HL7}representedOrganization/{HL7}name")))
    return [text for text in found if text]


def _code_of(code: etree._Element | None) -> str:
    """The code and its system, for who compares two documents."""
    if code is None or not code.get("code"):
        return ""
    system = code.get("codeSystemName") or code.get("codeSystem", "")
    return f"{code.get('code')} ({system})" if system else str(code.get("code"))
