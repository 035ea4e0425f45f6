"""The region's name and brand as the admin knows them, else as the installation's settings say."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from dcc.cms.models import RegionalSettings


@dataclass(frozen=True, slots=True)
class Branding:
    """What pages show of the region; ``colour`` and ``logo_url`` are empty when it has none."""

    region: str
    colour: str
    logo_url: str
    logo_description: str
    support_email: str
    support_phone: str


def branding() -> Branding:
    """The brand of the region now."""
    row = RegionalSettings.load()
    return Branding(
        region=row.region_name or settings.DCC_REGION,
        colour=row.brand_colour or getattr(settings, "DCC_BRAND_COLOUR", ""),
        logo_url=reverse("cms:logo") if row.logo else "",
        logo_description=row.logo_description,
        support_email=row.support_email,
        support_phone=row.support_phone,
    )
