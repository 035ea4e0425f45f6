"""RCP: what the national list and the region say of them, their former codes, their organs, their members."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from rcp_directory.codes import BODY_SYSTEMS, ENCOUNTERS, NATURES, ORGANS, SECTORS, VIRTUAL
from rcp_directory.models.networks import NATIONAL_ID, OID, CoordinationCentre, check_name


def body_system_choices() -> list[tuple[str, str]]:
    """The list, read when it is asked for: a code more in it is no migration."""
    return [(code, coded.label) for code, coded in BODY_SYSTEMS.items()]


def organ_choices() -> list[tuple[str, str]]:
    """As :func:`body_system_choices`."""
    return [(code, coded.label) for code, coded in ORGANS.items()]


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
    body_system = models.CharField(_("appareil (JDV_RCP_Appareil)"), max_length=20, choices=body_system_choices, blank=True)
    speciality = models.CharField(
        _("mots pour la recherche"),
        max_length=200,
        blank=True,
        help_text=_("Par exemple « sein, gynécologie »."),
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
    list_version = models.CharField(
        _("liste nationale"),
        max_length=60,
        blank=True,
        editable=False,
        help_text=_("Version de la dernière liste importée qui nomme cette RCP ; vide : la région l'a saisie."),
    )

    closed_by_list = models.BooleanField(default=False, editable=False)

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
    def address(self) -> str:
        """Where cases for it are sent: its mailbox, else that of its network; empty when neither is known."""
        return str(self.mailbox or self.centre.network.mailbox)

    @property
    def is_open(self) -> bool:
        """Whether cases can be addressed to it today; a closed RCP stays readable."""
        today = timezone.localdate()
        return not (self.active_from and self.active_from > today) and not (self.active_to and self.active_to <= today)


class RcpOrgan(models.Model):
    """An organ that an RCP is for (JDV_RCP_Organe)."""

    rcp = ParentalKey(Rcp, on_delete=models.CASCADE, related_name="organs")
    code = models.CharField(_("organe (JDV_RCP_Organe)"), max_length=20, choices=organ_choices)

    class Meta:
        verbose_name = _("organe")
        verbose_name_plural = _("organes")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["rcp", "code"], name="rcp_directory_organ_once")]

    def __str__(self) -> str:
        return str(self.get_code_display())


class FormerCode(models.Model):
    """A national identifier that an RCP had before: documents that name it stay readable and find it."""

    rcp = ParentalKey(Rcp, on_delete=models.CASCADE, related_name="former_codes")
    code = models.CharField(_("ancien identifiant national"), max_length=30, unique=True, validators=[NATIONAL_ID])
    until = models.DateField(_("jusqu'au"), null=True, blank=True)

    class Meta:
        verbose_name = _("ancien identifiant")
        verbose_name_plural = _("anciens identifiants")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.code


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
