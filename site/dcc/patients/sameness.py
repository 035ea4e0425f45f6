"""Tables of who is the same person: merges, links, and pairs that somebody is to look at."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Merge(models.Model):
    """One merge: who was absorbed by whom, why, all that moved, and both rows as they stood before and the kept one after.

    Written once; an un-merge closes it. The database refuses any other change (:mod:`dcc.patients.merging.guards`).
    """

    class Side(models.TextChoices):
        KEPT = "gardee", _("Identité conservée")
        ABSORBED = "absorbee", _("Identité absorbée")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="merges")
    absorbed = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("fusionnées le"))
    actor_id = models.UUIDField(null=True)
    source = models.CharField(_("source"), max_length=12)
    reason = models.CharField(_("motif"), max_length=500)
    reference = models.CharField(_("identité retenue"), max_length=8, choices=Side)
    before = models.JSONField()
    after = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    undone_at = models.DateTimeField(_("défusionnées le"), null=True)
    undone_by = models.UUIDField(null=True)
    undone_reason = models.CharField(_("motif de la défusion"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("fusion d'identités")
        verbose_name_plural = _("fusions d'identités")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at=None), name="patients_absorbed_once"),
            models.CheckConstraint(condition=~Q(kept=F("absorbed")), name="patients_merge_of_two"),
            models.CheckConstraint(condition=Q(reference__in=["gardee", "absorbee"]), name="patients_merge_reference"),
        ]

    def __str__(self) -> str:
        return f"fusion {self.pk}"


class Link(models.Model):
    """Two identities that a flow says are the same person, without merging them (HL7 A24), until it says otherwise (A37)."""

    first = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(_("depuis"))
    source = models.CharField(_("source"), max_length=12)
    until = models.DateTimeField(_("jusqu'à"), null=True)

    class Meta:
        verbose_name = _("lien d'identités")
        verbose_name_plural = _("liens d'identités")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], condition=Q(until=None), name="patients_link_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="patients_link_ordered"),
        ]

    def __str__(self) -> str:
        return f"lien {self.pk}"


class DuplicateAlert(models.Model):
    """Two identities that may be one person: why, and what was answered. One row for a pair, the smaller id first."""

    class Why(models.TextChoices):
        SAME_INS = "meme_ins", _("Même INS rendu par le téléservice")
        FLOW = "flux", _("Fusion demandée par un flux")
        LINK = "lien", _("Identités rapprochées par un flux")
        SAME_TRAITS = "traits_identiques", _("Mêmes traits stricts")
        NEAR_TRAITS = "traits_proches", _("Traits proches")
        CREATION = "creation", _("Création malgré une identité ressemblante")

    class State(models.TextChoices):
        OPEN = "a_voir", _("À examiner")
        MERGED = "fusionnes", _("Fusionnées")
        DISTINCT = "distincts", _("Deux personnes différentes")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("raison"), max_length=20, choices=Why)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.OPEN)
    at = models.DateTimeField(_("signalé le"))
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    reason = models.CharField(_("motif"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("doublon possible")
        verbose_name_plural = _("doublons possibles")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at", "id"], condition=Q(state="a_voir"), name="patients_duplicates_open")]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="patients_duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="patients_duplicate_ordered"),
        ]

    def __str__(self) -> str:
        return f"doublon possible {self.pk}"
