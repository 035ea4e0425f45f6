"""Fictitious documents: the same each time, marked on every output, never kept and never sent."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from lxml import etree

from dcc.accounts.api import Facility
from dcc.contracts.errors import Refused
from dcc.contracts.snapshots import DocumentSnapshot, Package
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange import renditions
from dcc.exchange.models import Rendition
from dcc.exchange.pictures import from_json, to_json
from forms_config.api import PublishedForm
from forms_config.legal import api as legal
from tests.fixtures import fill_document
from tests.pdfa import pages_text

TITLE = "{urn:hl7-org:v3}title"


def made(form: PublishedForm, **changes: Any) -> DocumentSnapshot:
    answers = {"frcp.rcp.rrc_nom": "ONCOPL", "frcp.rcp.gestionnaire_nom": "3C49", "frcp.rcp.denomination": "Sein", "inconnue": 1}
    return exchange.fictitious(form.schema, answers, **changes)


def test_the_same_each_time_and_another_for_other_content(frcp_form: PublishedForm, legal_texts: None) -> None:
    one = made(frcp_form)
    assert made(frcp_form) == one
    assert (one.title, one.shown_title) == ("FRCP ONCOPL / 3C49 / Sein", "ESSAI – FRCP ONCOPL / 3C49 / Sein")
    assert "inconnue" not in one.answers
    others = [made(frcp_form, status="en_cours"), made(frcp_form, legal_texts=one.legal_texts[:1])]
    assert len({snapshot.document_id for snapshot in (one, *others)}) == 3
    assert from_json(to_json(one), lambda key: b"") == one


def test_the_texts_are_those_of_the_place(frcp_form: PublishedForm, legal_texts: None, facility: Facility) -> None:
    legal.adapt_text(actor=None, facility_id=facility.pk, body="Texte de l'établissement.")
    assert made(frcp_form).legal_texts[0].body != "Texte de l'établissement."
    here = made(frcp_form, facility_id=facility.pk)
    assert (here.legal_texts[0].body, here.custodian["name"]) == ("Texte de l'établissement.", facility.name)


def test_every_output_says_what_it_is(frcp_form: PublishedForm, legal_texts: None, tmp_path: Any) -> None:
    snapshot = made(frcp_form)
    for output in ("cda-n3", "cda-n1"):
        artifact = exchange.render_unsaved(snapshot, output, as_of=snapshot.effective_time)
        assert str(etree.fromstring(artifact.content).findtext(TITLE)).startswith("ESSAI – ")
        assert artifact.filename.startswith("ESSAI")
    path = tmp_path / "essai.pdf"
    path.write_bytes(exchange.render_unsaved(snapshot, "pdf-a1", as_of=snapshot.effective_time).content)
    assert {"ESSAI" in page for page in pages_text(path)} == {True}


def test_it_is_never_sent(frcp_form: PublishedForm, legal_texts: None) -> None:
    with pytest.raises(ValueError, match="jamais transmis"):
        Package(made(frcp_form), {})


@pytest.fixture
def validated_id(frcp_id: uuid.UUID, alice: Any) -> uuid.UUID:
    fill_document(alice, frcp_id)
    view = documents.open_document(alice, frcp_id)
    documents.complete_document(actor=alice, document_id=frcp_id, expected_revision=view.revision)
    view = documents.open_document(alice, frcp_id)
    documents.validate_document(actor=alice, document_id=frcp_id, expected_revision=view.revision)
    return frcp_id


def test_it_is_never_frozen(validated_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were a trial ever pictured in place of a document, neither the freezing, nor the store, nor the database takes it."""
    version_id, snapshot = documents.current_picture(validated_id, as_of=timezone.now())
    true = renditions.freeze_rendition(version_id, validated_id, reason="validation")
    monkeypatch.setattr(documents, "picture", lambda *args, **options: replace(snapshot, trial=True))
    with pytest.raises(Refused, match="essai"):
        renditions.freeze_rendition(version_id, validated_id, reason="envoi")
    with pytest.raises(IntegrityError), transaction.atomic():
        Rendition.objects.create(
            version_id=version_id, number=2, reason="envoi", as_of=true.as_of, snapshot={**true.snapshot, "trial": True}
        )


def test_it_is_never_stored(validated_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    version_id, snapshot = documents.current_picture(validated_id, as_of=timezone.now())
    true = renditions.freeze_rendition(version_id, validated_id, reason="validation")
    monkeypatch.setattr("dcc.exchange.rendering.from_json", lambda data, content_of: replace(snapshot, trial=True))
    with pytest.raises(Refused, match="essai"):
        exchange.get_or_render(true.pk, "pdf-a1")
    assert not true.artifacts.exists()
