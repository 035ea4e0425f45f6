"""What the platform as installed can make of each type of document."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.apps import apps

from dcc.contracts.capabilities import DocumentType, LevelOne, Reader, Renderer
from dcc.contracts.registry import Registry, current, use_registry
from dcc.contracts.snapshots import FormSnapshot
from dcc.contracts.testing import make_snapshot
from dcc.documents.checks import check_document_types
from forms_config import api as forms
from forms_config.catalogue.loader import CatalogueError, load_catalogue
from tests.demo_plugin.apps import DEMO


def test_every_published_form_is_of_a_known_type(configuration: None) -> None:
    types = {found.key: (found.volet, found.volet_version) for found in current().all(DocumentType)}
    assert types.items() >= {"frcp": ("frcp", "2025.01"), "pps": ("pps", "2025.01")}.items()
    forms.ensure_default_forms()
    assert {form.document_type for key in types for form in forms.published_forms(key)} == set(types)


def test_every_format_of_a_type_has_a_renderer_once_what_it_embeds_is_there() -> None:
    assert apps.is_installed("plugins.cda")
    for found in current().all(DocumentType):
        form = FormSnapshot(found.key, 1, "0" * 64, {"sections": [{"key": "a"}]})
        snapshot = make_snapshot(document_type=found.key, volet_version=found.volet_version, form=form)
        made: set[str] = set()
        for output in found.formats:
            renderers = [r for r in current().all(Renderer) if r.format == output and r.supports(snapshot)]
            assert len(renderers) == 1, f"{found.key} in {output}"
            assert set(renderers[0].inputs) <= made, f"{output} embeds a format that is not made before it"
            made.add(output)


def test_received_documents_can_be_read() -> None:
    assert current().all(Reader)


RIGHT = DocumentType("lettre", "Lettre", "lettre", "1.0", ("pdf-a1",), catalogue="tests.demo_plugin")
CODE = LevelOne("51851-4", "Document administratif")


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (DEMO, ""),
        (replace(DEMO, follows="frcp", leaves=("complete", "valide")), ""),
        (RIGHT, "Catalogue inconnu : lettre_1_0.yaml"),
        (replace(DEMO, catalogue="tests.nulle_part"), "No module named"),
        (replace(DEMO, key="autre"), "son catalogue doit porter sa clé"),
        (replace(DEMO, key="a" * 21, volet="a" * 21), "sa clé doit être un mot de 20 caractères au plus"),
        (replace(DEMO, follows="compte_rendu"), "il fait suite à un type inconnu, « compte_rendu »"),
        (replace(DEMO, leaves=("valide", "annule")), "au statut annule"),
        (replace(DEMO, level_one=CODE), "son code CDA est aussi celui de rival"),
    ],
)
def test_a_type_that_cannot_work_is_an_error_at_start(found: DocumentType, words: str) -> None:
    national = [kind for kind in current().all(DocumentType) if not kind.catalogue]
    rival = replace(RIGHT, key="rival", level_one=CODE if found.level_one == CODE and words else None)
    registry = Registry()
    for kind in (*national, found, rival):
        registry.add(DocumentType, kind.key, kind)
    with use_registry(registry):
        said = [str(error.msg) for error in check_document_types() if f"« {found.key} »" in str(error.msg)]
    assert any(words in line for line in said) if words else not said


def test_a_catalogue_is_known_while_its_plugin_is_on() -> None:
    registry = Registry()
    registry.add(DocumentType, DEMO.key, DEMO)
    with use_registry(registry):
        assert [element.key for element in load_catalogue("demo", "1.0").elements()] == ["demo.texte", "demo.date"]
    with pytest.raises(CatalogueError, match=r"demo_1_0\.yaml"):
        load_catalogue("demo", "1.0")
