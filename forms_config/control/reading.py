"""A report as it is shown: findings by section and question with what to do about them, files by test document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dcc.contracts.snapshots import Finding
from forms_config.control.models import GateArtifact, GateReport
from forms_config.control.words import DOCUMENTS, FORMATS
from forms_config.schema.model import FormSchema, schema_from_json

ADVICE: Mapping[str, Any] = {
    "form.": _("Corriger la question dans l'atelier, puis relancer le contrôle."),
    "gate.rights": _("Vérifier les textes 1 et 2 (« Textes légaux »)."),
    "own.patient-rights": _("Vérifier les textes 1 et 2 (« Textes légaux »)."),
    "gate.unchecked": _("Ce point n'a pas été contrôlé. Demander à l'exploitant d'installer ce qui manque."),
    "gate.crash": _("Noter ce qui a été changé en dernier et prévenir l'administrateur."),
    "gate.round_trip": _("Revenir sur le dernier changement de cette question : liste, condition, colonnes."),
    "gate.regional": _("Revoir la question régionale : sa rubrique n'a pas de place dans le document."),
    "gate.refused": _("Revenir sur le dernier changement : le document ne peut pas être produit."),
    "schematron.": _("La règle nationale n'est plus tenue. Revoir si la question est obligatoire, sa liste et sa condition."),
    "xsd": _("La règle nationale n'est plus tenue. Revoir si la question est obligatoire, sa liste et sa condition."),
    "pdfa.": _("Le PDF produit n'est pas archivable : prévenir l'administrateur."),
}
"""What to do, by the beginning of a finding's code; the longest one counts."""

OTHERWISE = _("Revoir le dernier changement, ou prévenir l'administrateur.")
LEVELS: Mapping[str, Any] = {"error": _("Bloquant"), "warning": _("À savoir"), "info": _("Pour information")}
CONFORMANCE: Mapping[str, Any] = {
    "conforme": _("Conforme"),
    "non_conforme": _("Non conforme"),
    "non_controle": _("Non contrôlé"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One finding as it is shown."""

    finding: Finding
    level: str
    advice: str


@dataclass(frozen=True, slots=True)
class Part:
    """The findings of one section of the form, in the order of its questions."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class FileLine:
    """One output: how it is called, and what the checks said of it."""

    artifact: GateArtifact
    label: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Files:
    """The outputs of one test document."""

    title: str
    lines: Sequence[FileLine]


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report, ready for the page."""

    report: GateReport
    errors: int
    parts: Sequence[Part]
    files: Sequence[Files]


def advice_for(code: str) -> str:
    """What to do about a finding."""
    fitting = [start for start in ADVICE if code.startswith(start)]
    return str(ADVICE[max(fitting, key=len)] if fitting else OTHERWISE)


def read(report: GateReport) -> ReportView:
    """What a page shows of a report."""
    findings = [Finding(**data) for data in report.findings]
    kept = list(report.artifacts.order_by("format"))
    return ReportView(
        report,
        sum(finding.level == "error" for finding in findings),
        _parts(findings, schema_from_json(report.content) if report.kind == "form" else None),
        [
            Files(str(title), [_file(artifact) for artifact in kept if artifact.document == name])
            for name, title in DOCUMENTS.items()
            if any(a.document == name for a in kept)
        ],
    )


def _file(kept: GateArtifact) -> FileLine:
    verdict = CONFORMANCE.get(kept.conformance, kept.conformance)
    return FileLine(kept, str(FORMATS.get(kept.format, kept.format)), str(verdict))


def _parts(findings: Sequence[Finding], schema: FormSchema | None) -> list[Part]:
    sections = {section.key: section.title for section in schema.sections} if schema else {}
    order = {question.key: n for n, question in enumerate(schema.questions())} if schema else {}
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(_section(finding, schema), []).append(finding)
    keys = sorted(found, key=lambda key: list(sections).index(key) if key in sections else -1)
    return [
        Part(
            sections.get(key, ""),
            [
                Line(finding, str(LEVELS[finding.level]), advice_for(finding.code))
                for finding in sorted(found[key], key=lambda finding: order.get(finding.question_key or "", -1))
            ],
        )
        for key in keys
    ]


def _section(finding: Finding, schema: FormSchema | None) -> str:
    """Key of the form's section that a finding is about; empty for the form as a whole."""
    if schema is None:
        return ""
    holder = next((q for q in schema.questions() if finding.question_key in (q.key, *(c.key for c in q.columns))), None)
    if holder is not None:
        return schema.section_of[holder.key].key
    named = next((s for s in schema.sections if finding.section_key and finding.section_key in (s.key, s.element)), None)
    return named.key if named else ""
