"""An identity read from a datamatrix, in words."""

from __future__ import annotations

from collections.abc import Sequence

from dcc.contracts.datamatrix import INS_NATURES, InsDatamatrix
from dcc.patients.api import FIELD_LABELS
from dcc.web.identity import SEXES, grouped
from forms_config.schema.dates import french


def facts_of(datamatrix: InsDatamatrix) -> Sequence[tuple[str, str]]:
    """Term and value, as on the first page of a health document (EXI DIF 02); what the code does not hold is left out."""
    nature = INS_NATURES.get(datamatrix.ins.root, datamatrix.ins.root)
    known = [
        ("birth_name", datamatrix.birth_name),
        ("given_names", datamatrix.given_names),
        ("birth_date", french(datamatrix.birth_date)),
        ("sex", SEXES[datamatrix.sex]),
        ("birth_place_code", datamatrix.birth_place_code),
        ("ins", f"{grouped(datamatrix.ins.extension or '')} ({nature})"),
    ]
    return [(str(FIELD_LABELS[key]), str(value)) for key, value in known if value]
