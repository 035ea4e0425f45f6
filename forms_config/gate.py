"""The publication gate: what a form must satisfy before it can go live. Checks are a list; rooms above add theirs.

A check takes the compiled schema and gives findings; one of level ``error`` refuses the publication.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.utils.translation import gettext as _

from dcc.contracts.snapshots import Finding
from forms_config import structure
from forms_config.catalogue.loader import CatalogueError, load_catalogue
from forms_config.listing import check_choices
from forms_config.schema.model import FormSchema
from forms_config.schema.values import check_value
from forms_config.terminology import api as terminology

GateCheck = Callable[[FormSchema], Iterable[Finding]]


class GateRefused(Exception):
    """A form may not be published; ``findings`` say why, in the editor's words, ``outcome`` is the report nobody kept yet."""

    def __init__(self, findings: Sequence[Finding], outcome: object = None) -> None:
        self.findings = tuple(findings)
        self.outcome = outcome
        super().__init__(" ; ".join(finding.message for finding in self.findings))


def findings(schema: FormSchema) -> list[Finding]:
    """Everything the gate has to say of a form, worst first; checks of a wrong structure stop there."""
    found = [finding for check in CHECKS for finding in check(schema)]
    if not any(finding.level == "error" for finding in found):
        found += [finding for added in _added.values() for finding in added(schema)]
    return sorted(found, key=lambda finding: ("error", "warning", "info").index(finding.level))


def add_gate_check(key: str, check: GateCheck) -> None:
    """Add a check, run when the structure is right; ``key`` is a literal. Raises ``ValueError`` when the key is taken."""
    if key in _added:
        raise ValueError(f"Gate check {key} is already there")
    _added[key] = check


def remove_gate_check(key: str) -> None:
    """Take a check away (tests); nothing happens when it is not there."""
    _added.pop(key, None)


_added: dict[str, GateCheck] = {}


def check_structure(schema: FormSchema) -> Iterable[Finding]:
    """The form against the national catalogue of its volet, and its own coherence (:mod:`forms_config.structure`)."""
    try:
        catalogue = load_catalogue(schema.volet, schema.volet_version)
    except CatalogueError as error:
        return [Finding("form.volet", "error", str(error), source="catalogue")]
    return structure.problems(schema, catalogue)


def check_lists(schema: FormSchema) -> Iterable[Finding]:
    """Value sets exist; codes that conditions and defaults name belong to them."""
    for question in (q for top in schema.questions() for q in (top, *top.columns)):
        if question.values and not terminology.exists(question.values):
            yield structure.finding(
                "form.value_set", question, _("jeu de valeurs inconnu, « %(name)s »") % {"name": question.values}
            )
        elif question.default is not None:
            try:
                check_value(question, question.default)
            except ValueError as error:
                yield structure.finding("form.default", question, _("valeur par défaut : %(error)s") % {"error": error})
    for question, asked, code in structure.codes_in_conditions(schema):
        known = terminology.exists(asked.values) and terminology.lookup(
            asked.values, code, version=schema.value_sets.get(asked.values) or None
        )
        if not known and not asked.open:
            text = _("la condition nomme « %(code)s », qui n'est pas une valeur de « %(label)s »")
            yield structure.finding("form.condition_code", question, text % {"code": code, "label": asked.label})


CHECKS: tuple[GateCheck, ...] = (check_structure, check_lists, check_choices)
