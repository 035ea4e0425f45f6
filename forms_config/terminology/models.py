"""Value sets and their versions. A version is never changed but for the day it is superseded."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ValueSet(models.Model):
    """A list of codes known by its name, national or ours (``official`` tells)."""

    name = models.CharField(_("nom"), max_length=100, unique=True)
    title = models.CharField(_("titre"), max_length=200)
    oid = models.CharField(_("OID"), max_length=64, blank=True)
    official = models.BooleanField(_("liste nationale"), default=True)
    reason = models.TextField(_("raison d'être (liste de la plateforme)"), blank=True)
    words_changed_at = models.DateTimeField(_("libellés préférés modifiés le"), null=True, editable=False)

    class Meta:
        verbose_name = _("jeu de valeurs")
        verbose_name_plural = _("jeux de valeurs")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ValueSetVersion(models.Model):
    """The codes of a value set from one day to another; ``version`` names the content and is what a form pins."""

    value_set = models.ForeignKey(ValueSet, on_delete=models.PROTECT, related_name="versions", verbose_name=_("jeu de valeurs"))
    number = models.PositiveIntegerField(_("numéro"))
    version = models.CharField(_("version"), max_length=40)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    revision = models.DateField(_("révision de la source"))
    source = models.CharField(_("source"), max_length=200)
    effective_from = models.DateField(_("en vigueur depuis le"))
    effective_to = models.DateField(_("remplacée le"), null=True, blank=True)
    concept_count = models.PositiveIntegerField(_("codes en vigueur"))
    codes = models.BinaryField(_("codes"))
    imported_at = models.DateTimeField(_("importée le"), auto_now_add=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("importée par")
    )

    class Meta:
        verbose_name = _("version de jeu de valeurs")
        verbose_name_plural = _("versions de jeux de valeurs")
        ordering = ["value_set", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["value_set", "number"], name="terminology_version_number"),
            models.UniqueConstraint(fields=["value_set", "version"], name="terminology_version_name"),
            models.UniqueConstraint(
                fields=["value_set"], condition=models.Q(effective_to__isnull=True), name="terminology_one_open_version"
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to__isnull=True) | models.Q(effective_to__gte=models.F("effective_from")),
                name="terminology_version_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value_set} : {self.version}"


class PreferredLabel(models.Model):
    """The region's words for a code of a list: screens show them and searches find them; outputs keep the official label."""

    value_set = models.ForeignKey(ValueSet, on_delete=models.PROTECT, related_name="words", verbose_name=_("jeu de valeurs"))
    code = models.CharField(_("code"), max_length=100)
    system = models.CharField(_("système de codage"), max_length=120)
    label = models.CharField(_("libellé préféré"), max_length=200, blank=True)
    synonyms = models.JSONField(_("synonymes"), default=list, blank=True)
    changed_at = models.DateTimeField(_("modifié le"), auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("modifié par")
    )

    class Meta:
        verbose_name = _("libellé préféré")
        verbose_name_plural = _("libellés préférés")
        ordering = ["value_set", "code"]
        constraints = [models.UniqueConstraint(fields=["value_set", "code", "system"], name="terminology_one_label_per_code")]

    def __str__(self) -> str:
        return f"{self.code} : {self.label}"


class StagedImport(models.Model):
    """Lists that somebody uploaded and has not confirmed, as compressed JSON (:mod:`.staging`): no value set knows them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    effective_from = models.DateField(_("en vigueur depuis le"))
    lists = models.BinaryField()

    class Meta:
        verbose_name = _("import à confirmer")
        verbose_name_plural = _("imports à confirmer")

    def __str__(self) -> str:
        return str(self.pk)
