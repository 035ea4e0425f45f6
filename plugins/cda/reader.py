"""Reads a received CDA, whoever wrote it: finds its volet and version, then lets the volet's tree read it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from django.utils.translation import gettext as _
from lxml.etree import _Element

from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import ReadResult
from forms_config.terminology import api as terminology
from plugins.cda.codecs.datatypes import read_code
from plugins.cda.codecs.reading import ValueSets
from plugins.cda.codecs.tree import DocumentTree
from plugins.cda.codecs.xml import Q, child, children
from plugins.cda.encoding import questions_of
from plugins.cda.volets import frcp_2025_01, pps_2025_01
from plugins.cda.volets.known import READ, READ_NON_STRUCTURED, catalogue_version, tree_non_structured
from plugins.cda.volets.level_one import XDS_SD
from plugins.cda.xml_input import parse_untrusted

DEFAULT_MEGABYTES = 50
_BEFORE_XML = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
"""Byte order marks, the zeros of wide encodings, white space."""
_LONGEST, _LONGEST_OF_PATIENT = 128, 64
"""Characters of an identifier's root or extension (an OID has 64 at most)."""
_ROOT = Q + "ClinicalDocument"


class Terminology:
    """The value sets of the platform, as the codecs ask for them.

    Which version is in force is asked of the database every ``seconds`` only: a document holds a hundred codes of twenty lists.
    """

    def __init__(self, seconds: float = 30) -> None:
        self._seconds = seconds
        self._versions: dict[str, tuple[float, str]] = {}

    def __call__(self, name: str, code: str, system: str) -> str | None:
        """Label of a code, nothing when it is not in the list; raises ``LookupError`` for an unknown list."""
        return _label(name, code, system, self._version(name))

    def _version(self, name: str) -> str:
        now = time.monotonic()
        asked, version = self._versions.get(name, (-self._seconds, ""))
        if not version or now - asked > self._seconds:
            version = terminology.current_version(name)
            self._versions[name] = (now, version)
        return version


@lru_cache(maxsize=8192)
def _label(name: str, code: str, system: str, version: str) -> str | None:
    """A version never changes, so what it answers is kept."""
    concept = terminology.lookup(name, code, system=system or None, version=version)
    return concept.label if concept is not None else None


class CdaReader:
    """Reader of every volet we know. ``limit`` is in bytes; ``value_sets`` answers for codes."""

    def __init__(self, limit: int = DEFAULT_MEGABYTES * 1024 * 1024, value_sets: ValueSets | None = None) -> None:
        self.limit = limit
        self.value_sets = value_sets or Terminology()

    def supports(self, head: bytes) -> bool:
        """Whether it is XML of any kind, in whatever encoding: what is not a CDA we read is then refused by what it is."""
        return head.lstrip(_BEFORE_XML)[:1] == b"<"

    def read(self, content: bytes) -> ReadResult:
        """Read; raises ``Refused`` in French: not a CDA, another kind of document, unknown template, no patient."""
        root = _clinical_document(parse_untrusted(content, self.limit).getroot())
        tree = _tree_of(root)
        patients = sum(1 for _target in children(root, "recordTarget"))
        if patients > 1:
            raise Refused(
                _("Le document désigne %d patients (recordTarget) : un document de la plateforme n'en a qu'un.") % patients
            )
        result = tree.decode(root, questions_of(tree.document_type, catalogue_version(tree)), self.value_sets)
        identity = result.identity
        if identity is None or (identity.ins is None and not identity.identifiers):
            raise Refused(_("Le document n'identifie aucun patient : recordTarget/patientRole/id est absent ou vide."))
        _check_identifiers(result)
        return replace(result, structured=tree.template != XDS_SD)


def _check_identifiers(result: ReadResult) -> None:
    """Identifiers are keys: a document without its own, or with one that no table holds, is not taken in."""
    header, identity = result.header, result.identity
    if not header.identifier.root:
        raise Refused(_("Le document n'a pas d'identifiant (ClinicalDocument/id)."))
    named = [("ClinicalDocument/id", header.identifier, _LONGEST)]
    named += [("ClinicalDocument/setId", header.set_id, _LONGEST)] if header.set_id else []
    named += [("recordTarget/patientRole/id", found, _LONGEST_OF_PATIENT) for found in (identity.identifiers if identity else ())]
    for place, found, longest in named:
        if max(len(found.root), len(found.extension or "")) > longest:
            raise Refused(
                _("Identifiant démesuré (%(place)s) : plus de %(longest)d caractères.") % {"place": place, "longest": longest}
            )


def _clinical_document(root: _Element) -> _Element:
    """The document, also when it is wrapped in the style sheet that presents it (INCa's self-presenting PPS)."""
    if root.tag == _ROOT:
        return root
    found = next(root.iter(_ROOT), None)
    if found is None:
        name = root.tag.rpartition("}")[2]
        raise Refused(_("Ce n'est pas un document CDA : l'élément racine est « %s » au lieu de « ClinicalDocument ».") % name)
    return found


def _tree_of(root: _Element) -> DocumentTree:
    templates = {item.get("root") or "": item.get("extension") or "" for item in children(root, "templateId")}
    code = read_code(child(root, "code"))
    for template, versions in READ.items():
        if template in templates:
            return _version(versions, templates[template])
    if code is None:
        raise Refused(_("Le document ne dit pas son type (ClinicalDocument/code)."))
    wrapped = tree_non_structured(code["code"]) if XDS_SD in templates else None
    if wrapped is not None:
        return wrapped
    if code["code"] not in READ_NON_STRUCTURED:
        raise Refused(
            _("Ce document est un « %(label)s » (%(code)s) : seuls la fiche de RCP (%(frcp)s) et le PPS (%(pps)s) sont repris.")
            % {"label": code["label"], "code": code["code"], "frcp": frcp_2025_01.CODE.code, "pps": pps_2025_01.CODE.code}
        )
    raise Refused(
        _("Modèle de document inconnu : aucun des templateId de ClinicalDocument n'est celui d'un volet que nous lisons (%s).")
        % ", ".join(sorted(root for root in templates if root))
    )


def _version(versions: Mapping[str, DocumentTree], extension: str) -> DocumentTree:
    """The tree of a version; a document that names none is read as the current one."""
    if not extension:
        return next(iter(versions.values()))
    tree = versions.get(extension)
    if tree is None:
        raise Refused(
            _("Version « %(found)s » du volet inconnue (ClinicalDocument/templateId) : les versions lues sont %(known)s.")
            % {"found": extension, "known": ", ".join(sorted(versions))},
            cause="version",
        )
    return tree
