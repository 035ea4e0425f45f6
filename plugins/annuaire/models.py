"""What the extraction files say, one generation of rows for each file; readers see only generations that were loaded whole."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Extraction(models.Model):
    """A file that is being loaded, is in use, or was replaced."""

    class Kind(models.TextChoices):
        """What a file holds."""

        BOXES = "boites", _("Boîtes aux lettres MSSanté")
        ACTIVITIES = "activites", _("Professionnels et lieux d'exercice")

    class State(models.TextChoices):
        """Where a generation stands."""

        LOADING = "en_cours", _("en cours de chargement")
        CURRENT = "en_service", _("en service")
        FORMER = "remplacee", _("remplacée")

    kind = models.CharField(_("contenu"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.LOADING)
    file = models.CharField(_("fichier"), max_length=200)
    sha256 = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(_("début"))
    seen_at = models.DateTimeField(_("dernier lot"))
    finished_at = models.DateTimeField(_("fin"), null=True, blank=True)
    kept = models.PositiveIntegerField(_("lignes retenues"), default=0)
    passed_over = models.PositiveIntegerField(_("lignes écartées"), default=0)

    class Meta:
        verbose_name = _("extraction de l'Annuaire Santé")
        verbose_name_plural = _("extractions de l'Annuaire Santé")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(state="en_service"), name="annuaire_one_in_use"),
            models.UniqueConstraint(fields=["kind"], condition=Q(state="en_cours"), name="annuaire_one_loading"),
        ]

    def __str__(self) -> str:
        return self.file


class Box(models.Model):
    """A mailbox. ``practitioner`` is PSIdNat, ``structure`` StructIdNat, either may be empty."""

    extraction = models.ForeignKey(Extraction, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=254)
    type = models.CharField(max_length=3)
    practitioner = models.CharField(max_length=20, blank=True)
    structure = models.CharField(max_length=20, blank=True)
    service = models.CharField(max_length=200, blank=True)
    holder = models.CharField(max_length=300, blank=True)
    paperless = models.BooleanField(default=False)
    unlisted = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["extraction", "practitioner"], name="annuaire_box_practitioner"),
            models.Index(fields=["extraction", "structure"], name="annuaire_box_structure"),
        ]

    def __str__(self) -> str:
        return self.address


class Activity(models.Model):
    """A professional at a place where he works: one row of the file. ``words`` is what a search reads, without accents."""

    extraction = models.ForeignKey(Extraction, on_delete=models.CASCADE, related_name="+")
    practitioner = models.CharField(max_length=20)
    family = models.CharField(max_length=120)
    given = models.CharField(max_length=120, blank=True)
    prefix = models.CharField(max_length=10, blank=True)
    suffix = models.CharField(max_length=10, blank=True)
    profession_code = models.CharField(max_length=30, blank=True)
    structure = models.CharField(max_length=20, blank=True)
    structure_name = models.CharField(max_length=200, blank=True)
    house_number = models.CharField(max_length=20, blank=True)
    street = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    family_key = models.CharField(max_length=120)
    words = models.CharField(max_length=250)

    class Meta:
        indexes = [
            models.Index(fields=["extraction", "family_key"], name="annuaire_activity_family"),
            models.Index(fields=["extraction", "practitioner"], name="annuaire_activity_practitioner"),
        ]

    def __str__(self) -> str:
        return f"{self.given} {self.family}"
