"""Platforms, forms and bundles of the tests: what one platform exports, and another key for those who pretend to be it."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.test import override_settings

from forms_config.api import publish_form, save_draft
from forms_config.blocks import api as blocks
from forms_config.bundle import archive, contents, readable
from forms_config.bundle.api import export_form
from forms_config.catalogue.loader import default_schema, load_catalogue
from forms_config.schema.model import schema_to_json
from forms_config.terminology import api as terminology

if TYPE_CHECKING:
    from forms_config.api import PublishedForm

THERE = base64.b64encode(b"t" * 32).decode()
ELSEWHERE = base64.b64encode(b"e" * 32).decode()
DRAFT: dict[str, Any] = schema_to_json(default_schema(load_catalogue("frcp", "2025.01")))
RESEARCH: dict[str, Any] = {
    "key": "recherche",
    "title": "Recherche clinique",
    "questions": [{"key": "regional.accord", "label": "Accord : « oui » ou « non » #1", "datatype": "boolean"}],
}
LIST = terminology.ValueSetData(
    "liste-essais",
    "Essais ouverts : 2026",
    "",
    date(2026, 1, 5),
    "DSRC",
    tuple(terminology.Concept(f"E{n}", "regional", f"Essai n° {n}") for n in range(3)),
    official=False,
    reason="Essais de la région",
)
TRIAL = {"key": "regional.essai", "label": "Essai", "datatype": "coded", "values": "liste-essais"}


@contextmanager
def platform(key: str) -> Iterator[None]:
    """As if this were the platform that has this key."""
    with override_settings(DCC_BUNDLE_KEY=key):
        yield


def publish(draft: Mapping[str, Any], key: str = "frcp_sein", title: str = "FRCP du sein") -> PublishedForm:
    save_draft(actor=None, key=key, document_type="frcp", title=title, draft=draft)
    return publish_form(actor=None, key=key)


def full_draft() -> dict[str, Any]:
    """The standard form with a shared block and a question of a regional list."""
    terminology.store(LIST)
    reference = blocks.create_block(actor=None, document_type="frcp", section=RESEARCH)
    draft = copy.deepcopy(DRAFT)
    draft["sections"][-1]["questions"].append(TRIAL)
    return blocks.placed(draft, "recherche", reference, blocks.content(reference))


def exported(key: str = "frcp_sein", *, by: str = THERE) -> bytes:
    with platform(by):
        return export_form(actor=None, key=key)


def resigned(content: bytes, parts: Mapping[str, Any], *, by: str = THERE, **form: str) -> bytes:
    """The bundle with other parts, signed anew: what a publisher who means harm can do."""
    bundle = contents.read(content).bundle
    members = {name: readable.load(data, name) for name, data in archive.unpack(content).items() if name.endswith(".yaml")}
    members |= parts
    changed = contents.Bundle(
        form=bundle.form | form,
        draft=members[archive.FORM],
        former=bundle.former,
        national=bundle.national,
        blocks={n[6:-5]: data for n, data in members.items() if n.startswith("blocs/") and data is not None},
        lists={n[7:-5]: data for n, data in members.items() if n.startswith("listes/") and data is not None},
        text=members.get("textes/texte-1.yaml", {}).get("body", ""),
        favourites=tuple(members.get("favoris.yaml", ())),
    )
    with platform(by):
        return contents.write(changed, region="Là-bas", product="0")


def counts() -> dict[str, int]:
    """How many rows there are of everything an import could write."""
    labels = ("forms_config", "blocks", "bundle", "terminology", "favourites", "legal")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {model._meta.label: model._default_manager.count() for model in models}
