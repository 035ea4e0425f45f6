"""Meetings of RCP."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rcp_directory.models.rcps import Rcp


class Session(models.Model):
    """A meeting of an RCP."""

    rcp = models.ForeignKey(Rcp, on_delete=models.PROTECT, related_name="sessions", verbose_name=_("RCP"))
    starts_at = models.DateTimeField(_("date et heure"))
    identifier = models.CharField(_("identifiant de la séance"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("séance")
        verbose_name_plural = _("séances")
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["rcp", "starts_at"], name="rcp_directory_session_unique"),
            models.UniqueConstraint(
                fields=["identifier"], condition=~models.Q(identifier=""), name="rcp_directory_session_identifier"
            ),
        ]

    def __str__(self) -> str:
        local: Any = timezone.localtime(self.starts_at)
        return f"{self.rcp}, {local:%d/%m/%Y %H:%M}"
