"""The one table of the plugin."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

IDENTIFIER = re.compile(r"\A(NCT\d{8}|\d{4}-\d{6}-\d{2}(-\d{2})?)\Z")
"""ClinicalTrials.gov, EudraCT (2019-001234-56), EU CT (2023-501234-12-00)."""


class Status(models.TextChoices):
    """Whether patients may enter."""

    OPEN = "ouvert", _("Ouvert aux inclusions")
    SUSPENDED = "suspendu", _("Inclusions suspendues")
    CLOSED = "clos", _("Clos")


class ClinicalTrial(models.Model):
    """A trial that is run in the region. The plugin is off by default, so types are said where its table is not known."""

    acronym: models.CharField[str, str] = models.CharField(_("acronyme"), max_length=60)
    identifier: models.CharField[str, str] = models.CharField(
        _("identifiant (NCT, EudraCT ou EU CT)"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(IDENTIFIER, _("Attendu : NCT01234567, 2019-001234-56 ou 2023-501234-12-00"))],
    )
    title: models.CharField[str, str] = models.CharField(_("titre"), max_length=400)
    phase: models.CharField[str, str] = models.CharField(_("phase"), max_length=20, blank=True)
    organ: models.CharField[str, str] = models.CharField(_("organe"), max_length=120, blank=True)
    criteria: models.TextField[str, str] = models.TextField(_("critères d'inclusion"), blank=True)
    contact: models.CharField[str, str] = models.CharField(_("contact"), max_length=300, blank=True)
    centres: models.TextField[str, str] = models.TextField(_("centres"), blank=True)
    status: models.CharField[str, str] = models.CharField(_("statut"), max_length=10, choices=Status.choices, default=Status.OPEN)
    opened_on: models.DateField[Any, Any] = models.DateField(_("ouvert le"), null=True, blank=True)
    closed_on: models.DateField[Any, Any] = models.DateField(_("clos le"), null=True, blank=True)

    objects: ClassVar[models.Manager[ClinicalTrial]] = models.Manager()

    class Meta:
        verbose_name = _("essai clinique")
        verbose_name_plural = _("essais cliniques")
        ordering = ["acronym"]

    def __str__(self) -> str:
        return f"{self.acronym} ({self.identifier})"

    def clean(self) -> None:
        """A trial is not closed before it opens; raises ``ValidationError``."""
        if self.opened_on and self.closed_on and self.closed_on < self.opened_on:
            raise ValidationError({"closed_on": _("La clôture est avant l'ouverture")})

    @property
    def reference(self) -> str:
        """What is put in a document: acronym, identifier, phase, title, contact."""
        phase = f", phase {self.phase}" if self.phase else ""
        contact = f" ; contact : {self.contact}" if self.contact else ""
        return f"Essai clinique {self.acronym} ({self.identifier}{phase}) : {self.title}{contact}"
