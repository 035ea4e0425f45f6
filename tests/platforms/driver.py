"""One platform in its own process: ``driver.py prepare``, ``make`` (a form is published there), ``render KIND…``.

It stands on the doors, with the settings of the environment; each step answers on its output, in JSON.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]

import django  # noqa: E402  (the paths come first)

django.setup()

from dcc.exchange import api as exchange  # noqa: E402  (Django comes first)
from forms_config import api as forms  # noqa: E402
from forms_config.blocks import api as blocks  # noqa: E402
from forms_config.catalogue.loader import default_schema, load_catalogue  # noqa: E402
from forms_config.legal import api as legal  # noqa: E402
from forms_config.schema.model import schema_to_json  # noqa: E402
from forms_config.schema.samples import Kind, sample_answers  # noqa: E402
from forms_config.terminology import api as terminology  # noqa: E402

KEY = "frcp_sein"
FORMATS = ("pdf-a1", "cda-n3", "cda-n1")
TRIALS = tuple(terminology.Concept(f"E{n}", "1.2.250.1.999.1", f"Essai n° {n} « ouvert »") for n in range(4))


def prepare() -> dict[str, Any]:
    """What every platform has: the national texts."""
    return {"texts": [str(text) for text in legal.ensure_national_texts()]}


def make() -> dict[str, Any]:
    """A form of this region: the standard one with a shared block, a regional list, other words, a condition."""
    terminology.store(
        terminology.ValueSetData("liste-essais", "Essais ouverts", "", date(2026, 1, 5), "DSRC", TRIALS, official=False)
    )
    draft = schema_to_json(default_schema(load_catalogue("frcp", "2025.01")))
    draft["sections"][0]["title"] = "La réunion du mardi"
    trial = {"key": "regional.essai", "label": "Essai proposé", "datatype": "coded", "values": "liste-essais"}
    asked = {"key": "regional.accord", "label": "Accord : « oui » ou « non » ?", "datatype": "boolean"}
    shown = {"condition": {"question": "regional.accord", "operator": "equals", "value": "true"}}
    section = {"key": "recherche", "title": "Recherche clinique", "questions": [asked, {**trial, **shown}]}
    reference = blocks.create_block(actor=None, document_type="frcp", section=section)
    draft = blocks.placed(draft, "recherche", reference, blocks.content(reference))
    forms.save_draft(actor=None, key=KEY, document_type="frcp", title="FRCP du sein", draft=draft)
    return {"sha256": forms.publish_form(actor=None, key=KEY).sha256}


def render(*kinds: Kind) -> dict[str, Any]:
    """The hash of the published form, and of each output of each kind of test document."""
    form = forms.published_form(KEY)
    outputs = {}
    for kind in kinds:
        snapshot = exchange.fictitious(form.schema, sample_answers(form.schema, kind, _options))
        for name in FORMATS:
            artifact = exchange.render_unsaved(snapshot, name, as_of=snapshot.effective_time)
            outputs[f"{kind} {name}"] = hashlib.sha256(artifact.content).hexdigest()
    return {"sha256": form.sha256, "outputs": outputs}


def _options(name: str) -> Sequence[Mapping[str, str]]:
    return [concept.value for concept in terminology.concepts(name)] if terminology.exists(name) else []


STEPS: Mapping[str, Callable[..., dict[str, Any]]] = {"prepare": prepare, "make": make, "render": render}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
