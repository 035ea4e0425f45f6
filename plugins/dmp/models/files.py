"""The DMP of a patient as known here: what TD0.2 said last, what the patient lets professionals do, his opposition."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PatientFile(models.Model):
    """One row per patient. ``existence`` is empty until TD0.2 was asked; ``checked_at`` is when it was last.

    The authorisation is one of a professional: :class:`Consent`. ``opposed`` is the patient's opposition to feeding his DMP.
    ``guardians`` is what a professional said of a minor: whether those who represent him see his documents.
    """

    class Existence(models.TextChoices):
        """What TD0.2 says of the DMP itself."""

        ACTIVE = "actif", _("Ouvert")
        CLOSED = "ferme", _("Fermé")
        NONE = "aucun", _("Aucun DMP")

    class Guardians(models.TextChoices):
        """What those who represent a minor see."""

        SEE = "voient", _("Les représentants légaux voient les documents")
        DO_NOT = "ne_voient_pas", _("Les représentants légaux ne voient pas les documents")

    patient = models.OneToOneField("patients.Patient", on_delete=models.PROTECT, related_name="+")
    existence = models.CharField(_("existence"), max_length=8, choices=Existence, blank=True)
    closed_reason = models.CharField(_("motif de fermeture"), max_length=200, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    guardians = models.CharField(_("représentants légaux"), max_length=14, choices=Guardians, blank=True)
    opposed = models.BooleanField(_("opposition à l'alimentation"), default=False)

    class Meta:
        verbose_name = _("DMP d'un patient")
        verbose_name_plural = _("DMP de patients")

    def __str__(self) -> str:
        return f"DMP {self.patient_id}"


class Consent(models.Model):
    """What a patient lets one professional consult (TD0.2, TD0.3), remembered here and refreshed (R-181, EX_0.3-1030)."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    authorisation = models.CharField(_("autorisation"), max_length=12, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    searched_at = models.DateTimeField(_("dernière recherche"), null=True, blank=True)

    class Meta:
        verbose_name = _("autorisation de consulter un DMP")
        verbose_name_plural = _("autorisations de consulter un DMP")
        constraints = [models.UniqueConstraint(fields=["patient", "user"], name="dmp_consent_once")]

    def __str__(self) -> str:
        return f"autorisation {self.pk}"


class FileChange(models.Model):
    """What was declared of a patient's DMP, by whom and when: opposition, consent. Never changed."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    what = models.CharField(_("déclaration"), max_length=20)
    reason = models.CharField(_("motif"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("déclaration sur un DMP")
        verbose_name_plural = _("déclarations sur des DMP")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"
