"""Our own assertions on a CDA: what the kit never checks (``cda.md`` § 6 « Limites du kit », § 7.5). They need no kit.

What the platform writes must meet all of them (``strict``: findings are errors). What others wrote is read with tolerance: the
official samples themselves have dead narrative links, so there most findings are warnings.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.snapshots import Finding, Level
from plugins.cda.conformance.dates import in_order, is_stamp, is_time
from plugins.cda.conformance.embedded import embedded_fault
from plugins.cda.conformance.places import HL7, place_of
from plugins.cda.conformance.sets import Unknown, Volet, volet_of
from plugins.cda.xml_input import declared_encoding, has_bom

SOURCE = "OncoDCC"
MAX_FAULTS = 500
"""Of one assertion: whoever has more repairs the first ones and asks again."""

RIGHTS_TITLE = "INFORMATION SUR LES DONNÉES PERSONNELLES VOUS CONCERNANT"
_SECOND_TEXT = "des acteurs de la santé publique sont autorisés à réutiliser certaines de vos données"
"""How text 2 of the INCa begins (cahier des charges 2025, § 2.1.1.4; no establishment may reword it)."""
_SECOND_TEXT_SITE = "lesdonnees.e-cancer.fr"
_FIRST_TEXT_LENGTH = 40
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_INTERNAL_REFERENCE = "1.3.6.1.4.1.19376.1.5.3.1.4.4.1"
_STATEMENTS = tuple(
    f"{HL7}{name}" for name in ("observation", "act", "procedure", "encounter", "substanceAdministration", "supply", "organizer")
)

Fault = tuple[etree._Element, str]
Assertion = Callable[[etree._Element], Iterator[Fault]]


def own_findings(content: bytes, tree: etree._ElementTree, *, strict: bool) -> list[Finding]:
    """Findings of every assertion on a document; ``content`` is the file ``tree`` was parsed from."""
    root = tree.getroot()
    found = [_finding(root, "encoding", message, "error") for message in _encoding_faults(content)]
    for code, (assertion, usual) in ASSERTIONS.items():
        level: Level = "error" if strict and code not in ALWAYS_WARNINGS else usual
        found += [_finding(node, code, message, level) for node, message in islice(assertion(root), MAX_FAULTS)]
    return found


def _finding(node: etree._Element, code: str, message: str, level: Level) -> Finding:
    place = place_of(node)
    return Finding(
        code=f"own.{code}",
        level=level,
        message=f"{place.prefix()} : {message}",
        question_key=place.question_key,
        section_key=place.section_key,
        location=place.location,
        source=SOURCE,
    )


def _encoding_faults(content: bytes) -> Iterator[str]:
    if has_bom(content):
        yield _("le fichier commence par une marque d'ordre (BOM), qu'un document CDA ne doit pas avoir")
    if declared_encoding(content) != "utf-8":
        yield _("l'encodage est « %s », un document CDA s'écrit en UTF-8") % declared_encoding(content)


def _dead_links(root: etree._Element) -> Iterator[Fault]:
    known = {str(element.get("ID")) for element in root.iter("*") if element.get("ID")}
    for element in root.iter(f"{HL7}reference", f"{HL7}linkHtml", f"{HL7}renderMultiMedia", f"{HL7}footnoteRef"):
        for target in _targets(element):
            if target.startswith("#") and target[1:] not in known:
                yield element, _("le lien « %s » ne mène à aucun texte du document") % target
            elif not target.startswith("#"):
                yield element, _("le lien « %s » doit commencer par « # »") % target


def _targets(element: etree._Element) -> Iterator[str]:
    """What an element points to inside the document, each with its ``#`` when it has or needs none."""
    name = etree.QName(element).localname
    if name == "reference" and not _SCHEME.match(element.get("value", "")) and "value" in element.attrib:
        yield element.get("value", "")
    elif name == "linkHtml" and element.get("href", "").startswith("#"):
        yield element.get("href", "")
    elif name in ("renderMultiMedia", "footnoteRef"):
        references = element.get("referencedObject") or element.get("IDREF") or ""
        yield from (f"#{reference}" for reference in references.split())


def _duplicate_ids(root: etree._Element) -> Iterator[Fault]:
    seen: set[str] = set()
    for element in root.iter("*"):
        identifier = element.get("ID")
        if identifier and identifier in seen:
            yield element, _("l'identifiant (ID) « %s » est déjà pris dans le document") % identifier
        elif identifier:
            seen.add(identifier)


def _missing_display_names(root: etree._Element) -> Iterator[Fault]:
    for element in root.iter("*"):
        if element.get("code") and element.get("codeSystem") and not element.get("displayName", "").strip():
            yield element, _("le code « %s » n'a pas de libellé (displayName)") % element.get("code")


def _embedded_files(root: etree._Element) -> Iterator[Fault]:
    for element in root.iter("*"):
        if element.get("representation") == "B64":
            fault = embedded_fault(element.text or "", element.get("mediaType", ""))
            if fault:
                yield element, fault


def _bad_dates(root: etree._Element) -> Iterator[Fault]:
    for element in root.iter(f"{HL7}*"):
        value = element.get("value")
        if value is not None and is_time(element) and not is_stamp(value):
            yield element, _("« %s » n'est pas une date du calendrier") % value


