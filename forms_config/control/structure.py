"""The first proof of a form: its structure and lists. What comes after is not tried on a form that is wrong here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from dcc.contracts.snapshots import Finding
from forms_config.control.proofs import Course, Subject
from forms_config.gate import findings
from forms_config.schema.model import schema_from_json


class StructureProof:
    """The checks of :mod:`forms_config.gate`."""

    def context(self) -> Any:
        """Nothing: these checks are quick, and run again at each publication."""
        return None

    def steps(self, subject: Subject) -> int:
        """One."""
        return 1

    def run(self, subject: Subject, course: Course) -> Iterable[Finding]:
        """All that they say."""
        course.step(_("Structure du formulaire et listes"))
        return findings(schema_from_json(subject.content))
