"""Conventions: between an establishment and its DSRC, and between DSRC; with what amended them."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, storages
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

FINESS = RegexValidator(r"^\d[\dAB]\d{7}\Z", _("Un numéro FINESS compte neuf caractères."))
NETWORK = RegexValidator(r"^[A-Za-z0-9.-]+\Z", _("Identifiant national du DSRC : chiffres, lettres sans accent, points, tirets."))


def private_storage() -> Storage:
    """Where signed scans are kept: served by no address but ours."""
    return storages["conventions"]


class Kind(models.TextChoices):
    """Who signed (CDC §2.3.1)."""

    FACILITY = "es_dsrc", _("Établissement et DSRC")
    NETWORK = "dsrc_dsrc", _("DSRC et DSRC")


class Convention(ClusterableModel):  # type: ignore[misc]  # modelcluster ships no types
    """A convention. Days are inclusive, in Paris. It is ended, never deleted (the database refuses).

    ``network`` is the DSRC of the establishment (blank: ours), or the other DSRC. The clause is there from the first day
    (``has_clause``), or from that of an amendment which adds it.
    """

    kind = models.CharField(_("nature"), max_length=10, choices=Kind, default=Kind.FACILITY)
    reference = models.CharField(_("référence"), max_length=60, blank=True)
    legal_finess = models.CharField(
        _("FINESS de l'entité juridique"),
        max_length=9,
        blank=True,
        validators=[FINESS],
        help_text=_("De la personne morale qui signe ; vide pour une convention entre DSRC."),
    )
    party = models.CharField(_("dénomination du signataire"), max_length=200)
    network = models.CharField(
        _("identifiant du DSRC"),
        max_length=30,
        blank=True,
        validators=[NETWORK],
        help_text=_("Établissement : son DSRC, vide pour le nôtre. Entre DSRC : l'autre DSRC."),
    )
    signed_on = models.DateField(_("signée le"), null=True, blank=True)
    valid_from = models.DateField(_("valable à partir du"))
    valid_to = models.DateField(_("jusqu'au (inclus)"), null=True, blank=True, help_text=_("Vide : sans terme."))
    has_clause = models.BooleanField(_("contient la clause de confiance INS"), default=False)
    clause_version = models.CharField(_("version de la clause"), max_length=60, blank=True)
    mutual = models.BooleanField(
        _("clause de réciprocité"),
        default=False,
        help_text=_("Entre DSRC : l'engagement d'un établissement envers l'un vaut pour l'autre."),
    )
    scan = models.FileField(
        _("pièce signée (PDF)"), storage=private_storage, upload_to="signees/", blank=True, help_text=_("PDF, 20 Mo au plus.")
    )
    scan_sha256 = models.CharField(_("empreinte de la pièce"), max_length=64, blank=True, editable=False)
    ended_on = models.DateField(_("résiliée, dernier jour"), null=True, blank=True)
    ended_why = models.CharField(_("motif de la résiliation"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("convention")
        verbose_name_plural = _("conventions")
        ordering = ["party", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=Kind.FACILITY) & ~Q(legal_finess=""))
                | (Q(kind=Kind.NETWORK, legal_finess="") & ~Q(network="")),
                name="trust_convention_parties",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="trust_convention_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} ({self.get_kind_display()}, {self.valid_from:%d/%m/%Y})"

    def clean(self) -> None:
        """Raise ``ValidationError`` at the field when the parties or the days do not hold together."""
        missing = {
            "legal_finess": self.kind == Kind.FACILITY
            and not self.legal_finess
            and _("Nécessaire : l'entité juridique qui signe."),
            "network": self.kind == Kind.NETWORK and not self.network and _("Nécessaire : l'autre DSRC."),
            "valid_to": self.valid_to is not None
            and self.valid_from is not None  # a form whose day is not one
            and self.valid_to < self.valid_from
            and _("Avant le premier jour."),
        }
        if self.kind == Kind.NETWORK and self.legal_finess:
            missing["legal_finess"] = _("À laisser vide entre DSRC.")
        if problems := {name: words for name, words in missing.items() if words}:
            raise ValidationError(problems)


class Amendment(models.Model):
    """What changed a convention (avenant): most often the clause that it lacked (R-116)."""

    convention = ParentalKey(Convention, on_delete=models.CASCADE, related_name="amendments")
    signed_on = models.DateField(_("signé le"))
    effective_on = models.DateField(_("en vigueur à partir du"))
    has_clause = models.BooleanField(_("ajoute ou remplace la clause de confiance"), default=True)
    clause_version = models.CharField(_("version de la clause"), max_length=60, blank=True)
    mutual = models.BooleanField(_("ajoute la clause de réciprocité"), default=False)
    extended_to = models.DateField(_("prolonge jusqu'au (inclus)"), null=True, blank=True)
    note = models.CharField(_("objet"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("avenant")
        verbose_name_plural = _("avenants")
        ordering = ["effective_on", "pk"]

    def __str__(self) -> str:
        return f"avenant du {self.signed_on:%d/%m/%Y}"
