"""The region on the clinician's pages: what ``DCC_BRANDING`` names says it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from dcc.accounts.models import User
from dcc.web.tests.browsing import texts_of, tree_of
from tests.fixtures import Visit

pytestmark = pytest.mark.django_db


def somewhere() -> SimpleNamespace:
    """A region with everything."""
    return SimpleNamespace(
        region="Réseau <Onco> d'Ailleurs",
        colour="#7ac143",
        logo_url="/media/logo.png",
        logo_description="Réseau d'Ailleurs",
        support_email="aide@ailleurs.example",
        support_phone="02 41 00 00 00",
    )


def nowhere() -> SimpleNamespace:
    """A region that said nothing yet."""
    return SimpleNamespace(region="", colour="", logo_url="", logo_description="", support_email="", support_phone="")


def test_name_logo_and_support_stand_on_every_page(visit: Visit, alice: User, client: Client, settings: Settings) -> None:
    settings.DCC_BRANDING = f"{__name__}.somewhere"
    for page in (visit(alice).get("/").content, client.get(reverse("accounts:login")).content):
        tree = tree_of(page)
        assert texts_of(page, ".region") == ["Réseau <Onco> d'Ailleurs"]
        (logo,) = tree.find_class("logo")
        assert (logo.get("src"), logo.get("alt")) == ("/media/logo.png", "Réseau d'Ailleurs")
    assert "aide@ailleurs.example" in visit(alice).get("/").content.decode()


def test_its_colour_is_in_the_style_sheet_of_every_page(client: Client, settings: Settings) -> None:
    settings.DCC_BRANDING = f"{__name__}.somewhere"
    page = client.get(reverse("accounts:login")).content
    assert reverse("web:brand") in tree_of(page).xpath("//link[@rel='stylesheet']/@href")
    sheet = client.get(reverse("web:brand")).content.decode()
    assert "--brand:#" in sheet
    assert "--brand:#7ac143" not in sheet, "too light to be written on: darkened"


def test_a_region_that_said_nothing_has_the_platforms_colours(client: Client, settings: Settings) -> None:
    settings.DCC_BRANDING = f"{__name__}.nowhere"
    assert "--brand" not in client.get(reverse("web:brand")).content.decode()
    assert not tree_of(client.get(reverse("accounts:login")).content).find_class("logo")
