"""Regional networks and coordination centres, and what their names and identifiers must be."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from rcp_directory.title import SEPARATOR

NATIONAL_ID = RegexValidator(r"^[0-9A-Za-z.\-]{1,30}\Z", _("Lettres, chiffres, points et tirets."))
OID = RegexValidator(r"^[0-2](\.(0|[1-9]\d*))+\Z", _("Un OID : des nombres séparés par des points."))


def check_name(value: str) -> None:
    """A name that goes into the title of an FRCP cannot hold what parts its names."""
    if SEPARATOR in value:
        raise ValidationError(_("« / » entre deux espaces sépare déjà les noms dans le titre de la fiche."))


class RegionalNetwork(models.Model):
    """A regional cancer network (RRC), known by its national identifier (OID 1.2.250.1.161.1.20.1.1)."""

    national_id = models.CharField(_("identifiant national"), max_length=30, unique=True, validators=[NATIONAL_ID])
    acronym = models.CharField(_("sigle"), max_length=60, blank=True, validators=[check_name])
    name = models.CharField(_("dénomination"), max_length=200, validators=[check_name])
    is_ours = models.BooleanField(
        _("réseau de cette plateforme"),
        default=True,
        help_text=_("Décoché : un autre système DCC tient ses RCP ; les fiches leur sont adressées par MSSanté."),
    )
    mailbox = models.EmailField(
        _("boîte aux lettres applicative MSSanté"),
        blank=True,
        help_text=_("Celle du système DCC de ce réseau : d'où viennent ses fiches, et où vont celles d'une RCP sans boîte."),
    )

    class Meta:
        verbose_name = _("réseau régional (RRC)")
        verbose_name_plural = _("réseaux régionaux (RRC)")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.acronym or self.name


class CoordinationCentre(models.Model):
    """A coordination centre (3C) that runs RCP, known by its national identifier (OID 1.2.250.1.161.1.20.2.1)."""

    national_id = models.CharField(_("identifiant national"), max_length=30, unique=True, validators=[NATIONAL_ID])
    acronym = models.CharField(_("sigle"), max_length=60, blank=True, validators=[check_name])
    name = models.CharField(_("dénomination"), max_length=200, validators=[check_name])
    network = models.ForeignKey(
        RegionalNetwork, on_delete=models.PROTECT, related_name="centres", verbose_name=_("réseau régional (RRC)")
    )

    class Meta:
        verbose_name = _("centre de coordination (3C)")
        verbose_name_plural = _("centres de coordination (3C)")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.acronym or self.name
