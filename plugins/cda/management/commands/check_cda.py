"""``manage.py check_cda PATH...``: what the official kit and our assertions say of CDA files. Exit code 0, 1, or 2 (misuse)."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from lxml import etree

from dcc.contracts.errors import NotConfigured, Refused
from dcc.contracts.snapshots import Finding
from plugins.cda.conformance.checker import Checker, Report, check_content, checker_of, current_checker
from plugins.cda.conformance.kit import kit_at
from plugins.cda.conformance.places import node_at
from plugins.cda.xml_input import parse_clinical_document, read_bounded

MISUSE = 2
_LEVELS = {"error": "erreur", "warning": "avertissement", "info": "information"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of one file: a report, or why it could not be read."""

    path: Path
    report: Report | None
    lines: Sequence[int | None]
    refusal: str = ""

    @property
    def conformant(self) -> bool:
        return self.report is not None and self.report.conformant


class Command(BaseCommand):
    help = (
        "Contrôle des fichiers CDA : schéma XSD et schématrons du kit officiel, contrôles de la plateforme. "
        "Code de sortie 0 : conformes ; 1 : au moins une anomalie ; 2 : contrôle impossible."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="CHEMIN", help="Fichiers CDA, ou dossiers de fichiers .xml.")
        parser.add_argument("--json", action="store_true", dest="as_json", help="Résultat lisible par un programme.")
        parser.add_argument(
            "--kit", type=Path, metavar="DOSSIER", help="Kit officiel à utiliser (par défaut : celui de la plateforme)."
        )
        parser.add_argument(
            "--strict", action="store_true", help="Exigences de la plateforme envers elle-même : tout est une erreur."
        )

    def handle(self, *, paths: Sequence[Path], as_json: bool, kit: Path | None, strict: bool, **_: Any) -> None:
        try:
            checker: Checker | None = checker_of(kit_at(kit)) if kit else current_checker()
        except NotConfigured as error:
            if kit:
                raise CommandError(error.reason, returncode=MISUSE) from None
            self.stderr.write(self.style.WARNING(error.reason))
            checker = None
        verdicts = []
        for path in _files(paths):
            verdicts.append(_verdict(path, checker, strict=strict))
            if not as_json:
                self._say(verdicts[-1])
        if as_json:
            self.stdout.write(json.dumps(_as_json(verdicts, complete=checker is not None), ensure_ascii=False, indent=2))
        if checker is None:
            sys.exit(MISUSE)
        if not all(verdict.conformant for verdict in verdicts):
            sys.exit(1)

    def _say(self, verdict: Verdict) -> None:
        if verdict.report is None:
            self.stdout.write(f"{verdict.path} : fichier refusé. {verdict.refusal}")
            return
        report = verdict.report
        official, own = len(report.official), len(report.findings) - len(report.official)
        said = "conforme" if report.conformant else "NON CONFORME"
        if not report.schemas:
            said = "conformité non établie (kit absent)"
        self.stdout.write(
            f"{verdict.path} : {report.volet or 'volet inconnu'}, {said}."
            f" Remarques du kit : {official}, de la plateforme : {own}."
            f" Appliqués : {', '.join(report.schemas) or 'aucun schéma'} ({report.seconds:.2f} s)."
        )
        for finding, line in zip(report.findings, verdict.lines, strict=True):
            self.stdout.write(f"  [{_LEVELS[finding.level]}] {finding.message}")
            self.stdout.write(f"      {finding.location}{f' (ligne {line})' if line else ''} — {finding.source}")


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() == ".xml" and p.is_file())
            if not found:
                raise CommandError(f"Aucun fichier .xml dans « {path} ».", returncode=MISUSE)
            yield from found
        elif path.exists():
            yield path
        else:
            raise CommandError(f"Le fichier « {path} » n'existe pas.", returncode=MISUSE)


def _verdict(path: Path, checker: Checker | None, *, strict: bool) -> Verdict:
    try:
        content = read_bounded(path)
        report = check_content(content, checker, strict=strict)
    except Refused as error:
        return Verdict(path, None, (), error.reason)
    root = parse_clinical_document(content).getroot()
    return Verdict(path, report, [_line(root, finding) for finding in report.findings])


def _line(root: etree._Element, finding: Finding) -> int | None:
    line = node_at(root, finding.location).sourceline if finding.location else None
    return line if isinstance(line, int) else None


def _as_json(verdicts: Sequence[Verdict], *, complete: bool) -> dict[str, Any]:
    return {
        "conformant": complete and all(verdict.conformant for verdict in verdicts),
        "complete": complete,
        "files": [
            {
                "path": str(verdict.path),
                "conformant": complete and verdict.conformant,
                "refused": verdict.refusal or None,
                "volet": verdict.report.volet if verdict.report else None,
                "schemas": list(verdict.report.schemas) if verdict.report else [],
                "seconds": verdict.report.seconds if verdict.report else None,
                "findings": [
                    {**asdict(finding), "line": line}
                    for finding, line in zip(verdict.report.findings if verdict.report else (), verdict.lines, strict=True)
                ],
            }
            for verdict in verdicts
        ],
    }
