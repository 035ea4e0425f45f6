"""Forms leave and arrive by the admin: the report comes first, a person confirms, another one publishes."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from dcc.audit import api as audit
from dcc.cms.groups import ensure_groups
from forms_config.api import publish_form
from forms_config.bundle import archive, contents
from forms_config.bundle.api import import_bundle, look_at, read
from forms_config.bundle.parts import Consent
from forms_config.bundle.tests.samples import ELSEWHERE, THERE, exported, full_draft, platform, publish
from forms_config.models import FormDefinition
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db
FORMS = "wagtailsnippets_forms_config_formdefinition"
FACTS = dict.fromkeys(("key", "title", "document_type", "volet", "volet_version"), "frcp")
HASHES = dict.fromkeys(("sha256", "content"), "0" * 64)
EMPTY = contents.Bundle(FACTS | HASHES, {"sections": []})


@pytest.fixture
def bundle(legal_texts: None) -> bytes:
    """The form of another region; this one has another form under the same key."""
    ensure_groups()
    draft = full_draft()
    publish(draft)
    content = exported(by=ELSEWHERE)
    draft["sections"][0]["title"] = "Chez nous"
    publish(draft)
    return content


def brought(client: Client, content: bytes) -> Any:
    file = io.BytesIO(content)
    file.name = "sein.zip"
    return client.post(reverse("bundle:import"), {"file": file}, follow=True)


def test_a_form_leaves_and_arrives(client: Client, bundle: bytes, edith: User, emile: User) -> None:
    sign_in(client, edith)
    definition = FormDefinition.objects.get()
    left = client.get(reverse("bundle:export", args=[definition.pk]))
    assert left["Content-Disposition"] == 'attachment; filename="frcp_sein.zip"'
    assert "Chez nous" in str(read(left.content).bundle.draft)
    page = brought(client, bundle)
    told = page.content.decode()
    assert "pas un publicateur reconnu" in told
    assert "porte cette clé" in told
    address = page.redirect_chain[-1][0]
    told = client.post(address, {"key": "frcp_la_bas"}).content.decode()
    assert "par un autre moyen" in told
    assert FormDefinition.objects.count() == 1
    page = client.post(address, {"key": "frcp_la_bas", "trusted": "on"}, follow=True)
    assert "Importé comme brouillon" in page.content.decode()
    assert "et suit ses versions" in page.content.decode()
    assert client.post(address, {"key": "frcp_la_bas", "trusted": "on"}).status_code == 404
    assert publish_form(actor=emile, key="frcp_la_bas").number == 1
    assert {row.state for row in apps.get_model("bundle", "ReceivedBundle").objects.all()} == {"importe"}


def test_an_import_is_given_up(client: Client, bundle: bytes, edith: User, emile: User) -> None:
    sign_in(client, edith)
    address = brought(client, bundle).redirect_chain[-1][0]
    other = Client()
    sign_in(other, emile)
    assert other.get(address).status_code == 404
    assert other.post(f"{address}abandonner/").status_code == 302
    assert client.get(address).status_code == 200
    client.post(f"{address}abandonner/")
    assert client.get(address).status_code == 404
    row = apps.get_model("bundle", "ReceivedBundle").objects.get()
    assert (row.state, row.content) == ("abandonne", None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK", "pas un paquet de formulaire"),
        (archive.pack({"formulaire.yaml": b"a: 1"}), "incomplet"),
        (contents.write(EMPTY, region="x", product="0"), "illisible"),
    ],
    ids=["nothing", "incomplete", "empty"],
)
def test_a_bad_file_is_refused_where_it_was_chosen(
    client: Client, bundle: bytes, edith: User, content: bytes, words: str
) -> None:
    sign_in(client, edith)
    page = brought(client, content)
    assert page.redirect_chain == []
    assert words in page.content.decode()
    assert not apps.get_model("bundle", "ReceivedBundle").objects.exists()


def test_a_form_of_another_region_is_adopted(client: Client, bundle: bytes, edith: User) -> None:
    fingerprint = read(bundle).publisher.fingerprint
    import_bundle(actor=edith, content=bundle, consent=Consent(fingerprint, key="frcp_la_bas"))
    sign_in(client, edith)
    theirs = FormDefinition.objects.get(key="frcp_la_bas")
    assert "Adopter une copie" in client.get(reverse(f"{FORMS}:inspect", args=[theirs.pk])).content.decode()
    page = client.get(reverse(f"{FORMS}:edit", args=[theirs.pk])).content.decode()
    assert "ses questions se modifient là-bas" in page
    draft = theirs.get_latest_revision_as_object().draft
    posted = {"organ": "Sein", "draft": json.dumps(draft)}
    page = client.post(reverse(f"{FORMS}:edit", args=[theirs.pk]), {**posted, "title": "À nous"}).content.decode()
    assert "en adopter une copie pour le modifier" in page
    answer = client.post(reverse(f"{FORMS}:edit", args=[theirs.pk]), {**posted, "title": theirs.title})
    assert answer.status_code == 302, answer.context["form"].errors
    assert FormDefinition.objects.get(pk=theirs.pk).get_latest_revision_as_object().organ == "Sein"
    client.post(reverse("workshop:duplicate", args=[theirs.pk]), {"title": "Sein, chez nous", "organ": ""})
    ours = FormDefinition.objects.get(title="Sein, chez nous")
    assert "ses questions se modifient là-bas" not in client.get(reverse(f"{FORMS}:edit", args=[ours.pk])).content.decode()


PAGES = ("bundle:import", "bundle:export")


@pytest.mark.parametrize("who", ["alice", "sonia", "lea", "adrien"])
def test_only_editors_exchange_forms(who: str, client: Client, bundle: bytes, request: pytest.FixtureRequest) -> None:
    sign_in(client, request.getfixturevalue(who))
    for name in PAGES:
        arguments = [] if name == "bundle:import" else [FormDefinition.objects.get().pk]
        assert client.get(reverse(name, args=arguments)).status_code in (302, 403), name
    assert brought(client, bundle).status_code in (200, 403)
    assert not apps.get_model("bundle", "ReceivedBundle").objects.exists()


@pytest.mark.parametrize(("who", "writes"), [("edith", False), ("adrien", True)])
def test_administrators_say_who_is_recognised(
    who: str, writes: bool, client: Client, bundle: bytes, request: pytest.FixtureRequest
) -> None:
    sign_in(client, request.getfixturevalue(who))
    address = reverse("wagtailsnippets_bundle_trustedpublisher:add")
    client.post(address, {"name": "Là-bas", "key": read(bundle).publisher.key})
    assert apps.get_model("bundle", "TrustedPublisher").objects.exists() is writes
    traces = audit.traces(subject=f"publisher:{read(bundle).publisher.fingerprint}")
    assert [trace.action for trace in traces] == ["publisher.recognised"] * writes
    with platform(THERE):
        assert look_at(actor=None, content=bundle).known is writes


def test_a_key_that_is_none_is_refused(client: Client, bundle: bytes, adrien: User) -> None:
    sign_in(client, adrien)
    address = reverse("wagtailsnippets_bundle_trustedpublisher:add")
    for key in ("abc", read(bundle).publisher.key[:-4], "é" * 44):
        page = client.post(address, {"name": "Là-bas", "key": key})
        assert "Ed25519" in page.content.decode()
    assert not apps.get_model("bundle", "TrustedPublisher").objects.exists()
