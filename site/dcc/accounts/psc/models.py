"""What is kept of Pro Santé Connect: sessions that it opened (without any token), and people who wait to be admitted."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PscSession(models.Model):
    """A session of Pro Santé Connect that a session of ours rests on.

    ``vault`` is the key, in the session store, of the sealed tokens; ``sid`` is free text of the provider (dmp_psc §4.4). What
    is over stays as a row without vault until the next clearing, so that the session that rests on it learns why.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=255)
    sid = models.CharField(max_length=255, blank=True)
    vault = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField(default=timezone.now)
    refreshing_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_provider = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("session Pro Santé Connect")
        verbose_name_plural = _("sessions Pro Santé Connect")
        indexes = [
            models.Index(fields=["sid"], name="accounts_psc_sid"),
            models.Index(fields=["subject"], name="accounts_psc_subject"),
        ]

    def __str__(self) -> str:
        return f"session Pro Santé Connect {self.pk}"


class UsedLogoutToken(models.Model):
    """A logout message that was obeyed, as the digest of its ``jti``: it is not obeyed twice."""

    digest = models.CharField(primary_key=True, max_length=64)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("message de déconnexion")
        verbose_name_plural = _("messages de déconnexion")

    def __str__(self) -> str:
        return f"message de déconnexion {self.digest[:8]}"


class AdmissionRequest(models.Model):
    """Somebody whom Pro Santé Connect vouches for asks to be admitted in a structure (R-104). One open per person and structure.

    ``facility`` is empty when the platform does not know the structure; ``structure`` is its name as the directory writes it.
    """

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "en_attente", _("en attente")
        ADMITTED = "admise", _("admise")
        REFUSED = "refusee", _("refusée")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    national_id = models.CharField(_("identifiant national"), max_length=20)
    family = models.CharField(_("nom"), max_length=100)
    given = models.CharField(_("prénom"), max_length=100, blank=True)
    prefix = models.CharField(_("civilité"), max_length=5, blank=True)
    suffix = models.CharField(_("titre"), max_length=5, blank=True)
    profession_code = models.CharField(_("profession / spécialité (JDV_J01)"), max_length=30, blank=True)
    physician = models.BooleanField(_("médecin"), default=False)
    facility = models.ForeignKey("accounts.Facility", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    structure = models.CharField(_("structure"), max_length=200, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(_("demandée le"), default=timezone.now)
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(_("rôle donné"), max_length=20, blank=True)
    reason = models.CharField(_("motif du refus"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("demande d'admission")
        verbose_name_plural = _("demandes d'admission")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["national_id", "facility"],
                condition=models.Q(state="en_attente", facility__isnull=False),
                name="accounts_admission_once",
            ),
            models.UniqueConstraint(
                fields=["national_id", "structure"],
                condition=models.Q(state="en_attente", facility__isnull=True),
                name="accounts_admission_elsewhere_once",
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.suffix, self.given, self.family) if part)

    @property
    def role_label(self) -> str:
        """The role given, in words."""
        from dcc.accounts.models import Role

        return str(Role(self.role).label) if self.role else ""
