"""What the pages remember of a person's habits: no patient is in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CodeHabit(models.Model):
    """A code somebody used or pinned in a value set, so that it is proposed first."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    value_set = models.CharField(_("jeu de valeurs"), max_length=100)
    code = models.CharField(_("code"), max_length=50)
    used_at = models.DateTimeField(_("dernier usage"))
    pinned = models.BooleanField(_("favori"), default=False)

    class Meta:
        verbose_name = _("code habituel")
        verbose_name_plural = _("codes habituels")
        constraints = [models.UniqueConstraint(fields=["user", "value_set", "code"], name="web_habit_once")]
        indexes = [models.Index(fields=["user", "value_set", "-used_at"], name="web_habit_recent")]

    def __str__(self) -> str:
        return f"{self.value_set} {self.code}"
