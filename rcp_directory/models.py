"""Regional networks, coordination centres, RCP and their sessions, as the DSRC keeps them in Wagtail."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from rcp_directory.codes import ENCOUNTERS, NATURES, SECTORS, VIRTUAL
from rcp_directory.title import SEPARATOR

NATIONAL_ID = RegexValidator(r"^[0-9A-Za-z.\-]{1,30}\Z", _("Lettres, chiffres, points et tirets."))
OID = RegexValidator(r"^[0-2](\.(0|[1-9]\d*))+\Z", _("Un OID : des nombres séparés par des points."))


def check_name(value: str) -> None:
    """A name that goes into the title of an FRCP cannot hold what parts its names."""
    if SEPARATOR in value:
        raise ValidationError(_("« / » entre deux espaces sépare déjà les noms dans le titre de la fiche."))


class RegionalNetwork(models.Model):
    """A regional cancer network (RRC), known by its national identifier (OID 1.2.250.1.161.1.20.1.1)."""

    national_id = models.CharField(_("identifiant national"), max_length=30, unique=True, validators=[NATIONAL_ID])
    acronym = models.CharField(_("sigle"), max_length=60, blank=True, validators=[check_name])
    name = models.CharField(_("dénomination"), max_length=200, validators=[check_name])

    class Meta:
        verbose_name = _("réseau régional (RRC)")
        verbose_name_plural = _("réseaux régionaux (RRC)")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.acronym or self.name


class CoordinationCentre(models.Model):
    """A coordination centre (3C) that runs RCP, known by its national identifier (OID 1.2.250.1.161.1.20.2.1)."""

    national_id = models.CharField(_("identifiant national"), max_length=30, unique=True, validators=[NATIONAL_ID])
    acronym = models.CharField(_("sigle"), max_length=60, blank=True, validators=[check_name])
    name = models.CharField(_("dénomination"), max_length=200, validators=[check_name])
    network = models.ForeignKey(
        RegionalNetwork, on_delete=models.PROTECT, related_name="centres", verbose_name=_("réseau régional (RRC)")
    )

    class Meta:
        verbose_name = _("centre de coordination (3C)")
        verbose_name_plural = _("centres de coordination (3C)")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.acronym or self.name


class Rcp(ClusterableModel):  # type: ignore[misc]  # modelcluster ships no types
    """A tumour board (RCP), known by its national identifier (OID 1.2.250.1.161.1.20.3.1).

    It has no revisions: Wagtail would save it by itself while it is typed, and what it saves is live.
    """

    national_id = models.CharField(_("identifiant national"), max_length=30, unique=True, validators=[NATIONAL_ID])
    denomination = models.CharField(_("dénomination"), max_length=200, validators=[check_name])
    centre = models.ForeignKey(
        CoordinationCentre, on_delete=models.PROTECT, related_name="+", verbose_name=_("gestionnaire (3C)")
    )
    nature = models.CharField(_("nature"), max_length=10, choices=list(NATURES.items()), blank=True)
    speciality = models.CharField(
        _("organe ou spécialité"),
        max_length=200,
        blank=True,
        help_text=_("Pour la recherche, par exemple « sein, gynécologie »."),
    )
    is_recourse = models.BooleanField(_("RCP de recours"), default=False)
    is_paediatric = models.BooleanField(_("RCP pédiatrique"), default=False)
    coordinator = models.ForeignKey(
        "accounts.Practitioner",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("médecin coordonnateur"),
    )
    establishment = models.ForeignKey(
        "accounts.Facility",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("établissement où elle se tient"),
    )
    sector = models.CharField(
        _("secteur d'activité (JDV_J02)"),
        max_length=10,
        choices=list(SECTORS.items()),
        blank=True,
        help_text=_("Vide : celui de l'établissement."),
    )
    encounter = models.CharField(_("type de prise en charge"), max_length=10, choices=list(ENCOUNTERS.items()), default=VIRTUAL)
    mailbox = models.EmailField(
        _("boîte aux lettres applicative MSSanté"),
        blank=True,
        help_text=_("Reçoit les fiches que d'autres régions adressent à cette RCP."),
    )
    timetable = models.CharField(_("jours et horaires"), max_length=200, blank=True)
    active_from = models.DateField(_("active depuis le"), null=True, blank=True)
    active_to = models.DateField(_("fermée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("RCP")
        verbose_name_plural = _("RCP")
        ordering = ["denomination"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(active_from__isnull=True)
                | models.Q(active_to__isnull=True)
                | models.Q(active_to__gte=models.F("active_from")),
                name="rcp_directory_rcp_dates",
                violation_error_message=_("La fermeture ne peut pas précéder l'ouverture."),
            )
        ]

    def __str__(self) -> str:
        return self.denomination

    @property
    def is_open(self) -> bool:
        """Whether cases can be addressed to it today; a closed RCP stays readable."""
        today = timezone.localdate()
        return not (self.active_from and self.active_from > today) and not (self.active_to and self.active_to <= today)


class LocalIdentifier(models.Model):
    """An identifier that a structure gives to an RCP, under the OID of the structure."""

    rcp = ParentalKey(Rcp, on_delete=models.CASCADE, related_name="local_identifiers")
    root = models.CharField(_("OID de la structure"), max_length=64, validators=[OID])
    value = models.CharField(_("identifiant"), max_length=60)

    class Meta:
        verbose_name = _("identifiant local")
        verbose_name_plural = _("identifiants locaux")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["rcp", "root", "value"], name="rcp_directory_local_identifier")]

    def __str__(self) -> str:
        return f"{self.root} {self.value}"


class RcpMember(models.Model):
    """A professional who sits in an RCP beside its coordinator: with an account, he reads the FRCP addressed to it."""

    rcp = ParentalKey(Rcp, on_delete=models.CASCADE, related_name="members")
    practitioner = models.ForeignKey(
        "accounts.Practitioner", on_delete=models.CASCADE, related_name="+", verbose_name=_("professionnel")
    )

    class Meta:
        verbose_name = _("membre de la RCP")
        verbose_name_plural = _("membres de la RCP")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["rcp", "practitioner"], name="rcp_directory_member_once")]

    def __str__(self) -> str:
        return str(self.practitioner)


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
