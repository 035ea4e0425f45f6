"""What came in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Intake(models.Model):
    """A file that came in, kept as it was: read into a document, or refused with its reason.

    What a machine received (``channel``) has no ``received_by``, and an ``outcome`` of the table of
    :mod:`dcc.exchange.regions.outcomes`; ``about`` is the document here that it concerns without having become it, and
    ``decided_by`` who settled what had to be decided.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    facility = models.ForeignKey("accounts.Facility", on_delete=models.PROTECT, related_name="+")
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    filename = models.CharField(_("fichier"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    storage_name = models.CharField(max_length=200, blank=True)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, related_name="intakes")
    reason = models.CharField(_("motif du refus"), max_length=1000, blank=True)
    channel = models.CharField(_("canal"), max_length=10, blank=True)
    sender = models.CharField(_("émetteur"), max_length=254, blank=True)
    recipient = models.CharField(_("boîte destinataire"), max_length=254, blank=True)
    message_id = models.CharField(max_length=255, blank=True)
    outcome = models.CharField(_("issue"), max_length=20, blank=True)
    error = models.CharField(_("code d'erreur"), max_length=3, blank=True)
    about = models.ForeignKey("documents.Document", on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.CharField(_("décision"), max_length=10, blank=True)
    decision_reason = models.CharField(_("motif de la décision"), max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("fichier reçu")
        verbose_name_plural = _("fichiers reçus")
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256"],
                condition=models.Q(document__isnull=False),
                name="exchange_intake_once",
            ),
            models.UniqueConstraint(
                fields=["channel", "message_id", "sha256"],
                condition=~models.Q(message_id=""),
                name="exchange_intake_message_once",
            ),
        ]
        indexes = [models.Index(fields=["about"], condition=models.Q(about__isnull=False), name="exchange_intake_about")]

    def __str__(self) -> str:
        return self.filename


class IntakeFile(models.Model):
    """A file that came beside: the CDA of level 1, the PDF. Kept as it was, never read into anything."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="files")
    filename = models.CharField(_("fichier"), max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    storage_name = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("fichier joint à la réception")
        verbose_name_plural = _("fichiers joints à la réception")

    def __str__(self) -> str:
        return self.filename
