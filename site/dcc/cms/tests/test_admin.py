"""The admin as the people see it."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.menu import admin_menu
from wagtail.models import ReferenceIndex, RevisionMixin
from wagtail.search.index import get_indexed_models
from wagtail.snippets.models import get_snippet_models

from dcc.cms.api import ADMINISTRATORS, EDITORS, ensure_groups
from dcc.cms.groups import TABLE
from dcc.contracts.plugin import PluginConfig
from dcc.settings.plugins import DEFAULT_PLUGINS
from dcc.trust.models import Convention, TermsSet, TermsVersion
from forms_config.api import published_form
from forms_config.blocks.api import create_block
from forms_config.bundle.models import TrustedPublisher
from forms_config.legal.models import AdaptedText
from rcp_directory.models import CoordinationCentre, LocalIdentifier, NationalBox, Rcp, RegionalNetwork, Session
from tests.fixtures import sign_in

if TYPE_CHECKING:
    from django.test import Client

    from dcc.accounts.models import Facility, User

pytestmark = pytest.mark.django_db
CLINICAL = ("audit", "events", "patients", "documents", "exchange", "web")


BROUGHT = {model for model in get_snippet_models() if isinstance(model._meta.app_config, PluginConfig)}
"""What plugins that are on bring to the admin: their own tests say who may do what with it. The default ones bring nothing."""


def test_the_default_plugins_bring_no_snippet() -> None:
    default = set(DEFAULT_PLUGINS.split(","))
    assert not [model for model in BROUGHT if model._meta.app_config.name in default]


def listing(model: Any, view: str = "list", *args: Any) -> str:
    return reverse(model.snippet_viewset.get_url_name(view), args=args)


def test_no_clinical_room_shows_anything_in_the_admin() -> None:
    clinical = [model for label in CLINICAL for model in apps.get_app_config(label).get_models()]
    assert len(clinical) > 3
    registered = {*get_snippet_models(), *get_indexed_models(), *ReferenceIndex.tracked_models}
    assert not registered & set(clinical)
    assert not [model for model in clinical if issubclass(model, RevisionMixin)]
    assert not BROUGHT & set(clinical)
    assert {model._meta.app_label for model in set(get_snippet_models()) - BROUGHT} <= {
        "accounts", "blocks", "bundle", "forms_config", "legal", "rcp_directory", "terminology", "trust",
    }  # fmt: skip
    assert {label.split(".")[0] for label in TABLE} & set(CLINICAL) == set()


SEEN = {
    "adrien": {
        "annuaire-rcp",
        "banque-favoris",
        "engagements",
        "formulaires",
        "identites",
        "textes-legaux",
        "settings",
        "reports",
        "plateforme",
    },
    "edith": {
        "annuaire-rcp",
        "banque-favoris",
        "engagements",
        "formulaires",
        "identites",
        "textes-legaux",
        "reports",
        "plateforme",
    },
}


@pytest.mark.parametrize("who", SEEN)
def test_menu(who: str, configured: None, client: Client, request: pytest.FixtureRequest) -> None:
    sign_in(client, request.getfixturevalue(who))
    response = client.get(reverse("wagtailadmin_home"))
    brought = {model.snippet_viewset.get_menu_item().name for model in BROUGHT}
    assert {item.name for item in admin_menu.menu_items_for_request(response.wsgi_request)} - brought == SEEN[who]


@pytest.mark.parametrize("who", ["alice", "sonia", "lea"])
def test_clinicians_stay_out(who: str, configured: None, client: Client, request: pytest.FixtureRequest) -> None:
    sign_in(client, request.getfixturevalue(who))
    for url in (reverse("wagtailadmin_home"), listing(Rcp), listing(AdaptedText)):
        response = client.get(url)
        assert response.status_code in (302, 403)
        assert not response.get("Location", "/compte/").startswith("/admin/snippets")
        assert "Configuration de la plateforme" not in client.get(url, follow=True).content.decode()


def test_home_is_french_and_says_what_is_there(configured: None, client: Client, edith: User) -> None:
    sign_in(client, edith)
    response = client.get(reverse("wagtailadmin_home"))
    page = response.content.decode()
    assert '<html lang="fr"' in page
    assert "Aucune donnée de patient n'est visible ici." in page or "Aucune donnée de patient n&#x27;est visible ici." in page
    for words in ("Annuaire", "Textes nationaux", "Formulaires", "Jeux de valeurs", "Configuration de la plateforme"):
        assert words in page
    assert "wagtailadmin_explore" not in page
    assert "Rechercher dans les pages" not in page


EVERYBODY_SEES = [model for model in get_snippet_models() if model._meta.app_label != "wagtailcore"]


ADMINISTRATORS_ONLY = {"trust.Convention"}
"""What editors have no business with."""


@pytest.mark.parametrize("model", EVERYBODY_SEES, ids=lambda m: m._meta.label)
@pytest.mark.parametrize("who", ["edith", "adrien"])
def test_lists_open(who: str, model: Any, configured: None, client: Client, request: pytest.FixtureRequest) -> None:
    sign_in(client, request.getfixturevalue(who))
    if who == "edith" and model._meta.label in ADMINISTRATORS_ONLY:
        assert client.get(listing(model)).status_code == 302
        return
    assert client.get(listing(model)).status_code == 200
    assert client.get(listing(model), {"q": "sein"}).status_code == 200
    first = model._default_manager.first()
    if first is not None:
        page = client.get(listing(model, "inspect", first.pk))
        assert page.status_code == 200


MAY = {
    # model: (edith adds, edith changes, adrien adds, adrien changes)
    "rcp_directory.Rcp": (True, True, True, True),
    "rcp_directory.Session": (True, True, True, True),
    "rcp_directory.CoordinationCentre": (True, True, True, True),
    "rcp_directory.RegionalNetwork": (True, True, True, True),
    "rcp_directory.NationalBox": (False, False, True, True),
    "accounts.Facility": (True, True, True, True),
    "legal.AdaptedText": (True, True, True, True),
    "legal.NationalText": (False, False, False, True),
    "legal.LegalTextVersion": (False, False, False, False),
    "forms_config.FormDefinition": (False, True, False, False),
    "bundle.TrustedPublisher": (False, False, True, True),
    "blocks.Block": (False, False, False, False),
    "terminology.ValueSet": (False, False, False, False),
    "terminology.ValueSetVersion": (False, False, False, False),
    "trust.TermsSet": (True, True, True, True),
    "trust.TermsVersion": (False, False, False, False),
    "trust.Convention": (False, False, True, True),
}


def something(label: str, facility: Facility) -> Any:
    network, _ = RegionalNetwork.objects.get_or_create(national_id="1", defaults={"name": "RRC"})
    centre, _ = CoordinationCentre.objects.get_or_create(national_id="1", defaults={"name": "3C", "network": network})
    rcp, _ = Rcp.objects.get_or_create(national_id="1", defaults={"denomination": "Sein", "centre": centre})
    NationalBox.objects.get_or_create(use="pdc", address="essai@pdc.mssante.fr", is_test=True)
    Session.objects.get_or_create(rcp=rcp, starts_at=timezone.now())
    AdaptedText.objects.get_or_create(facility=facility, defaults={"body": "Texte.", "live": False})
    section = {"key": "s", "title": "S", "questions": [{"key": "regional.s", "label": "S", "datatype": "boolean"}]}
    TrustedPublisher.objects.get_or_create(name="Là-bas", key=b64encode(bytes(32)).decode())
    unasked = {"asked": False, "effective_from": timezone.now(), "published_at": timezone.now()}
    TermsVersion.objects.get_or_create(terms=TermsSet.objects.get(), number=1, defaults=unasked)
    Convention.objects.get_or_create(party="CH", legal_finess="490000999", valid_from=timezone.localdate())
    create_block(actor=None, document_type="frcp", section=section)
    return apps.get_model(label)._default_manager.first()


@pytest.mark.parametrize("label", MAY)
@pytest.mark.parametrize("who", ["edith", "adrien"])
def test_who_writes_what(
    who: str, label: str, configured: None, client: Client, facility: Facility, request: pytest.FixtureRequest
) -> None:
    sign_in(client, request.getfixturevalue(who))
    adds, changes = MAY[label][:2] if who == "edith" else MAY[label][2:]
    model = apps.get_model(label)
    thing = something(label, facility)
    assert (client.get(listing(model, "add")).status_code == 200) is adds
    assert (client.get(listing(model, "edit", thing.pk)).status_code == 200) is changes


INLINE = re.compile(r"<script(?![^>]*(?:src=|type=\"application/json\"))[^>]*>|\son[a-z]+=\"")


@pytest.mark.parametrize("label", [label for label, cells in MAY.items() if any(cells)])
def test_nothing_inline_that_the_security_policy_would_refuse(
    label: str, configured: None, client: Client, facility: Facility, adrien: User, edith: User
) -> None:
    sign_in(client, adrien if MAY[label][3] else edith)
    model, thing = apps.get_model(label), something(label, facility)
    for url in (listing(model), listing(model, "edit", thing.pk)):
        page = client.get(url).content.decode()
        assert "cms/start.js" in page
        assert not INLINE.findall(page)


def test_every_snippet_is_in_the_table() -> None:
    assert {m._meta.label for m in EVERYBODY_SEES if m not in BROUGHT} == set(MAY)


def inline(prefix: str, rows: list[dict[str, str]]) -> dict[str, str]:
    data = {f"{prefix}-TOTAL_FORMS": str(len(rows)), f"{prefix}-INITIAL_FORMS": "0"}
    data |= {f"{prefix}-MIN_NUM_FORMS": "0", f"{prefix}-MAX_NUM_FORMS": "1000"}
    return data | {f"{prefix}-{n}-{key}": value for n, row in enumerate(rows) for key, value in row.items()}


def test_an_editor_adds_an_rcp(configured: None, client: Client, edith: User, facility: Facility, alice: User) -> None:
    sign_in(client, edith)
    client.post(listing(RegionalNetwork, "add"), {"name": "Réseau", "acronym": "RRC", "national_id": "5201"})
    network = RegionalNetwork.objects.get()
    client.post(
        listing(CoordinationCentre, "add"), {"name": "Centre", "acronym": "3C49", "national_id": "520114", "network": network.pk}
    )
    centre = CoordinationCentre.objects.get()
    assert alice.practitioner is not None
    posted = {
        "denomination": "Sénologie",
        "national_id": "27011113",
        "centre": str(centre.pk),
        "nature": "ORG-117",
        "encounter": "VR",
        "coordinator": str(alice.practitioner.pk),
        "establishment": str(facility.pk),
        "mailbox": "rcp-sein@example.invalid",
        **inline("members", []),
        **inline("organs", []),
        **inline("former_codes", []),
        **inline("local_identifiers", [{"root": "1.2.250.1.999.1", "value": "S1", "id": ""}]),
    }
    response = client.post(listing(Rcp, "add"), posted)
    assert response.status_code == 302, response.context["form"].errors
    rcp = Rcp.objects.get()
    assert (rcp.coordinator, rcp.establishment, str(rcp.centre)) == (alice.practitioner, facility, "3C49")
    assert LocalIdentifier.objects.get().rcp == rcp
    history = client.get(listing(Rcp, "history", rcp.pk))
    assert "Édith EYMARD" in history.content.decode()
    found = client.get(listing(Rcp), {"q": "seno"}).content.decode()
    assert "Sénologie" in found
    assert "Sénologie" not in client.get(listing(Rcp), {"q": "urologie"}).content.decode()
    assert "Sénologie" not in client.get(listing(Rcp), {"is_paediatric": "true"}).content.decode()


def test_a_wrong_rcp_is_refused_at_its_field(configured: None, client: Client, edith: User) -> None:
    something("rcp_directory.Rcp", None)  # type: ignore[arg-type]  # no establishment needed here
    sign_in(client, edith)
    centre = CoordinationCentre.objects.get()
    posted = {
        "denomination": "Sein / ovaire",
        "national_id": "2",
        "centre": centre.pk,
        "encounter": "VR",
        **inline("local_identifiers", []),
    }
    response = client.post(listing(Rcp, "add"), posted)
    assert response.status_code == 200
    assert "sépare déjà les noms" in str(response.context["form"].errors["denomination"])


def test_choosing_a_coordinator(configured: None, client: Client, edith: User, alice: User, bob: User) -> None:
    sign_in(client, edith)
    page = client.get(reverse("practitioner_chooser:choose_results"), {"q": "mart ali"}).content.decode()
    assert "Alice MARTIN" in page
    assert "Bob BERNARD" not in page
    page = client.get(reverse("facility_chooser:choose_results"), {"q": "angers"}).content.decode()
    assert "Centre hospitalier de Démonstration" in page


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        ({"family": "NOUVEAU", "given": "Noé", "suffix": "DR", "prefix": "M", "national_id": "810000000009"}, ""),
        ({"family": "NOUVEAU", "suffix": "Docteur"}, "Docteur"),
        ({"family": "NOUVEAU", "national_id": "81000"}, "De 9 à 12 chiffres"),
        ({"given": "Noé"}, "error-message"),
    ],
    ids=["right", "title", "number", "name"],
)
def test_adding_a_missing_coordinator(
    configured: None, client: Client, edith: User, posted: dict[str, str], message: str
) -> None:
    sign_in(client, edith)
    answer = client.post(reverse("practitioner_chooser:create"), posted).json()
    added = apps.get_model("accounts", "Practitioner").objects.filter(family="NOUVEAU")
    assert added.exists() is (not message)
    assert message in answer.get("htmlFragment", "")
    assert (answer["step"] == "chosen") is (not message)


def test_a_facility_chosen_from_the_lists(configured: None, client: Client, edith: User, facility: Facility) -> None:
    sign_in(client, edith)
    page = client.get(listing(type(facility), "edit", facility.pk)).content.decode()
    assert "Centre anti-cancer" in page
    assert "Hospitalisation à domicile" in page


def test_codes_of_a_value_set_can_be_looked_up(configured: None, client: Client, edith: User) -> None:
    model = apps.get_model("terminology", "ValueSet")
    sign_in(client, edith)
    url = listing(model, "inspect", model.objects.get(name="jdv-tumeur-cisis").pk)
    page = client.get(url).content.decode()
    assert "Les 200 premiers codes" in page
    page = client.get(url, {"q": "C50.2"}).content.decode()
    assert "Tumeur maligne du quadrant supéro-interne du sein" in page
    assert "Les 200 premiers codes" not in page


def test_the_published_form_can_be_read(configured: None, client: Client, edith: User) -> None:
    model = apps.get_model("forms_config", "FormDefinition")
    sign_in(client, edith)
    page = client.get(listing(model, "inspect", model.objects.get(key="frcp_standard").pk)).content.decode()
    assert published_form("frcp_standard").sha256[:12] in page
    assert "Nature de la discussion" in page
    assert "mise en service" in page


def test_groups_hold_exactly_the_table() -> None:
    ensure_groups()
    groups = ensure_groups()
    for name, group in groups.items():
        held = {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.select_related("content_type")}
        wanted = {
            f"{label.split('.')[0]}.{action}_{label.split('.')[1]}" for label, cells in TABLE.items() for action in cells[name]
        }
        assert held == wanted
    assert set(groups) == {EDITORS, ADMINISTRATORS} == {"Éditeurs DSRC", "Administrateurs"}


def test_groups_lose_what_the_table_no_longer_gives() -> None:
    from django.contrib.auth.models import Permission

    group = ensure_groups()[EDITORS]
    group.permissions.add(Permission.objects.get(codename="change_nationaltext"))
    ensure_groups()
    assert not group.permissions.filter(codename="change_nationaltext").exists()


def test_set_up_command(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("setup_configuration")
    first = capsys.readouterr().out
    assert "chargés, 0 déjà à jour" in first
    assert "Texte 1, national-1, Texte 2, national-1" in first
    assert "version 1" in first
    assert "Éditeurs DSRC, Administrateurs" in first
    call_command("setup_configuration")
    assert "Jeux de valeurs : 0 chargés" in capsys.readouterr().out
    assert published_form("frcp_standard").number == 1
