"""Reports of the gate and the outputs they keep. No patient in them: test documents are of nobody."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportState(models.TextChoices):
    """Where a report stands."""

    PENDING = "en_attente", _("En attente")
    RUNNING = "en_cours", _("En cours")
    GREEN = "vert", _("Conforme")
    RED = "rouge", _("Refusé")


ENDED = (ReportState.GREEN, ReportState.RED)


class GateReport(models.Model):
    """What the proof found of one content in one context (:mod:`forms_config.control.proofs`).

    ``key`` names the form or the text; ``findings`` are :class:`dcc.contracts.snapshots.Finding` as JSON, worst first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=100)
    title = models.CharField(_("titre"), max_length=200)
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    context_sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("état"), max_length=20, choices=ReportState, default=ReportState.PENDING)
    step = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    doing = models.CharField(max_length=200, blank=True)
    findings = models.JSONField(default=list)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("contrôle de publication")
        verbose_name_plural = _("contrôles de publication")
        ordering = ["-requested_at"]
        indexes = [
            models.Index(fields=["kind", "key", "-requested_at"], name="forms_config_gate_subject"),
            models.Index(fields=["content_sha256", "context_sha256", "state"], name="forms_config_gate_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.title} : {self.get_state_display()}"


class GateArtifact(models.Model):
    """One output of one test document of a report; its bytes are in the store ``artifacts`` under ``storage_name``."""

    report = models.ForeignKey(GateReport, on_delete=models.CASCADE, related_name="artifacts")
    document = models.CharField(max_length=20)
    format = models.CharField(max_length=20)
    media_type = models.CharField(max_length=100)
    filename = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    conformance = models.CharField(max_length=20)
    storage_name = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("fichier d'un contrôle")
        verbose_name_plural = _("fichiers des contrôles")
        constraints = [models.UniqueConstraint(fields=["report", "document", "format"], name="forms_config_gate_artifact")]

    def __str__(self) -> str:
        return self.filename
