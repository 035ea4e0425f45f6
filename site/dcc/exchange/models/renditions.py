"""Renditions and their artifacts."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class RenditionState(models.TextChoices):
    """Where a rendition stands: its artifacts are being made, are all there, or one failed an official check."""

    PENDING = "en_preparation", _("En préparation")
    READY = "prete", _("Prête")
    REJECTED = "non_conforme", _("Non conforme")


class Rendition(models.Model):
    """A frozen picture of a version, made when it is validated or transmitted; its artifacts never change (DESIGN §5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey("documents.DocumentVersion", on_delete=models.PROTECT, related_name="renditions")
    number = models.PositiveIntegerField()
    reason = models.CharField(_("motif"), max_length=20)
    as_of = models.DateTimeField()
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)
    state = models.CharField(_("état"), max_length=20, choices=RenditionState, default=RenditionState.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("rendu")
        verbose_name_plural = _("rendus")
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="exchange_rendition_number"),
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(reason="validation"), name="exchange_one_validation_rendition"
            ),
            models.CheckConstraint(condition=~models.Q(snapshot__trial=True), name="exchange_no_trial_rendition"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} / {self.number}"


class Conformance(models.TextChoices):
    """What the checks said of an artifact."""

    CONFORMANT = "conforme", _("Conforme")
    REJECTED = "non_conforme", _("Non conforme")
    UNCHECKED = "non_controle", _("Non contrôlé (référentiel officiel non installé)")


class StoredArtifact(models.Model):
    """Rendered bytes of a rendition in one format, stored once; ``identifier`` is the ClinicalDocument/id of a CDA."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rendition = models.ForeignKey(Rendition, on_delete=models.PROTECT, related_name="artifacts")
    format = models.CharField(max_length=20)
    media_type = models.CharField(max_length=100)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    storage_name = models.CharField(max_length=200)
    identifier_root = models.CharField(max_length=128, blank=True)
    identifier_extension = models.CharField(max_length=128, blank=True)
    facts = models.JSONField(default=dict)
    conformance = models.CharField(_("conformité"), max_length=20, choices=Conformance)
    findings = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("fichier produit")
        verbose_name_plural = _("fichiers produits")
        constraints = [
            models.UniqueConstraint(fields=["rendition", "format"], name="exchange_artifact_once"),
            models.UniqueConstraint(
                fields=["identifier_root", "identifier_extension"],
                condition=~models.Q(identifier_root=""),
                name="exchange_artifact_identifier",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} ({self.format})"


class ArtifactCheck(models.Model):
    """A check of an artifact that could not be checked when it was made; it counts from then on. Never changed."""

    artifact = models.OneToOneField(StoredArtifact, on_delete=models.PROTECT, related_name="later_check")
    checked_at = models.DateTimeField(auto_now_add=True)
    conformance = models.CharField(_("conformité"), max_length=20, choices=Conformance)
    findings = models.JSONField(default=list)

    class Meta:
        verbose_name = _("contrôle après coup")
        verbose_name_plural = _("contrôles après coup")

    def __str__(self) -> str:
        return f"{self.artifact_id} : {self.conformance}"
