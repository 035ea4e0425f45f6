"""The bank in the admin: who sees which favourite, what an editor changes and decides, history and figures."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from lxml import html

from forms_config import api as forms
from forms_config.favourites import api as bank
from forms_config.favourites.models import Favourite, SideEffectSheet
from forms_config.favourites.tests.conftest import pdf as pdf
from forms_config.favourites.tests.conftest import people as people
from forms_config.favourites.tests.test_favourites import GROUP, PRECISION, kept, row
from tests.fixtures import Visit

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import Facility, User
    from forms_config.schema.model import FormSchema

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ready(settings: Any, configuration: None) -> None:
    from dcc.cms.groups import ensure_groups

    ensure_groups()
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}


@pytest.fixture
def schema() -> FormSchema:
    """The standard FRCP form."""
    return forms.published_form("frcp_standard").schema


def form_data(content: bytes, **changed: Any) -> dict[str, Any]:
    """What the longest form of the page sends back, some fields changed."""
    tree: Any = html.document_fromstring(content.decode())
    posting = (form for form in tree.iter("form") if form.get("method") == "post")
    longest = max(posting, key=lambda form: len(list(form.inputs.keys())), default=None)
    if longest is None:
        return {}
    return {name: value for name, value in {**dict(longest.form_values()), **changed}.items() if value is not None}


REACH = """
                         alice  charlie  lea   edith  adrien
