"""Official samples, damaged on purpose and always in the same way: a number gives the same document for ever.

A mutant carries several small faults of the kinds that real documents have: something missing, twice or misplaced, a wrong code,
templateId, date or identifier, a header that forgets a rule.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable

from lxml import etree

HL7 = "{urn:hl7-org:v3}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
Damage = Callable[[etree._Element, random.Random], None]


def _pick(root: etree._Element, dice: random.Random, xpath: str) -> etree._Element | None:
    found = root.xpath(xpath, namespaces={"c": HL7[1:-1]})
    assert isinstance(found, list)
    chosen = dice.choice(found) if found else None
    return chosen if isinstance(chosen, etree._Element) else None


def _drop(element: etree._Element | None) -> None:
    parent = element.getparent() if element is not None else None
    if parent is not None and element is not None:
        parent.remove(element)


def drop_anything(root: etree._Element, dice: random.Random) -> None:
    _drop(_pick(root, dice, "//c:structuredBody//c:entry//* | //c:ClinicalDocument/*[not(self::c:component)]//*"))


def drop_entry_part(root: etree._Element, dice: random.Random) -> None:
    part = dice.choice(["id", "code", "statusCode", "effectiveTime", "text"])
    _drop(_pick(root, dice, f"//c:entry//c:{part}"))


def drop_section(root: etree._Element, dice: random.Random) -> None:
    _drop(_pick(root, dice, "//c:structuredBody/c:component"))


def drop_header_part(root: etree._Element, dice: random.Random) -> None:
    _drop(_pick(root, dice, "/c:ClinicalDocument/*[not(self::c:component)] | /c:ClinicalDocument/*[not(self::c:component)]/*/*"))


def drop_attribute(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//*[@*][not(ancestor-or-self::c:text)]")
    if element is not None:
        del element.attrib[dice.choice(sorted(map(str, element.attrib)))]


def wrong_code(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//*[@code and @codeSystem]")
    if element is not None:
        element.set("code", dice.choice(["MED-239", "999999", "", "completed"]))


def wrong_system(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//*[@codeSystem]")
    if element is not None:
        element.set("codeSystem", dice.choice(["2.16.840.1.113883.6.1", "1.2.3", "nonsense"]))


def wrong_template(root: etree._Element, dice: random.Random) -> None:
    element, other = _pick(root, dice, "//c:templateId"), _pick(root, dice, "//c:templateId")
    if element is not None and other is not None:
        element.set("root", dice.choice([str(other.get("root")), "1.2.3.4"]))


def drop_template(root: etree._Element, dice: random.Random) -> None:
    _drop(_pick(root, dice, "//c:templateId"))


def twice(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//c:entry//* | /c:ClinicalDocument/*[not(self::c:component)]/descendant-or-self::*")
    if element is not None:
        element.addnext(copy.deepcopy(element))


def null_flavor(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//*[@value or @code or @root or @extension]")
    if element is not None:
        element.set("nullFlavor", dice.choice(["UNK", "NA", "OTH", "ZZ"]))


def bad_date(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//c:time | //c:effectiveTime | //c:low | //c:high | //c:birthTime")
    if element is not None:
        element.set("value", dice.choice(["20251345", "2025", "20250230", "202506031200", "", "hier"]))


def bad_id(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//c:id | //c:setId")
    if element is not None:
        element.set("root", dice.choice(["b5d5f0c0-0000-4000-8000-0000000000aa", "", "1.2.250.1.71.4.2.1", "1..2"]))


def bad_telecom(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//c:telecom")
    if element is not None:
        element.set("value", dice.choice(["0102030405", "sip:x", ""]))
        element.set("use", dice.choice(["WP", "XX"]))


def bad_address(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//c:addr")
    if element is not None:
        etree.SubElement(element, f"{HL7}{dice.choice(['streetAddressLine', 'delimiter', 'postalCode'])}").text = "x"


def bad_name(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "//c:name/*")
    if element is not None and dice.random() < 0.5:
        element.text = "DR" if etree.QName(element).localname == "prefix" else ""
    elif element is not None:
        element.attrib.pop("qualifier", "")


def unknown_element(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, "/c:ClinicalDocument/*[not(self::c:component)]/descendant-or-self::*[*]")
    if element is not None:
        etree.SubElement(element, f"{HL7}surprise", code="1")


def wrong_type(root: etree._Element, dice: random.Random) -> None:
    element = _pick(root, dice, f"//*[@*[namespace-uri()='{XSI[1:-1]}']]")
    if element is not None:
        element.set(f"{XSI}type", dice.choice(["ST", "CE", "CD", "INT", "TS"]))


def misplaced(root: etree._Element, dice: random.Random) -> None:
    element, place = _pick(root, dice, "//c:entry"), _pick(root, dice, "//c:section")
    if element is not None and place is not None:
        place.append(copy.deepcopy(element))


DAMAGES: tuple[Damage, ...] = (
    drop_anything,
    drop_entry_part,
    drop_entry_part,
    drop_section,
    drop_header_part,
    drop_attribute,
    wrong_code,
    wrong_system,
    wrong_template,
    drop_template,
    twice,
    null_flavor,
    bad_date,
    bad_id,
    bad_telecom,
    bad_address,
    bad_name,
    unknown_element,
    wrong_type,
    misplaced,
)


def mutant(sample: bytes, number: int) -> bytes:
    """The damaged form of ``sample`` that ``number`` stands for: six to twenty faults."""
    dice = random.Random(number)  # noqa: S311  (reproducible on purpose)
    root = etree.fromstring(sample, etree.XMLParser(huge_tree=True))
    for _ in range(dice.randint(6, 20)):
        dice.choice(DAMAGES)(root, dice)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
