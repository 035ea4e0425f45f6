"""Lists in the admin: the pages, and who gets to them by address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dcc.cms.api import ensure_groups
from forms_config.favourites.models import Favourite
from forms_config.lists.tests.test_imports import NEWER, ORGANS, PHASE, TODAY, draft_with, stage
from forms_config.services import ensure_default_forms
from forms_config.terminology import staging, words
from forms_config.terminology.api import concepts, load_shipped, lookup
from forms_config.terminology.models import StagedImport, ValueSet
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> None:
    load_shipped()
    ensure_default_forms("frcp")


@pytest.fixture
def admin(client: Client, request: pytest.FixtureRequest) -> Any:
    ensure_groups()

    def signed_in(who: str) -> Client:
        sign_in(client, request.getfixturevalue(who))
        return client

    return signed_in


def posted(content: bytes, name: str = "x.xml", **values: str) -> dict[str, Any]:
    days = {"revision": TODAY.isoformat(), "effective_from": TODAY.isoformat()}
    return {"file": SimpleUploadedFile(name, content), "target": "", **days, **values}


def test_from_file_to_version_in_the_admin(published: None, admin: Any) -> None:
    client = admin("adrien")
    draft_with(choices=[{"code": "MED-244"}])
    response = client.post(reverse("lists:import"), posted(NEWER))
    report = client.get(response["Location"]).content.decode()
    for said in (
        "Nouvelle version",
        "Codes ajoutés\u00a0: 1",
        "Codes retirés\u00a0: 1",
        "Libellés changés\u00a0: 1",
        "À reprendre avant de publier",
        "MED-900",
    ):
        assert said in report
    client.post(response["Location"] + "confirmer/")
    row = ValueSet.objects.get(name=PHASE)
    page = client.get(reverse("lists:compare", args=[row.pk])).content.decode()
    assert "Phase initiale" in page
    table = client.get(reverse("lists:csv", args=[row.pk, 2]))
    assert (table["Content-Type"], "MED-900" in table.content.decode("utf-8-sig")) == ("text/csv; charset=utf-8", True)


def test_favourites_in_a_report(published: None, admin: Any, adrien: User, edith: User, alice: User) -> None:
    value = next(c.value for c in concepts(PHASE) if c.code == "MED-244")
    common = {"document_type": "frcp", "group_key": "g", "rows": [{"phase": value}]}
    Favourite.objects.create(name="Rechute régionale", scope="region", owner=edith, **common)
    Favourite.objects.create(name="À moi", scope="personnel", owner=alice, **common)
    report = admin("adrien").get(client_report(adrien)).content.decode()
    assert "Rechute régionale" in report
    assert "1 favori personnel" in report
    assert "À moi" not in report


def client_report(actor: User) -> str:
    return reverse("lists:report", args=[stage(actor, NEWER)])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"effective_from": (TODAY - timedelta(days=1)).isoformat()}, "Une date passée"),
        ({"target": "jdv-tumeur-cisis"}, "l&#x27;OID du fichier est celui d&#x27;une autre liste"),
        ({"target": "inconnue"}, "Sélectionnez un choix valide"),
    ],
    ids=["past", "other list", "unknown list"],
)
def test_what_the_page_refuses(published: None, admin: Any, values: dict[str, str], message: str) -> None:
    response = admin("adrien").post(reverse("lists:import"), posted(NEWER, **values))
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not StagedImport.objects.exists()


@pytest.mark.parametrize(
    ("who", "opens", "national"),
    [("adrien", 200, True), ("edith", 200, False), ("alice", 302, False), ("charlie", 302, False), ("lea", 302, False)],
)
def test_who_imports_by_address(published: None, admin: Any, who: str, opens: int, national: bool) -> None:
    client = admin(who)
    assert client.get(reverse("lists:import")).status_code == opens
    client.post(reverse("lists:import"), posted(NEWER))
    assert StagedImport.objects.exists() is national
    client.post(reverse("lists:import"), posted(NEWER, "nouvelle.csv", national="on", reason="Essai"))
    client.post(reverse("lists:import"), posted(ORGANS.encode(), "organes.csv", national="on", reason="Essai"))
    for row in StagedImport.objects.all():
        client.post(reverse("lists:confirm", args=[row.pk]))
    assert ValueSet.objects.filter(name="organes", official=True).exists() is national
    assert ValueSet.objects.filter(name="organes").exists() is (opens == 200)
    pk = ValueSet.objects.get(name=PHASE).pk
    assert client.get(reverse("lists:compare", args=[pk])).status_code == opens
    assert client.get(reverse("lists:csv", args=[pk, 1])).status_code == opens


@pytest.fixture
def _fresh_words() -> Iterator[None]:
    words.forget()
    yield
    words.forget()


@pytest.mark.usefixtures("_fresh_words")
@pytest.mark.parametrize("who", ["edith", "adrien", "alice", "lea"])
def test_naming_a_code_in_the_admin(published: None, admin: Any, who: str) -> None:
    client = admin(who)
    row = ValueSet.objects.get(name=PHASE)
    url = reverse("lists:name", args=[row.pk]) + "?code=MED-244"
    assert client.get(url).status_code == (200 if who in ("edith", "adrien") else 302)
    client.post(url, {"label": "Rechute", "synonyms": "récidive\nreprise évolutive"})
    found = lookup(PHASE, "MED-244")
    assert found is not None
    if who in ("alice", "lea"):
        assert found.shown == found.label
        return
    assert (found.shown, found.words) == ("Rechute", ("récidive", "reprise évolutive"))
    page = client.get(reverse("wagtailsnippets_terminology_valueset:inspect", args=[row.pk]), {"q": "recidive"}).content.decode()
    assert "Rechute" in page
    assert "Nommer MED-244" in page
    assert client.get(reverse("lists:name", args=[row.pk]) + "?code=INCONNU").status_code == 404
    refused = client.post(url, {"label": "x", "synonyms": "\n".join(map(str, range(30)))})
    assert "20 synonymes" in refused.content.decode()


def posted_rows(*rows: tuple[str, str, str], removed: str = "", initial: int = 2) -> dict[str, str]:
    """The table of a list as it is sent: rank, code, label."""
    fields = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": str(initial)}
    for n, (rank, code, label) in enumerate(rows):
        fields |= {f"form-{n}-ORDER": rank, f"form-{n}-code": code, f"form-{n}-label": label, f"form-{n}-synonyms": ""}
        fields |= {f"form-{n}-DELETE": "on"} if code == removed else {}
    return fields


@pytest.mark.parametrize("who", ["edith", "adrien", "alice", "sonia"])
def test_a_regional_list_is_changed_code_by_code(published: None, admin: Any, emile: User, who: str) -> None:
    staging.confirm(actor=emile, staged_id=stage(emile, ORGANS.encode(), "organes.csv", reason="Essai"))
    client, row = admin(who), ValueSet.objects.get(name="organes")
    url = reverse("lists:rows", args=[row.pk])
    rows = posted_rows(("2", "SD", "Sein droit"), ("1", "SG", "Sein G"), ("", "SB", "Les deux"), ("", "", ""), removed="SD")
    response = client.post(url, rows)
    if who in ("alice", "sonia"):
        assert not StagedImport.objects.exists()
        return
    assert "Sein droit" in client.get(url).content.decode()
    assert "Codes retirés\u00a0: 1" in client.get(response["Location"]).content.decode()
    client.post(response["Location"] + "confirmer/")
    assert [(c.code, c.label) for c in concepts("organes")] == [("SG", "Sein G"), ("SB", "Les deux")]
    assert client.get(reverse("lists:rows", args=[ValueSet.objects.get(name=PHASE).pk])).status_code == 302


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("", "SD", "Un"), ("", "SD", "Deux")], "1 codes en double (SD)"),
        ([("", "SD", ""), ("", "", "")], "code ou libellé absent"),
        ([("", "", ""), ("", "", "")], "0 codes"),
        ([("", "A|B", "Un"), ("", "", "")], "ne s&#x27;écrit"),
    ],
    ids=["twice", "no label", "nothing", "bar"],
)
def test_rows_that_are_refused(published: None, admin: Any, edith: User, rows: list[tuple[str, str, str]], message: str) -> None:
    staging.confirm(actor=edith, staged_id=stage(edith, ORGANS.encode(), "organes.csv", reason="Essai"))
    response = admin("edith").post(reverse("lists:rows", args=[ValueSet.objects.get(name="organes").pk]), posted_rows(*rows))
    assert (response.status_code, message in response.content.decode()) == (200, True)
    assert not StagedImport.objects.exists()
