"""Sessions of the trust space."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dcc.accounts.api import SealedField


class TrustSession(models.Model):
    """A session that a professional opened at the region's proxy; live while ``ended_at`` is empty and ``expires_at`` to come.

    ``secret`` is the proxy's cookie; ``session_state`` free text of Pro Santé Connect; ``professional`` what the VIHF says of the
    person in the situation chosen (:class:`plugins.dmp.transactions.types.Caller`, without its secret).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    national_id = models.CharField(_("identifiant national"), max_length=20)
    secret = SealedField(_("secret"), purpose="dmp.session", bound_to="id")
    session_state = models.CharField(max_length=255, blank=True)
    professional = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("session de l'espace de confiance")
        verbose_name_plural = _("sessions de l'espace de confiance")
        indexes = [models.Index(fields=["national_id", "ended_at", "-expires_at"], name="dmp_session_live")]

    def __str__(self) -> str:
        return f"session {self.pk}"
