"""FRCP that two DCC work on: which one has it, and what happened to it on the way."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcc.exchange.models.intake import Intake
from dcc.exchange.models.transmissions import Transmission
from dcc.exchange.regions.states import LABELS, OPEN, State

DIRECTIONS = (("out", _("Confiée à une autre région")), ("in", _("Confiée par une autre région")))


class Entrustment(models.Model):
    """A document entrusted to another DCC (``out``), or by another one to this (``in``), until it was given back.

    ``version`` is what was sent or received, ``address`` the mailbox of the other one; ``transmission`` carries it there: the
    completed FRCP out, the validated one back. ``attested_by`` checked its content and the question (R-079, R-081).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("documents.DocumentVersion", on_delete=models.PROTECT, related_name="+")
    direction = models.CharField(_("sens"), max_length=3, choices=DIRECTIONS)
    rcp = models.CharField(_("RCP (identifiant national)"), max_length=30, blank=True)
    label = models.CharField(_("RCP ou système"), max_length=200)
    address = models.CharField(_("adresse"), max_length=254)
    state = models.CharField(_("état"), max_length=16, choices=[(s.value, LABELS[s]) for s in State])
    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, null=True, related_name="+")
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, null=True, related_name="+")
    attested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("fiche confiée entre régions")
        verbose_name_plural = _("fiches confiées entre régions")
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "direction"],
                condition=models.Q(state__in=sorted(state.value for state in OPEN)),
                name="exchange_one_open_entrustment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.direction} {self.state}"


class EntrustmentStep(models.Model):
    """One thing that happened to it: what, why, by whom (nobody: the platform). Never changed."""

    entrustment = models.ForeignKey(Entrustment, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    event = models.CharField(max_length=16)
    state = models.CharField(max_length=16)
    cause = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("étape d'une fiche confiée")
        verbose_name_plural = _("étapes d'une fiche confiée")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.entrustment_id} {self.event}"
