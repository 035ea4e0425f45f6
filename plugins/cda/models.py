"""Tables of the CDA plugin: the register of installed référentiels."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Referential(models.Model):
    """A référentiel that was installed on the platform; at most one of each name is current. Rows are kept as proof."""

    name = models.CharField(_("nom"), max_length=120)
    version = models.CharField(_("version"), max_length=40)
    date = models.DateField(_("date du référentiel"), null=True, blank=True)
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64)
    location = models.CharField(_("dossier"), max_length=200)
    used_by = models.JSONField(_("utilisé par"), default=list)
    installed_at = models.DateTimeField(_("installé le"), auto_now_add=True)
    current = models.BooleanField(_("en service"), default=False)

    class Meta:
        verbose_name = _("référentiel installé")
        verbose_name_plural = _("référentiels installés")
        ordering = ["name", "-installed_at"]
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=models.Q(current=True), name="cda_one_current_referential"),
            models.UniqueConstraint(fields=["name", "sha256"], name="cda_referential_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
