"""The one way untrusted XML enters the plugin: bounded, without DTD, entities or network, refused in French with its place.

Everything is decided on the bytes before libxml2 builds anything: size, kind of file, encoding, document type declaration
(a CDA has none, so XXE and entity bombs end there), number of tags. What is left is parsed without entity resolution.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.errors import Refused
from dcc.contracts.untrusted import kind_of, read_file_at

DEFAULT_LIMIT = 32 * 1024 * 1024
"""Bytes. The largest official sample weighs 0.7 MB; joined PDFs are what makes a CDA heavy, and a mail takes 25 MB at most."""

MAX_TAGS = 200_000
"""Bounds the memory of the tree: some 200 bytes per tag. The largest official sample has 4 300 of them."""

MAX_ATTRIBUTES = 1_000_000
MAX_DEPTH = 200
"""Nesting; official samples reach 25. It also bounds the stack of whatever walks the tree."""

HL7 = "urn:hl7-org:v3"

_BOM = b"\xef\xbb\xbf"
_OTHER_BOMS = {b"\xff\xfe\x00\x00": "UTF-32", b"\x00\x00\xfe\xff": "UTF-32", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_WIDE_STARTS = {b"<\x00": "UTF-16", b"\x00<": "UTF-16", b"\x00\x00\x00<": "UTF-32"}
# Encodings in which every ASCII byte means itself: the scan of the prolog below then reads what libxml2 will read.
_ASCII_BASED = {"utf-8", "us-ascii", "ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "latin1", "latin-1"}
_DECLARATION = re.compile(rb"<\?xml(\s[^>]*?)\?>", re.DOTALL)
_DECLARATION_BYTES = 512
_ENCODING = re.compile(rb"\sencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']")
_FRENCH_BY_KIND = {
    "ERR_TAG_NAME_MISMATCH": "balise de fin qui ne correspond pas à la balise ouverte",
    "ERR_TAG_NOT_FINISHED": "balise jamais fermée (fichier tronqué ?)",
    "ERR_DOCUMENT_END": "contenu après la fin du document, ou fichier tronqué",
    "ERR_DOCUMENT_EMPTY": "le fichier ne commence pas par une balise XML",
    "ERR_UNDECLARED_ENTITY": "entité non déclarée",
    "WAR_UNDECLARED_ENTITY": "entité non déclarée",
    "ERR_INVALID_ENCODING": "octets qui ne sont pas dans l'encodage déclaré",
    "ERR_INVALID_CHAR": "caractère interdit en XML, ou octets qui ne sont pas dans l'encodage déclaré",
    "ERR_INVALID_CHARREF": "référence de caractère interdite en XML",
    "ERR_ATTRIBUTE_REDEFINED": "attribut écrit deux fois dans la même balise",
    "ERR_ATTRIBUTE_NOT_STARTED": "valeur d'attribut sans guillemets",
    "ERR_ATTRIBUTE_NOT_FINISHED": "valeur d'attribut jamais fermée",
    "ERR_ATTRIBUTE_WITHOUT_VALUE": "attribut sans valeur",
    "ERR_LT_IN_ATTRIBUTE": "signe « < » dans une valeur d'attribut",
    "ERR_LT_REQUIRED": "balise attendue",
    "ERR_GT_REQUIRED": "signe « > » attendu",
    "ERR_NAME_REQUIRED": "nom de balise attendu (signe « < » ou « & » isolé ?)",
    "ERR_ENTITYREF_SEMICOL_MISSING": "signe « & » isolé (écrire &amp;)",
    "ERR_COMMENT_NOT_FINISHED": "commentaire jamais fermé",
    "ERR_CDATA_NOT_FINISHED": "section CDATA jamais fermée",
    "ERR_UNSUPPORTED_ENCODING": "encodage inconnu",
    "ERR_XMLDECL_NOT_FINISHED": "déclaration XML jamais fermée",
    "ERR_RESERVED_XML_NAME": "déclaration XML qui n'est pas au tout début du fichier",
    "ERR_NAME_TOO_LONG": "nom démesuré",
    "ERR_RESOURCE_LIMIT": "document démesuré",
    "NS_ERR_UNDEFINED_NAMESPACE": "préfixe d'espace de noms non déclaré",
    "NS_ERR_ATTRIBUTE_REDEFINED": "attribut écrit deux fois dans la même balise",
}


def parse_untrusted(content: bytes, limit: int = DEFAULT_LIMIT) -> etree._ElementTree:
    """Parse ``content`` (at most ``limit`` bytes); raises :class:`Refused` in French, with line and column when there are any.

    The tree holds no entity, comes from no network and is at most ``MAX_TAGS`` wide and ``MAX_DEPTH`` deep. Comments and
    processing instructions are kept. UTF-8 (with or without BOM) and the usual one-byte encodings are read.
    """
    _check_size(content, limit)
    _check_kind(content)
    _check_encoding(content)
    _check_prolog(content)
    parser = etree.XMLParser(
        encoding=declared_encoding(content),  # libxml2 reads what was scanned, whatever it would have made of the declaration
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=True,  # a joined PDF passes libxml2's 10 MB per text; the bounds above and below are ours
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(_syntax_message(parser, error)) from None
    _check_depth(root)
    return root.getroottree()


def parse_clinical_document(content: bytes, limit: int = DEFAULT_LIMIT) -> etree._ElementTree:
    """Parse and make sure the root is a CDA ``ClinicalDocument``; raises :class:`Refused` in French naming the root found."""
    tree = parse_untrusted(content, limit)
    name = etree.QName(tree.getroot())
    if name.localname == "ClinicalDocument" and name.namespace == HL7:
        return tree
    if name.localname == "ClinicalDocument":
        raise Refused(
            _("L'élément racine ClinicalDocument est dans l'espace de noms « %(found)s » au lieu de « %(hl7)s ».")
            % {"found": name.namespace or "", "hl7": HL7}
        )
    raise Refused(
        _("Ce n'est pas un document CDA : l'élément racine est « %(found)s » au lieu de « ClinicalDocument ».")
        % {"found": name.localname}
    )


def read_bounded(path: Path, limit: int = DEFAULT_LIMIT) -> bytes:
    """The bytes of a file of at most ``limit`` bytes, read no further and not blank; raises :class:`Refused` in French."""
    content = read_file_at(path, limit)
    _check_size(content, limit)
    return content


def declared_encoding(content: bytes) -> str:
    """The encoding the XML declaration names, in lower case; ``utf-8`` when it names none."""
    declaration = _DECLARATION.match(content.removeprefix(_BOM)[:_DECLARATION_BYTES])
    found = _ENCODING.search(declaration.group(1)) if declaration else None
    return found.group(1).decode("ascii").lower() if found else "utf-8"


def has_bom(content: bytes) -> bool:
    """Whether the file begins with a byte order mark (CI-SIS wants UTF-8 without one)."""
    return content.startswith(_BOM)


def _check_size(content: bytes, limit: int) -> None:
    if not content.strip():
        raise Refused(_("Le fichier est vide."))
    if len(content) > limit:
        raise Refused(_("Le fichier est trop gros : la limite est de %d Mo.") % max(1, limit // 1_048_576))


def _check_kind(content: bytes) -> None:
    kind = kind_of(content)
    if kind:
        raise Refused(_("Ce fichier est %s, pas un document XML.") % kind)


def _check_encoding(content: bytes) -> None:
    for marks in (_OTHER_BOMS, _WIDE_STARTS):
        for mark, name in marks.items():
            if content.startswith(mark):
                raise Refused(_("Le fichier est encodé en %s : un document CDA s'écrit en UTF-8.") % name)
    start = content.removeprefix(_BOM)[:_DECLARATION_BYTES]
    if start[:5] == b"<?xml" and start[5:6].isspace() and not _DECLARATION.match(start):
        raise Refused(_("Ligne 1 : la déclaration XML est mal formée."))
    encoding = declared_encoding(content)
    if encoding not in _ASCII_BASED:
        raise Refused(_("Ligne 1 : l'encodage déclaré « %s » n'est pas accepté, un document CDA s'écrit en UTF-8.") % encoding)
    if encoding != "utf-8":
        return
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise Refused(
            _("Ligne %(line)d, octet %(column)d : le fichier n'est pas en UTF-8 (octet 0x%(byte)02X inattendu).")
            % {"line": line, "column": column, "byte": content[error.start]}
        ) from None


def _check_prolog(content: bytes) -> None:
    """Walk declaration, comments and instructions up to the root; a DOCTYPE met on the way is refused (XML 1.0 § 2.8)."""
    position = len(_BOM) if has_bom(content) else 0
    ends = {b"<!--": b"-->", b"<?": b"?>"}
    while True:
        while content[position : position + 1].isspace():
            position += 1
        opening = next((mark for mark in ends if content.startswith(mark, position)), None)
        if opening is None:
            break
        end = content.find(ends[opening], position + len(opening))
        if end < 0:
            break  # libxml2 will say what is not closed, and where
        position = end + len(ends[opening])
    if content.startswith(b"<!", position):
        line = content.count(b"\n", 0, position) + 1
        raise Refused(
            _("Ligne %d : déclaration DOCTYPE interdite (un document CDA n'en a pas, et elle permet des attaques).") % line
        )
    if content.count(b"<", position) > MAX_TAGS or content.count(b"=", position) > MAX_ATTRIBUTES:
        raise Refused(_("Le document est démesuré : plus de %d balises.") % MAX_TAGS)


_TOO_DEEP = etree.XPath(
    "(/" + "/".join(["*"] * (MAX_DEPTH + 1)) + ")[1]"
)  # one step per level: linear, counting ancestors is not


def _check_depth(root: etree._Element) -> None:
    too_deep = _TOO_DEEP(root)
    if isinstance(too_deep, list) and too_deep and isinstance(too_deep[0], etree._Element):
        raise Refused(
            _("Ligne %(line)s : plus de %(depth)d niveaux d'imbrication.") % {"line": too_deep[0].sourceline, "depth": MAX_DEPTH}
        )


def _syntax_message(parser: etree.XMLParser, error: etree.XMLSyntaxError) -> str:
    # The exception's own log is the thread's: it begins with the errors of former documents. The parser's is this document's.
    first = next((entry for entry in parser.error_log if entry.level_name != "WARNING"), None)
    if first is None:
        return _("XML mal formé : %s.") % str(error)
    what = _FRENCH_BY_KIND.get(first.type_name, _("XML mal formé"))
    return _("Ligne %(line)d, colonne %(column)d : %(what)s (%(original)s).") % {
        "line": first.line,
        "column": first.column,
        "what": what,
        "original": first.message.strip(),
    }