personnel      edit      302    302      302   404    404
service        edit      302    302      302   200    404
etablissement  edit      302    302      302   200    404
region         edit      302    302      302   200    200
region         change    302    302      302   302    403
region         decide    302    302      302   302    302
personnel      decide    302    302      302   404    404
personnel      withdraw  302    302      302   404    404
service        withdraw  302    302      302   302    404
region         withdraw  302    302      302   302    403
-              index     302    302      302   200    200
-              todo      302    302      302   200    200
-              add       302    302      302   200    403
-              sheets    302    302      302   200    200
-              sheet     302    302      302   200    403
"""


def test_who_reaches_what(visit: Visit, people: dict[str, User], facility: Facility, schema: FormSchema) -> None:
    """Clinicians are sent away from the admin altogether; personal favourites of others are not found."""
    header, *lines = (line.split() for line in REACH.strip().splitlines())
    clients = {name: visit(people[name]) for name in header}
    wrong = []
    for scope, page, *cells in lines:
        for name, expected in zip(header, cells, strict=True):
            favourite_id = placed(people, scope, facility, schema) if scope != "-" else None
            found = ask(clients[name], page, favourite_id)
            if found != int(expected):
                wrong.append((scope, page, name, found))
    assert wrong == []


def placed(people: dict[str, User], scope: str, facility: Facility, schema: FormSchema) -> UUID:
    """A favourite of that scope."""
    places = {
        "service": bank.Place(bank.Scope.SERVICE, facility.pk, "Oncologie"),
        "etablissement": bank.Place(bank.Scope.FACILITY, facility.pk),
    }
    who = people["alice" if scope == "personnel" else "edith"]
    return kept(who, schema, scope, places.get(scope) or bank.Place(bank.Scope(scope)))


def ask(client: Client, page: str, favourite_id: UUID | None) -> int:
    """The status of a page, posted to where it changes something; Wagtail sends who is refused back to its home page."""
    plain = {"index": "favoris:index", "todo": "favoris:todo", "add": "favoris:add", "sheets": "fiches_effets:index",
             "sheet": "fiches_effets:add"}  # fmt: skip
    if page in plain or page == "edit":
        name, args = (plain[page], []) if page in plain else ("favoris:edit", [favourite_id])
        response: Any = client.get(reverse(name, args=args))
    elif page == "change":
        url = reverse("favoris:edit", args=[favourite_id])
        data = form_data(client.get(url).content, name="Autre") if client.get(url).status_code == 200 else {}
        response = client.post(url, data)
    else:
        response = client.post(reverse(f"favoris:{page}", args=[favourite_id]), {"do": "approve"})
    refused = response.status_code == 302 and response["Location"] == reverse("wagtailadmin_home")
    return 403 if refused else int(response.status_code)


def test_the_list_leaves_personal_ones_out(
    visit: Visit, alice: User, edith: User, adrien: User, facility: Facility, schema: FormSchema
) -> None:
    kept(alice, schema, "Secret d'Alice")
    kept(edith, schema, "De la région", bank.Place(bank.Scope.REGION))
    kept(edith, schema, "Du service", bank.Place(bank.Scope.SERVICE, facility.pk, "Oncologie"))
    for user, expected in ((edith, {"De la région", "Du service"}), (adrien, {"De la région"})):
        page = visit(user).get(reverse("favoris:index")).content.decode()
        assert {name for name in ("Secret d&#x27;Alice", "De la région", "Du service") if name in page} == expected


def test_a_regional_favourite_is_made_from_a_published_form(visit: Visit, edith: User, schema: FormSchema) -> None:
    client = visit(edith)
    page = client.get(reverse("favoris:add"))
    url = reverse("favoris:add") + f"?tableau=frcp_standard:{GROUP}"
    assert url.partition("?")[2].replace(":", "%3A") in page.content.decode()
    kind = row()["frcp.propositions.type"]
    data = form_data(
        client.get(url).content, name="FEC",
        **{"rows-0-frcp.propositions.type": f"{kind['code']}|{kind['system']}", "rows-0-frcp.propositions.precision": PRECISION},
    )  # fmt: skip
    asked = client.post(url, data)
    assert asked.status_code == 422
    ticked = html.document_fromstring(asked.content.decode()).xpath("//input[@name='confirmed']/@value")
    assert client.post(url, {**data, "confirmed": ticked}).status_code == 302
    favourite = Favourite.objects.get()
    assert (favourite.scope, favourite.status, favourite.rows) == (
        "region", "approuve", [{"frcp.propositions.type": kind, "frcp.propositions.precision": PRECISION}],
    )  # fmt: skip
    for wrong in ("x:y", "frcp_standard:frcp.tumeurs"):
        assert client.get(reverse("favoris:add") + f"?tableau={wrong}").status_code == 404


def test_changed_with_its_history_and_figures(visit: Visit, alice: User, edith: User, schema: FormSchema) -> None:
    favourite_id = kept(edith, schema, place=bank.Place(bank.Scope.REGION))
    for _ in range(2):
        bank.take_favourite(actor=alice, favourite_id=favourite_id, schema=schema, group_key=GROUP)
    client, url = visit(edith), reverse("favoris:edit", args=[favourite_id])
    page = client.get(url)
    assert "Inséré 2 fois, par 1 personne" in page.content.decode()
    assert client.post(url, form_data(page.content, name="FEC bis", cycles="6")).status_code == 302
    changed = client.get(url).content.decode()
    assert "édition 2" in changed
    assert changed.count(PRECISION) >= 3, "the form and both editions"
    assert client.post(url, form_data(client.get(url).content, name="")).status_code == 422


def test_decided_with_a_reason(visit: Visit, alice: User, edith: User, schema: FormSchema) -> None:
    proposal = bank.propose_favourite(actor=alice, favourite_id=kept(alice, schema), place=bank.Place(bank.Scope.REGION))
    client = visit(edith)
    assert "DR Alice MARTIN" in client.get(reverse("favoris:todo")).content.decode()
    decide = reverse("favoris:decide", args=[proposal])
    assert "pourquoi" in client.post(decide, {"do": "refuse"}, follow=True).content.decode()
    client.post(decide, {"do": "refuse", "note": "Existe déjà"})
    assert Favourite.objects.get(pk=proposal).note == "Existe déjà"
    assert client.get(decide).status_code == 404


def test_sheets_are_kept_read_again_replaced_and_withdrawn(visit: Visit, edith: User, pdf: bytes) -> None:
    client, add = visit(edith), reverse("fiches_effets:add")
    words = {"subject": "FOLFOX", "title": "FOLFOX et vous", "language": "fr", "version": "1", "review_on": "2020-01-01"}
    refused = client.post(add, {**words, "file": SimpleUploadedFile("x.pdf", b"MZ")})
    assert "PDF lisible" in refused.content.decode()
    assert client.post(add, {**words, "file": SimpleUploadedFile("x.pdf", pdf)}).status_code == 302
    sheet = SideEffectSheet.objects.get()
    page = reverse("fiches_effets:edit", args=[sheet.pk])
    assert "à relire" in client.get(reverse("fiches_effets:index")).content.decode()
    assert client.get(reverse("fiches_effets:file", args=[sheet.pk])).content == pdf
    client.post(page, {"review_on": "2040-01-01"})
    sheet.refresh_from_db()
    assert sheet.review_on == date(2040, 1, 1)
    assert "FOLFOX et vous" in client.get(add + f"?de={sheet.pk}").content.decode()
    client.post(reverse("fiches_effets:withdraw", args=[sheet.pk]))
    assert bank.sheets() == []
