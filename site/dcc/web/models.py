"""What the pages remember of a person's habits and trials of forms: no patient is in it."""

from __future__ import annotations

import uuid

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


class Trial(models.Model):
    """A form that an editor tries: the compiled draft, and answers to throw away about somebody who does not exist.

    ``definition_id`` is the form's number in the admin, to go back to it; nothing for a published version.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form_key = models.CharField(_("formulaire"), max_length=120)
    title = models.CharField(_("titre"), max_length=200)
    definition_id = models.PositiveBigIntegerField(null=True, blank=True)
    canonical = models.TextField(_("schéma"))
    answers = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("essai de formulaire")
        verbose_name_plural = _("essais de formulaires")
        constraints = [models.UniqueConstraint(fields=["user", "form_key"], name="web_trial_once")]

    def __str__(self) -> str:
        return self.title
