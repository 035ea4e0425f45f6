"""Running the proofs of a subject: findings worst first, outputs kept, and nothing written anywhere."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from dcc.contracts.errors import RetryLater
from dcc.contracts.snapshots import Finding
from forms_config.control.proofs import Course, Kept, Proof, Subject, context_hash, proofs_of

log = logging.getLogger("forms_config.gate")

LEVELS = ("error", "warning", "info")


@dataclass(frozen=True)
class Outcome:
    """What was found of a subject, and when."""

    subject: Subject
    context: str
    findings: Sequence[Finding]
    started_at: datetime
    ended_at: datetime
    kept: Sequence[Kept] = field(default=(), repr=False)

    @property
    def errors(self) -> list[Finding]:
        """What stands in the way."""
        return [finding for finding in self.findings if finding.level == "error"]

    @property
    def green(self) -> bool:
        """Whether it may be published."""
        return not self.errors


Tell = Callable[[int, int, str], None]
"""Told at each step: how many are done, of how many, what is being done."""


def prove(subject: Subject, tell: Tell | None = None) -> Outcome:
    """Run the proofs of the subject's kind, in order, until one finds an error.

    Raises ``RetryLater`` when a service that they need does not answer.
    """
    started, context = timezone.now(), context_hash(subject.kind)
    proofs = proofs_of(subject.kind)
    course = Course(tell or _nobody, total=sum(proof.steps(subject) for proof in proofs.values()))
    findings: list[Finding] = []
    for key, proof in proofs.items():
        findings += _findings(key, proof, subject, course)
        if any(finding.level == "error" for finding in findings):
            break
    findings.sort(key=lambda finding: LEVELS.index(finding.level))
    return Outcome(subject, context, findings, started, timezone.now(), course.kept)


def _nobody(done: int, total: int, words: str) -> None:
    """Nobody waits for it."""


def _findings(key: str, proof: Proof, subject: Subject, course: Course) -> Iterator[Finding]:
    try:
        yield from proof.run(subject, course)
    except RetryLater:
        raise
    except Exception:  # whatever a content makes crash here would crash for the people who write with it
        log.exception("proof %s of %s %s crashed", key, subject.kind, subject.key)
        message = _("Le contrôle s'est interrompu sur une erreur du logiciel : prévenir l'administrateur, ne pas publier.")
        yield Finding("gate.crash", "error", message, source=key)
