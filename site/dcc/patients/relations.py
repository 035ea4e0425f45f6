"""Tables of what ties people to a patient beyond the facilities that follow him; rules are in the table of the accounts room."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CareTeamMember(models.Model):
    """Somebody named in the care team of a patient (CSP, art. L. 1110-12, 2° and 3°); ``until`` is set when it ends."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.CASCADE, related_name="care_team")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(_("depuis"))
    until = models.DateTimeField(_("jusqu'à"), null=True)
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("membre de l'équipe de soins")
        verbose_name_plural = _("membres de l'équipe de soins")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "user"], condition=models.Q(until__isnull=True), name="patients_care_team_once"
            )
        ]
        indexes = [
            models.Index(fields=["user", "patient"], condition=models.Q(until__isnull=True), name="patients_in_care_team"),
        ]

    def __str__(self) -> str:
        return f"équipe de soins {self.pk}"


class Masking(models.Model):
    """A time during which a patient is masked: who asked for it and why; the words stay here, out of the journal."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="maskings")
    since = models.DateTimeField(_("depuis"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(_("motif"), max_length=500)
    until = models.DateTimeField(_("jusqu'à"), null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("masquage")
        verbose_name_plural = _("masquages")
        ordering = ["-since"]
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=models.Q(until__isnull=True), name="patients_masked_once")
        ]

    def __str__(self) -> str:
        return f"masquage {self.pk}"


class BrokenGlass(models.Model):
    """One « bris de glace »: who read which patient's file without a tie to him, why, until when, and what was thought of it.

    ``words`` are the person's own and stay here: the journal has the code of the reason only.
    """

    class Reason(models.TextChoices):
        EMERGENCY = "urgence", _("Urgence : le patient ne peut pas attendre")
        CONTINUITY = "continuite", _("Continuité des soins : remplacement, garde ou astreinte")
        ADVICE = "avis", _("Avis demandé par un confrère")
        ARRIVAL = "arrivee", _("Patient reçu ce jour, pas encore suivi ici")
        OTHER = "autre", _("Autre raison, à préciser")

    class Verdict(models.TextChoices):
        JUSTIFIED = "justifie", _("Justifié")
        UNJUSTIFIED = "non_justifie", _("Non justifié")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="broken_glass")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("raison"), max_length=12, choices=Reason)
    words = models.CharField(_("précision"), max_length=500)
    was_masked = models.BooleanField(_("patient masqué"), default=False)
    at = models.DateTimeField(_("ouvert le"))
    until = models.DateTimeField(_("jusqu'à"))
    verdict = models.CharField(_("revue"), max_length=12, choices=Verdict, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    review_words = models.CharField(_("conclusion de la revue"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("bris de glace")
        verbose_name_plural = _("bris de glace")
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["user", "until"], name="patients_glass_of_user"),
            models.Index(fields=["at"], condition=models.Q(verdict=""), name="patients_glass_to_review"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("at")), name="patients_glass_lasts"),
            models.CheckConstraint(
                condition=models.Q(verdict="", reviewed_at__isnull=True)
                | ~models.Q(verdict="") & models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="patients_glass_reviewed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"bris de glace {self.pk}"
