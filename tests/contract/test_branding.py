"""Two rooms that may not see each other, joined by a setting: what the region writes in the admin is on the clinician's pages."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dcc.cms.models import RegionalSettings

pytestmark = pytest.mark.django_db


def test_the_name_of_the_region_and_its_colour(client: Client) -> None:
    row = RegionalSettings.load()
    row.region_name, row.brand_colour = "Onco d'Ici", "#5f259f"
    row.save()
    cache.clear()
    assert "Onco d&#x27;Ici" in client.get(reverse("accounts:login")).content.decode()
    assert "--brand:#5f259f" in client.get(reverse("web:brand")).content.decode()
    cache.clear()
