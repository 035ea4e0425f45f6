"""The structure of a form, as the gate judges it: pure, without database.

:mod:`.standard` holds the form against the catalogue of its volet, :mod:`.references` follows what questions look at,
:mod:`.arranged` controls what only the editor gives (choices, calculations, retention, favourites). What needs the value sets
themselves is in :mod:`forms_config.gate` and :mod:`forms_config.listing`.
"""

from __future__ import annotations

from dcc.contracts.snapshots import Finding
from forms_config.catalogue.loader import Catalogue
from forms_config.schema.model import FormSchema
from forms_config.structure.arranged import arrangement_problems
from forms_config.structure.finding import SOURCE, finding
from forms_config.structure.references import codes_in_conditions, reference_problems
from forms_config.structure.standard import standard_problems

__all__ = ["SOURCE", "codes_in_conditions", "finding", "problems"]


def problems(schema: FormSchema, catalogue: Catalogue) -> list[Finding]:
    """Everything wrong with the structure of a form."""
    return [
        *standard_problems(schema, catalogue),
        *reference_problems(schema),
        *arrangement_problems(schema, catalogue),
    ]
