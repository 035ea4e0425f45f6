"""What the platform as installed can make of each type of document."""

from __future__ import annotations

from django.apps import apps

from dcc.contracts.capabilities import DocumentType, Reader, Renderer
from dcc.contracts.registry import current
from dcc.contracts.snapshots import FormSnapshot
from dcc.contracts.testing import make_snapshot
from forms_config import api as forms


def test_every_published_form_is_of_a_known_type(configuration: None) -> None:
    types = {found.key: (found.volet, found.volet_version) for found in current().all(DocumentType)}
    assert types == {"frcp": ("frcp", "2025.01"), "pps": ("pps", "2025.01")}
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
