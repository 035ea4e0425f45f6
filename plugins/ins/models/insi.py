"""What is kept of INSi: its answers as they came, and the name of this installation there."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcc.accounts.api import SealedField


class Outcome(models.TextChoices):
    """What came back."""

    ANSWERED = "repondu", _("Réponse")
    FAULT = "faute", _("Faute du service")
    MALFORMED = "non_conforme", _("Réponse non conforme, refusée")
    UNREACHABLE = "injoignable", _("Aucune réponse")


class InsiAnswer(models.Model):
    """One call and what came back, unchanged and sealed (EXI REC 07, 08); never written again, removed when its time is over.

    ``digest`` is a keyed digest of what was asked: it finds the answer again for the same question, and tells nobody the traits.
    ``code`` is the CodeCR (00, 01, 02), or the codes of the fault.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_at = models.DateTimeField(_("demandé le"))
    answered_at = models.DateTimeField(_("répondu le"))
    endpoint = models.CharField(_("adresse"), max_length=200)
    operation = models.CharField(_("opération"), max_length=8)
    digest = models.CharField(_("empreinte de la question"), max_length=64)
    automatic = models.BooleanField(_("sans personne qui attende"), default=False)
    outcome = models.CharField(_("issue"), max_length=12, choices=Outcome)
    code = models.CharField(_("code"), max_length=90, blank=True)
    http_status = models.PositiveSmallIntegerField(_("statut HTTP"), null=True)
    content_type = models.CharField(_("type de contenu"), max_length=200, blank=True)
    content = SealedField(_("contenu"), purpose="ins.insi", bound_to="id", blank=True)

    class Meta:
        verbose_name = _("réponse d'INSi")
        verbose_name_plural = _("réponses d'INSi")
        ordering = ["-answered_at"]
        indexes = [
            models.Index(fields=["digest", "answered_at"], name="ins_answer_of_question"),
            models.Index(fields=["answered_at"], name="ins_answer_age"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.outcome} {self.code}".strip()


class InsiInstallation(models.Model):
    """The UUID of this installation, stable for its life; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    instance = models.UUIDField(_("instance"), default=uuid.uuid4)

    class Meta:
        verbose_name = _("installation, vue d'INSi")
        verbose_name_plural = _("installations, vues d'INSi")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ins_one_installation")]

    def __str__(self) -> str:
        return str(self.instance)