def _bad_intervals(root: etree._Element) -> Iterator[Fault]:
    for low in root.iter(f"{HL7}low"):
        parent = low.getparent()
        high = parent.find(f"{HL7}high") if parent is not None else None
        begin, end = low.get("value", ""), high.get("value", "") if high is not None else ""
        if is_time(low) and is_stamp(begin) and is_stamp(end) and not in_order(begin, end):
            yield low, _("la période finit (%(end)s) avant de commencer (%(begin)s)") % {"begin": begin, "end": end}


def _repeated_entry_ids(root: etree._Element) -> Iterator[Fault]:
    ids = [
        identifier
        for statement in root.iter(*_STATEMENTS)
        if all(template.get("root") != _INTERNAL_REFERENCE for template in statement.iterchildren(f"{HL7}templateId"))
        for identifier in statement.iterchildren(f"{HL7}id")
        if identifier.get("root")
    ]
    count = Counter((element.get("root"), element.get("extension")) for element in ids)
    for element in ids:
        key = (element.get("root"), element.get("extension"))
        if count[key] > 1:
            count[key] = 0  # said once
            yield element, _("plusieurs entrées portent le même identifiant « %s »") % "^".join(part for part in key if part)


def _unknown_volet(root: etree._Element) -> Iterator[Fault]:
    volet = volet_of(root)
    if isinstance(volet, Volet):
        return
    yield _template_node(root), _unknown_volet_message(volet)


def _template_node(root: etree._Element) -> etree._Element:
    templates = root.findall(f"{HL7}templateId")
    return templates[-1] if templates else root


def _unknown_volet_message(volet: Unknown) -> str:
    if not volet.declared:
        return _("le document ne dit pas à quel volet il se conforme : aucun schéma de volet n'a pu être appliqué")
    if volet.known:
        return _("version de volet inconnue (%(found)s ; connues : %(known)s) : aucun schéma de volet n'a pu être appliqué") % {
            "found": ", ".join(volet.declared),
            "known": ", ".join(volet.known),
        }
    return _("modèle de document inconnu (%s) : aucun schéma de volet n'a pu être appliqué") % ", ".join(volet.declared)


def _patient_rights(root: etree._Element) -> Iterator[Fault]:
    """Text 1, then text 2, in the one section that is theirs (R-037 to R-040). A N1 has them in its PDF, not looked at here."""
    volet = volet_of(root)
    if isinstance(volet, Unknown) or not volet.patient_rights:
        return
    sections = [
        section
        for section in root.iter(f"{HL7}section")
        if any(t.get("code") == "GEN-294" for t in section.findall(f"{HL7}code/{HL7}translation"))
    ]
    if len(sections) != 1:
        yield (
            root,
            _("la rubrique « %(title)s » doit être présente une fois (trouvée %(count)d fois)")
            % {
                "title": RIGHTS_TITLE,
                "count": len(sections),
            },
        )
        return
    if _plain(sections[0], "title") != RIGHTS_TITLE.lower():
        yield sections[0], _("la rubrique doit s'intituler « %s »") % RIGHTS_TITLE
    text = _plain(sections[0], "text")
    position = text.find(_SECOND_TEXT)
    if position < 0 or _SECOND_TEXT_SITE not in text[position:]:
        yield sections[0], _("le texte 2 de l'INCa sur la réutilisation des données est absent")
    elif position < _FIRST_TEXT_LENGTH:
        yield sections[0], _("le texte 1 sur le traitement des données doit précéder le texte 2 de l'INCa")


def _rubrics(root: etree._Element) -> Iterator[Fault]:
    """What the volet wants once, at any depth."""
    volet = volet_of(root)
    if isinstance(volet, Unknown) or not volet.rubrics:
        return
    held = Counter(name for section in root.iter(f"{HL7}section") for name in _names(section))
    for template, translation, title in volet.rubrics:
        count = held[template, translation]
        if count != 1:
            yield (
                root,
                _("la rubrique « %(title)s » doit être présente une fois (trouvée %(count)d fois)")
                % {
                    "title": title,
                    "count": count,
                },
            )


def _names(section: etree._Element) -> Iterator[tuple[str, str]]:
    """A section under each of its templates, alone and with each of its translations."""
    translations = {t.get("code", "") for t in section.findall(f"{HL7}code/{HL7}translation")} | {""}
    for template in section.findall(f"{HL7}templateId"):
        yield from ((template.get("root", ""), translation) for translation in translations)


def _plain(section: etree._Element, part: str) -> str:
    """The words of a part of a section: small letters, single spaces, plain apostrophes."""
    element = section.find(f"{HL7}{part}")
    words = "".join(str(text) for text in element.itertext()).split() if element is not None else []
    return " ".join(words).lower().replace("\u2019", "'")


ASSERTIONS: dict[str, tuple[Assertion, Level]] = {
    "narrative-link": (_dead_links, "warning"),
    "duplicate-id": (_duplicate_ids, "warning"),
    "display-name": (_missing_display_names, "warning"),
    "patient-rights": (_patient_rights, "warning"),
    "rubric": (_rubrics, "warning"),
    "repeated-entry-id": (_repeated_entry_ids, "warning"),
    "embedded-file": (_embedded_files, "error"),
    "date": (_bad_dates, "error"),
    "interval": (_bad_intervals, "error"),
    "volet": (_unknown_volet, "error"),
}
"""Assertions by code, each with its level on documents of others."""

ALWAYS_WARNINGS = frozenset({"repeated-entry-id"})
"""An act may lawfully be told twice under one identifier; whoever reads it should know, nothing more."""
