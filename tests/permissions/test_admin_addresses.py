"""Every address of the admin, by groups of addresses: who gets in, and that nobody else ever does.

``editeur`` and ``administrateur`` are the only roles that enter; what each may do to a kind of content is the table of
``dcc.cms.groups``, tried cell by cell in ``dcc/cms/tests/test_admin.py``. Groups that nobody may use are Wagtail's own pages for
what this platform does elsewhere: pages, users, groups, sites, images, documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dcc.accounts.models import User
from dcc.cms import api as cms
from tests.addresses import addresses, path_of
from tests.contract.test_addresses import OPEN
from tests.fixtures import make_facility, make_user, sign_in
from tests.permissions.people import KINDS, make_people
from tests.permissions.world import undone

TABLE = """
wagtailadmin_home                              editeur  administrateur
wagtailadmin_account                           editeur  administrateur
wagtailadmin_api                               editeur  administrateur
wagtailadmin_block_preview                     -        -
wagtailadmin_choose_page*                      editeur  administrateur
wagtailadmin_dismissibles                      editeur  administrateur
wagtailadmin_editing_sessions                  editeur  administrateur
wagtailadmin_error_test                        editeur  administrateur
wagtailadmin_javascript_catalog                editeur  administrateur
wagtailadmin_reports                           editeur  administrateur
wagtailadmin_sprite                            editeur  administrateur
wagtailadmin_tag_autocomplete                  editeur  administrateur
wagtailadmin_workflows                         editeur  administrateur
wagtailadmin_pages                             editeur  administrateur
admin/test404/                                 editeur  administrateur
wagtailsnippets_*                              editeur  administrateur
wagtailsnippetchoosers_*                       editeur  administrateur
wagtailimages_chooser                          editeur  administrateur
wagtaildocs_chooser                            editeur  administrateur
practitioner_chooser                           editeur  administrateur
facility_chooser                               editeur  administrateur
rcp_list                                       editeur  administrateur
forms_config                                   editeur  administrateur
lists                                          editeur  administrateur
favoris                                        editeur  administrateur
fiches_effets                                  editeur  administrateur
bundle                                         editeur  -
workshop                                       editeur  -
commitments                                    editeur  administrateur
identity_policy                                editeur  administrateur
transmissions                                  editeur  administrateur
events                                         -        administrateur
cda_referentials                               -        administrateur
texts                                          -        -
wagtail_bulk_action                            -        -
wagtailadmin_collections                       -        -
wagtailadmin_explore*                          -        -
wagtailadmin_password_reset*                   -        -
wagtailadmin_tag_model_autocomplete            -        -
wagtaildocs                                    -        -
wagtailimages                                  -        -
wagtailsettings                                -        -
wagtailsites                                   -        -
wagtailsnippets                                -        -
wagtailusers_groups                            -        -
wagtailusers_users                             -        -
admin/^.*/$                                    -        -
"""
"""Of things that do not exist here (texts, settings by a number), hence ``-``: their own tests open the ones that do."""
OF_NO_CONTENT = {"wagtailadmin_sprite", "wagtailadmin_javascript_catalog"}
"""Icons and translated words of Wagtail: the same for everybody who signed in."""
ENTER = {"editeur": "edith", "administrateur": "adrien"}
SHUT = sorted(set(KINDS) - set(ENTER.values()) - {"root"})


def groups() -> dict[str, dict[str, bool]]:
    """Whether each of the two roles gets in, by group; a star ends what groups begin with."""
    rows = (line.split() for line in TABLE.strip().splitlines())
    return {name: {role: cell != "-" for role, cell in zip(ENTER, cells, strict=True)} for name, *cells in rows}


def group_of(name: str) -> str:
    """The line that an address belongs to: its space, or itself, or the longest beginning with a star."""
    space, table = name.partition(":")[0] if ":" in name else name, groups()
    if space in table:
        return space
    return max((line for line in table if line.endswith("*") and space.startswith(line[:-1])), key=len, default="")


def admin() -> Iterator[tuple[str, str]]:
    """Route and name of each address of the admin, save the two that are open."""
    for route, name, _view in addresses():
        if route.startswith("admin/") and name not in OPEN:
            yield route, name


def test_every_address_of_the_admin_has_its_group() -> None:
    assert {name for _route, name in admin() if not group_of(name)} == set(), "a new group of addresses joins the table"
    used = {group_of(name) for _route, name in admin()}
    assert set(groups()) == used, "no address of that group"


def tries(client: Client, path: str) -> Iterator[Any]:
    """Both methods, each undone."""
    methods: tuple[Callable[..., Any], ...] = (client.get, client.post)
    for method in methods:
        with undone():
            yield method(path)


def is_shut(response: Any) -> bool:
    """Whether the admin answers nothing: refused, sent back to its home page or to the entrance, or not there."""
    location: str = response.headers.get("Location", "")
    if response.status_code == 302:
        entrances = (reverse("accounts:refused"), reverse("accounts:login"), "/admin/login/")
        return location == reverse("wagtailadmin_home") or location.startswith(entrances)
    return int(response.status_code) in (400, 401, 403, 404, 405)


def tried_by(person: str) -> Iterator[tuple[str, str]]:
    """All go through the same door: one tries all of it, the others an address out of thirty, each its own."""
    first = sum(map(ord, person)) % 30
    for number, (route, name) in enumerate(admin()):
        if name not in OF_NO_CONTENT and (person == "alice" or number % 30 == first):
            yield route, name


@pytest.mark.django_db
def test_nobody_else_enters(settings: Any) -> None:
    settings.DCC_RATE_LIMIT_PERCENT = 0
    people = make_people(make_facility(), make_facility("Ailleurs", "490000099"))
    wrong = []
    for person in SHUT:
        client = Client()
        sign_in(client, people[person])
        for route, name in tried_by(person):
            for response in tries(client, path_of(route)):
                if not is_shut(response):
                    wrong.append(f"{person:<8} {name} : {response.status_code} {response.headers.get('Location', '')}")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ENTER)
def test_who_enters(role: str, settings: Any) -> None:
    """A group is open when one of its addresses answers; a shut one never does, whatever is sent."""
    settings.DCC_RATE_LIMIT_PERCENT = 0
    list(cms.set_up_configuration())
    user: User = make_user(ENTER[role], role, None, family="X", given="Y")
    client = Client(raise_request_exception=False)
    sign_in(client, user)
    answered: dict[str, set[str]] = {group: set() for group in groups()}
    for route, name in admin():
        if answered[group_of(name)] and groups()[group_of(name)][role]:
            continue  # what each may do inside is tried elsewhere
        for response in tries(client, path_of(route)):
            if not is_shut(response):
                answered[group_of(name)].add(f"{name} {response.status_code}")
    wrong = [
        f"{group} : attendu {'ouvert' if cells[role] else 'fermé'}, obtenu {sorted(answered[group])}"
        for group, cells in groups().items()
        if cells[role] != bool(answered[group])
    ]
    assert not wrong, "\n" + "\n".join(wrong)
