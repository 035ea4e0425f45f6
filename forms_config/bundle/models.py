"""Whom the region trusts, where a form came from, and the bundles that were received. Writes go through the services."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from forms_config.bundle.keys import fingerprint, grouped


class TrustedPublisher(models.Model):
    """A platform whose bundles need no confirmation of their signer; its public key is given by a way other than a bundle."""

    name = models.CharField(_("nom"), max_length=200)
    key = models.CharField(
        _("clé publique"), max_length=60, help_text=_("Ed25519, en base64 : « manage.py forms key » la montre.")
    )
    fingerprint = models.CharField(_("empreinte"), max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("publicateur reconnu")
        verbose_name_plural = _("publicateurs reconnus")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **options: object) -> None:
        self.fingerprint = fingerprint(self.key)
        super().save(*args, **options)  # type: ignore[arg-type]  # passed on as they came

    def clean(self) -> None:
        self.key = self.key.strip()
        try:
            self.fingerprint = fingerprint(self.key)
        except ValueError as error:
            raise ValidationError({"key": str(error)}) from None
        if TrustedPublisher.objects.exclude(pk=self.pk).filter(fingerprint=self.fingerprint).exists():
            raise ValidationError({"key": _("Cette clé est déjà celle d'un publicateur reconnu.")})

    @property
    def readable_fingerprint(self) -> str:
        """The fingerprint as people compare it."""
        return grouped(self.fingerprint)


class FormOrigin(models.Model):
    """The platform that a form came from and still belongs to: here, it only holds what that platform signed."""

    form = models.OneToOneField(
        "forms_config.FormDefinition",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="origin",
        verbose_name=_("formulaire"),
    )
    region = models.CharField(_("région"), max_length=300)
    fingerprint = models.CharField(_("empreinte du publicateur"), max_length=64)
    source_key = models.CharField(_("clé chez le publicateur"), max_length=60)
    source_content = models.CharField(_("contenu chez le publicateur"), max_length=64)
    content = models.CharField(_("contenu ici"), max_length=64)
    imported_at = models.DateTimeField(_("importé le"), auto_now=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("importé par")
    )

    class Meta:
        verbose_name = _("origine d'un formulaire")
        verbose_name_plural = _("origines de formulaires")

    def __str__(self) -> str:
        return f"{self.form} : {self.region}"


class ReceivedBundle(models.Model):
    """A bundle that somebody sent to the admin: kept as it came until it is imported or given up, then only its report."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "attente", _("à confirmer")
        IMPORTED = "importe", _("importé")
        GIVEN_UP = "abandonne", _("abandonné")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("fichier"), max_length=200)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    content = models.BinaryField(_("paquet"), null=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.WAITING)
    report = models.JSONField(_("rapport"), default=dict)
    received_at = models.DateTimeField(_("reçu le"), auto_now_add=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("reçu par")
    )

    class Meta:
        verbose_name = _("paquet reçu")
        verbose_name_plural = _("paquets reçus")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return self.name
