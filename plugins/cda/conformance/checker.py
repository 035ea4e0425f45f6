"""Checks a document: XSD, the schematrons of its volet, our own assertions; findings in French, in that order."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from lxml import etree

from dcc.contracts.errors import NotConfigured
from dcc.contracts.snapshots import Finding, Level
from plugins.cda.conformance.assertions import SOURCE as OWN
from plugins.cda.conformance.assertions import own_findings
from plugins.cda.conformance.kit import Kit, current_kit
from plugins.cda.conformance.places import node_at, place_of
from plugins.cda.conformance.saxon import RawFinding, Saxon
from plugins.cda.conformance.sets import COMMON, VOLETS, Unknown, Volet, volet_of
from plugins.cda.conformance.stylesheet import BROKEN
from plugins.cda.conformance.wording import from_schematron
from plugins.cda.conformance.xsd import XsdSchema
from plugins.cda.xml_input import parse_clinical_document

MAX_FINDINGS = 500
"""Of one source: a document that has more is of another kind altogether, and nobody reads them."""

_LONGEST_PAYLOAD = 2 * 1024 * 1024
_KEPT_PAYLOAD = 4096
_LEVELS: dict[str, Level] = {"warning": "warning", "warn": "warning", "info": "info", "information": "info"}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found on a document: its volet (empty when unknown), the schemas that were applied, the findings.

    ``seconds`` is the time of the checks, without what is only done once (compiling the schemas).
    """

    volet: str
    schemas: tuple[str, ...]
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def official(self) -> tuple[Finding, ...]:
        """Findings of the kit: XSD and schematrons."""
        return tuple(finding for finding in self.findings if finding.source != OWN)

    @property
    def conformant(self) -> bool:
        """No finding of the kit, whatever its level (« 0 veut dire 0 »), and none of ours that is an error."""
        return not self.official and all(finding.level != "error" for finding in self.findings)


class Checker:
    """The rules of one kit, compiled when first needed and kept. For one thread at a time."""

    def __init__(self, kit: Kit, cache_dir: Path | None = None) -> None:
        self.kit = kit
        self._xsd = XsdSchema(kit.xsd)
        self._saxon = Saxon(kit, cache_dir)

    def heads(self, volet: Volet | None) -> list[str]:
        """Schemas of a volet that this kit holds; raises :class:`NotConfigured` when a common one is missing."""
        for head in COMMON:
            if not (self.kit.schematrons / head).is_file():
                missing = {"kit": self.kit.name, "head": head}
                raise NotConfigured(_("Le kit « %(kit)s » est incomplet : il manque %(head)s.") % missing)
        wanted = volet.heads if volet else COMMON
        return [head for head in wanted if (self.kit.schematrons / head).is_file()]

    def prepare(self, volet: Volet | Unknown) -> list[str]:
        """Compile the schemas of a volet unless they are; returns them."""
        heads = self.heads(volet if isinstance(volet, Volet) else None)
        for head in heads:
            self._saxon.compile(head)
        return heads

    def warm(self) -> list[str]:
        """Compile everything now; returns the schemas that are ready."""
        return sorted({head for volet in VOLETS for head in self.prepare(volet)})

    def official_findings(self, tree: etree._ElementTree) -> tuple[list[str], list[Finding]]:
        """Schemas applied, and findings of XSD and schematrons.

        ``tree`` must come from :mod:`plugins.cda.xml_input`; its heavy embedded files are cut short on the way.
        """
        root = tree.getroot()
        volet = volet_of(root)
        known = volet if isinstance(volet, Volet) else None
        findings = list(_capped(self._xsd.findings(tree)))
        if known and known.schematron and not (self.kit.schematrons / known.schematron).is_file():
            findings.append(self._missing_schema(known))
        heads = self.heads(known)
        _cut_payloads(root)
        document = self._saxon.parse(etree.tostring(tree, encoding="unicode"))
        for head in heads:
            findings += _capped(_finding(raw, head, root) for raw in self._saxon.run(head, document))
        return ["XSD", *(Path(head).name for head in heads)], findings

    def _missing_schema(self, volet: Volet) -> Finding:
        return Finding(
            code="kit.missing-schema",
            level="error",
            message=_("Document : le kit « %(kit)s » n'a pas le schéma du volet %(volet)s (%(head)s)")
            % {"kit": self.kit.name, "volet": volet.label, "head": volet.schematron},
            source="kit",
        )


def check_content(content: bytes, checker: Checker | None, *, strict: bool, own: bool = True) -> Report:
    """Check a file; without a ``checker`` only our own assertions run. Raises ``Refused`` when the file is not a CDA.

    ``strict`` is for what the platform itself wrote: every finding is then an error. Without ``own`` only the kit speaks.
    """
    tree = parse_clinical_document(content)
    volet = volet_of(tree.getroot())
    if checker:
        checker.prepare(volet)
    begin = time.perf_counter()
    ours = own_findings(content, tree, strict=strict) if own else []
    schemas, findings = checker.official_findings(tree) if checker else ([], [])
    if strict:
        findings = [replace(finding, level="error") for finding in findings]
    label = volet.label if isinstance(volet, Volet) else ""
    return Report(label, tuple(schemas), (*findings, *ours), time.perf_counter() - begin)


def checker_of(kit: Kit) -> Checker:
    """The checker of a kit in this process (the last one asked for is kept); stylesheets are kept under ``DATA_DIR/cache``."""
    return _checker(kit.root, kit.name, Path(settings.DATA_DIR) / "cache" / "schematrons")


def current_checker() -> Checker:
    """The checker of this host's kit; raises :class:`NotConfigured` with the way out when there is no kit."""
    return checker_of(current_kit())


@lru_cache(maxsize=1)
def _checker(root: Path, name: str, cache_dir: Path) -> Checker:
    return Checker(Kit(root, name), cache_dir)


def _finding(raw: RawFinding, head: str, root: etree._Element) -> Finding:
    place = place_of(node_at(root, raw.path))
    message = from_schematron(raw.message)
    if raw.role == BROKEN:
        message = _("le contrôle « %(rule)s » n'a pas pu être évalué : %(why)s") % {"rule": raw.pattern, "why": message}
    return Finding(
        code=f"schematron.{raw.pattern}",
        level=_LEVELS.get(raw.role.lower(), "error"),
        message=f"{place.prefix()} : {message}",
        question_key=place.question_key,
        section_key=place.section_key,
        location=place.location,
        source=Path(head).stem,
    )


def _cut_payloads(root: etree._Element) -> None:
    """Spare Saxon the embedded files: no schematron reads more of them than whether they are there, and 30 MB cost it 300."""
    for element in root.iter("*"):
        if element.get("representation") == "B64" and len(element.text or "") > _LONGEST_PAYLOAD:
            element.text = (element.text or "")[:_KEPT_PAYLOAD]


def _capped(findings: Iterator[Finding]) -> Iterator[Finding]:
    for number, finding in enumerate(findings):
        if number == MAX_FINDINGS:
            more = _("Document : d'autres anomalies ne sont pas listées (plus de %d)") % MAX_FINDINGS
            yield replace(finding, message=more, question_key=None, location="")
            return
        yield finding
