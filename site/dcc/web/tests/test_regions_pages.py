"""An FRCP between two regions on its pages: entrusted with an attestation, told everywhere, taken back, a late return decided."""

from __future__ import annotations

import pytest
from django.urls import reverse

from dcc.accounts.models import User
from dcc.documents import api as documents
from dcc.exchange import api as exchange
from dcc.exchange.tests.regions import REASON, Source
from dcc.web.tests.browsing import texts_of, tree_of
from dcc.web.transmissions.regions import LOOKS
from tests.addresses import addresses
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _addresses_of_plugins() -> None:
    """Read once and for all: read on the stage of two regions, they would lack those of plugins in the tests that follow."""
    assert list(addresses())


def banner(content: bytes) -> str:
    """What a page says of where the FRCP is."""
    return texts_of(content, ".told")[0]


def page(name: str, source: Source, *more: object) -> str:
    """An address of the document."""
    return reverse(f"web:{name}", args=[source.document_id, *more])


def test_it_is_entrusted_with_an_attestation_and_a_reason(visit: Visit, alice: User, source: Source) -> None:
    client = visit(alice)
    shown = client.get(page("entrust", source))
    assert "Sarcomes" in texts_of(shown.content, "h2")
    revision = tree_of(shown.content).xpath("//input[@name='revision']/@value")[0]
    for typed in ({}, {"attested": "on"}, {"reason": REASON}):
        assert client.post(page("entrust", source), {"revision": revision, **typed}).status_code == 422
    posted = {"revision": revision, "attested": "on", "reason": REASON}
    assert client.post(page("entrust", source), posted)["Location"] == page("transmissions", source)
    for name in ("document", "transmissions"):
        assert banner(client.get(page(name, source)).content).startswith("Confiée à la RCP « Sarcomes")
    assert reverse("web:send", args=[source.document_id]) not in client.get(page("transmissions", source)).content.decode()
    assert "déjà confiée" in texts_of(client.get(page("entrust", source)).content, ".notice")[0]


def test_what_is_posted_to_an_entrusted_one_is_refused_with_words(visit: Visit, alice: User, source: Source) -> None:
    source.send()
    client = visit(alice)
    assert client.post(page("step", source, "reopen"), {"revision": "1"})["Location"] == page("document", source)
    assert "est confiée à" in " ".join(texts_of(client.get(page("document", source)).content, ".notice"))
    assert client.post(page("autosave", source), "{}", content_type="application/json").status_code in (409, 400)


def test_it_is_taken_back_when_it_did_not_arrive(visit: Visit, alice: User, source: Source) -> None:
    source.send()
    source.told("echec", "unknown_box")
    client = visit(alice)
    shown = client.get(page("take_back", source))
    state = tree_of(shown.content).xpath("//input[@name='state']/@value")[0]
    assert not tree_of(shown.content).xpath("//input[@name='force']")
    assert client.post(page("take_back", source), {"state": state}).status_code == 422, "sans motif"
    assert client.post(page("take_back", source), {"state": state, "reason": "Boîte fermée"}).status_code == 302
    assert documents.open_document(alice, source.document_id).held_elsewhere == ""
    assert banner(client.get(page("document", source)).content).startswith("Reprise ici")


def test_a_late_return_is_compared_and_decided(visit: Visit, alice: User, source: Source) -> None:
    source.send()
    source.told("lue")
    client = visit(alice)
    state = tree_of(client.get(page("take_back", source)).content).xpath("//input[@name='state']/@value")[0]
    typed = {"state": state, "reason": "Urgence"}
    assert client.post(page("take_back", source), typed).status_code == 422, "sans accepter le risque"
    assert client.post(page("take_back", source), {**typed, "force": "on"}).status_code == 302
    source.comes_back()
    (aside,) = exchange.between_regions(alice, source.document_id).aside
    late = page("late_return", source, aside.intake_id)
    assert late in tree_of(client.get(page("transmissions", source)).content).xpath("//a/@href")
    assert "validé là-bas" in " ".join(texts_of(client.get(late).content, "td"))
    assert client.post(late, {"do": "aside"}).status_code == 422, "sans motif"
    assert client.post(late, {"do": "aside", "reason": "Le nôtre est plus complet"}).status_code == 302
    assert "a été écarté" in banner(client.get(page("document", source)).content)


def test_who_reads_decides_nothing(visit: Visit, lea: User, source: Source) -> None:
    source.send()
    client = visit(lea)
    assert client.get(page("entrust", source)).status_code == 403
    assert client.get(page("take_back", source)).status_code == 403
    assert "Reprendre la main" not in client.get(page("transmissions", source)).content.decode()


def test_every_state_is_told() -> None:
    assert set(LOOKS) == set(exchange.EntrustmentState)
