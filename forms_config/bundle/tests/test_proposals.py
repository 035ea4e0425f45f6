"""What travels with a form and is somebody else's to decide: favourites and the region's text arrive as proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.utils import timezone

from forms_config.api import form_version
from forms_config.bundle.api import Consent, Report, import_bundle, read
from forms_config.bundle.tests.samples import DRAFT, exported, publish
from forms_config.favourites import api as favourites
from forms_config.favourites.models import Favourite
from forms_config.legal import api as legal
from forms_config.legal.models import AdaptedText, LegalTextVersion
from forms_config.terminology import api as terminology

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
GROUP = "frcp.propositions"
TEXT = "Vos données sont traitées par la région de là-bas."


class Undo(Exception):
    """Takes back what the other platform did."""


@pytest.fixture
def bundle(legal_texts: None, edith: User) -> bytes:
    """A form of another region, with a favourite and a text of that region."""
    made = b""
    try:
        with transaction.atomic():
            form = publish(DRAFT)
            kind = terminology.concepts("jdv-type-traitement-frcp-cisis")[0].value
            rows = [{f"{GROUP}.type": kind, f"{GROUP}.precision": "FEC 100"}]
            content = favourites.Content("FEC 100", "frcp", GROUP, rows, cycles=6)
            place = favourites.Place(favourites.Scope.REGION)
            favourites.save_favourite(actor=edith, content=content, schema=form.schema, place=place, confirmed=["FEC 100"])
            legal.adapt_text(actor=None, facility_id=None, body=TEXT)
            made = exported()
            raise Undo
    except Undo:
        form_version.cache_clear()
    return made


def brought(content: bytes, actor: User | None, *, text: bool = False) -> dict[str, str]:
    consent = Consent(read(content).publisher.fingerprint, text=text)
    report: Report = import_bundle(actor=actor, content=content, consent=consent)
    return {line.kind: line.state.value for line in report.lines}


def test_the_bundle_names_nobody(bundle: bytes) -> None:
    [favourite] = read(bundle).bundle.favourites
    assert (favourite["name"], favourite["cycles"], favourite["rows"][0][f"{GROUP}.precision"]) == ("FEC 100", 6, "FEC 100")
    assert b"edith" not in bundle
    assert b"EYMARD" not in bundle
    assert read(bundle).bundle.text == TEXT


def test_favourites_are_proposed_once_and_decided_by_another(bundle: bytes, edith: User, emile: User) -> None:
    assert brought(bundle, edith)["Favori"] == "propose"
    [proposal] = favourites.proposals(emile)
    assert (proposal.name, proposal.owner) == ("FEC 100", edith)
    assert favourites.proposals(edith) == []
    assert brought(bundle, edith)["Favori"] == "identique"
    publish(DRAFT)
    favourites.decide_favourite(actor=emile, favourite_id=proposal.pk, approve=False, note="Protocole retiré ici")
    assert brought(bundle, edith)["Favori"] == "identique"
    assert Favourite.objects.count() == 1


def test_the_operator_proposes_no_favourite(bundle: bytes) -> None:
    assert brought(bundle, None)["Favori"] == "laisse"
    assert not Favourite.objects.exists()


def test_the_text_of_another_region_is_a_draft_and_only_when_asked_for(bundle: bytes, edith: User) -> None:
    assert brought(bundle, edith)["Texte légal"] == "laisse"
    assert not AdaptedText.objects.exists()
    assert brought(bundle, edith, text=True)["Texte légal"] == "propose"
    assert brought(bundle, edith, text=True)["Texte légal"] == "identique"
    assert AdaptedText.objects.get().get_latest_revision_as_object().body == TEXT
    assert not LegalTextVersion.objects.filter(scope="region").exists()
    assert legal.texts_for(None, timezone.now())[0].version.startswith("national-")
