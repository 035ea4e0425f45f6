"""Turns a node of a document into a place a reader knows: « rubrique, champ », and the question at fault where it is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from lxml import etree

from plugins.cda.conformance.questions import STATEMENTS, question_of

HL7 = "{urn:hl7-org:v3}"
_STEP = re.compile(r"/(?:@?(?:Q\{([^}]*)\})?([\w.-]+)(?:\(\))?(?:\[(\d+)\])?)")
_TITLE_LENGTH = 90
_HEADER = {
    "templateId": "modèle (templateId)",
    "id": "identifiant du document",
    "setId": "identifiant commun des versions",
    "code": "type de document",
    "title": "titre",
    "effectiveTime": "date du document",
    "recordTarget": "patient",
    "author": "auteur",
    "dataEnterer": "opérateur de saisie",
    "informant": "personne à prévenir, personne de confiance",
    "custodian": "conservateur",
    "informationRecipient": "destinataire",
    "legalAuthenticator": "responsable du document",
    "authenticator": "valideur",
    "participant": "autre intervenant",
    "inFulfillmentOf": "prescription",
    "documentationOf": "acte documenté",
    "relatedDocument": "document remplacé",
    "componentOf": "prise en charge",
    "component": "corps du document",
    "versionNumber": "numéro de version",
    "confidentialityCode": "confidentialité",
    "languageCode": "langue",
}
_PARTS = {
    "value": "valeur",
    "effectiveTime": "date",
    "time": "date",
    "low": "début",
    "high": "fin",
    "text": "texte",
    "reference": "lien vers le texte",
    "originalText": "texte d'origine",
    "code": "code",
    "translation": "code équivalent",
    "statusCode": "statut",
    "id": "identifiant",
    "templateId": "modèle (templateId)",
    "name": "nom",
    "family": "nom",
    "given": "prénom",
    "prefix": "civilité",
    "suffix": "titre",
    "addr": "adresse",
    "telecom": "coordonnée",
    "birthTime": "date de naissance",
    "birthplace": "lieu de naissance",
    "administrativeGenderCode": "sexe",
    "title": "titre",
    "qualifier": "précision",
    "author": "auteur",
    "participant": "participant",
    "targetSiteCode": "localisation",
    "methodCode": "méthode",
    "functionCode": "fonction",
    "representedOrganization": "structure",
    "scopingOrganization": "structure",
    "guardian": "représentant",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding is: ``section`` and ``field`` in French, their catalogue keys where a volet knows them, a short XPath."""

    section: str
    field: str
    section_key: str | None
    question_key: str | None
    location: str

    def prefix(self) -> str:
        """« Rubrique « Tumeur », champ « Diagnostic : valeur » », to stand before a message."""
        if self.section:
            rubric = _("Rubrique « %s »") % self.section
            return rubric + (_(", champ « %s »") % self.field if self.field else "")
        return _("En-tête, « %s »") % self.field if self.field else _("Document")


def node_at(root: etree._Element, path: str) -> etree._Element:
    """The element of an XPath ``path()``, or of a :attr:`Place.location`; what leads no further ends at its last element."""
    current, steps = root, _STEP.findall(path)
    for uri, name, number in steps[1:]:
        tag = f"{{{uri}}}{name}" if uri else f"{{*}}{name}"
        children = list(current.iterchildren(tag))
        position = int(number or 1) - 1
        if position >= len(children):
            break
        current = children[position]
    return current


def place_of(node: etree._Element) -> Place:
    """The place of an element."""
    lineage = [node, *node.iterancestors()]
    sections = [element for element in lineage if element.tag == f"{HL7}section"]
    section_key, question_key = question_of(lineage)
    return Place(
        section=" › ".join(_section_title(section) for section in reversed(sections)),
        field=_body_field(lineage) if sections else _header_field(lineage),
        section_key=section_key,
        question_key=question_key,
        location="".join(_step(element) for element in reversed(lineage)),
    )


def _section_title(section: etree._Element) -> str:
    title = section.find(f"{HL7}title")
    text = " ".join("".join(map(str, title.itertext())).split()) if title is not None else ""
    return _shortened(text or _label(section) or _("sans titre"))


def _shortened(text: str) -> str:
    return text if len(text) <= _TITLE_LENGTH else text[: _TITLE_LENGTH - 1].rstrip() + "…"


def _label(element: etree._Element) -> str:
    """What an act is called: its code's display name, else the code itself."""
    code = element.find(f"{HL7}code")
    if code is None:
        return ""
    return code.get("displayName") or code.get("code") or ""


def _body_field(lineage: Sequence[etree._Element]) -> str:
    """The nearest named clinical statement, and the part of it the node is in."""
    parts = []
    for element in lineage:
        name = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if name == "section":
            break
        if name in STATEMENTS and _label(element):
            parts.append(_label(element))
            break
        if name in _PARTS and len(parts) < 1:
            parts.append(_PARTS[name])
    return _shortened(" : ".join(reversed(parts)))


def _header_field(lineage: Sequence[etree._Element]) -> str:
    names = [etree.QName(element).localname for element in reversed(lineage) if isinstance(element.tag, str)][1:]
    if not names:
        return ""
    words = [_HEADER.get(names[0], names[0]), *[_PARTS[name] for name in names[1:] if name in _PARTS][-1:]]
    return " › ".join(words)


def _step(element: etree._Element) -> str:
    """``/name``, with its rank only where siblings share its name."""
    name = etree.QName(element).localname if isinstance(element.tag, str) else "node()"
    parent = element.getparent()
    same = [child for child in parent if child.tag == element.tag] if parent is not None else [element]
    return f"/{name}" if len(same) == 1 else f"/{name}[{same.index(element) + 1}]"
