"""What was handed to the SMTP server, so that nobody has to guess after a crash; and who is left alone after failures."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """How far a sending went. ``DATA`` is written before the text leaves: after a crash nobody can tell whether it arrived."""

    NEW = "nouveau", _("Pas encore remis")
    DATA = "en_cours", _("Remise commencée, issue inconnue")
    ACCEPTED = "accepte", _("Accepté par le serveur")


class Sending(models.Model):
    """One transmission handed to SMTP: its key, its Message-ID, what the server answered.

    ``document_id`` and ``address`` tell which mail went before about the same document, for the thread. ``at`` is the date of
    the mail, the same however often it is tried.
    """

    key = models.UUIDField(primary_key=True, editable=False)
    document_id = models.UUIDField()
    address = models.CharField(_("adresse"), max_length=320)
    domain = models.CharField(_("domaine"), max_length=253)
    message_id = models.CharField(max_length=255, unique=True)
    stage = models.CharField(_("étape"), max_length=8, choices=Stage, default=Stage.NEW)
    at = models.DateTimeField(_("date du courriel"))
    changed_at = models.DateTimeField(auto_now=True)
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    reply = models.CharField(_("réponse du serveur"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("envoi MSSanté")
        verbose_name_plural = _("envois MSSanté")
        indexes = [models.Index(fields=["document_id", "address"], name="mss_sending_thread")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.stage}"
