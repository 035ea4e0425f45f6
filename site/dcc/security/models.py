"""The counts of :mod:`dcc.security.counting`, shared by every process and every host."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hits(models.Model):
    """How often one key was used in a window of time; the key is a fingerprint. It lives as long as its window."""

    key = models.CharField(_("empreinte"), max_length=64)
    ends = models.BigIntegerField(_("fin de la fenêtre"), db_index=True)  # seconds since the epoch
    count = models.PositiveIntegerField(_("nombre"), default=0)

    class Meta:
        verbose_name = _("compte de requêtes")
        verbose_name_plural = _("comptes de requêtes")
        constraints = [models.UniqueConstraint(fields=["key", "ends"], name="security_one_count_a_window")]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
