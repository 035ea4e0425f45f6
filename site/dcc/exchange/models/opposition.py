"""Patients who do not want their documents by mail, and what the region chose where the specification leaves room."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MailOpposition(models.Model):
    """A patient's opposition to receive his documents by secure mail; it stands while ``until`` is empty."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(_("depuis le"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(_("ce que le patient a exprimé"), max_length=300)
    until = models.DateTimeField(_("retirée le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("opposition à la messagerie")
        verbose_name_plural = _("oppositions à la messagerie")
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=models.Q(until__isnull=True), name="exchange_one_opposition")
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} {self.since:%Y-%m-%d}"


class PolicyChoice(models.Model):
    """A version of what the region chose (:data:`dcc.exchange.transmissions.options.OPTIONS`). Never changed."""

    number = models.PositiveIntegerField(unique=True)
    choices = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("motif"), max_length=200)

    class Meta:
        verbose_name = _("choix de transmission")
        verbose_name_plural = _("choix de transmission")
        ordering = ["number"]

    def __str__(self) -> str:
        return str(self.number)
