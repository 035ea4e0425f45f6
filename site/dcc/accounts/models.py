"""People and structures. Fields and constraints only; writes go through the services of the room."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcc.accounts.calls.models import CallingKey, CallingSoftware, CallTicket
from dcc.accounts.devices import Authenticator, MailedCode, RecoveryCode, RecoveryDevice
from dcc.accounts.psc.models import AdmissionRequest, PscSession, UsedLogoutToken

__all__ = [
    "AdmissionRequest",
    "Authenticator",
    "CallTicket",
    "CallingKey",
    "CallingSoftware",
    "Facility",
    "FormerPassword",
    "MailedCode",
    "Membership",
    "OpenSession",
    "Practitioner",
    "PscSession",
    "RecoveryCode",
    "RecoveryDevice",
    "Role",
    "UsedLogoutToken",
    "User",
]


class Facility(models.Model):
    """A health establishment or practice, known by its FINESS geographic number when it has one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    finess = models.CharField(_("numéro FINESS"), max_length=9, blank=True)
    name = models.CharField(_("dénomination"), max_length=200)
    house_number = models.CharField(_("numéro"), max_length=20, blank=True)
    street = models.CharField(_("voie"), max_length=200, blank=True)
    postal_code = models.CharField(_("code postal"), max_length=10, blank=True)
    city = models.CharField(_("commune"), max_length=100, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    sector = models.CharField(_("cadre d'exercice (JDV_J04)"), max_length=40, default="ETABLISSEMENT")
    facility_type = models.CharField(_("secteur d'activité (JDV_J02)"), max_length=10, default="SA01")
    identifier_oid = models.CharField(_("OID d'émission des IPP"), max_length=64, blank=True)
    legal_finess = models.CharField(_("numéro FINESS de l'entité juridique"), max_length=9, blank=True)
    directory_id = models.CharField(
        _("identifiant de structure (Annuaire Santé)"),
        max_length=30,
        blank=True,
        help_text=_("Identifiant technique ou Struct_IdNat d'une structure sans FINESS, comme un cabinet."),
    )
    network = models.CharField(
        _("identifiant du DSRC de rattachement"),
        max_length=30,
        blank=True,
        help_text=_("Vide : celui de cette région."),
    )

    class Meta:
        verbose_name = _("structure")
        verbose_name_plural = _("structures")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["finess"], condition=~models.Q(finess=""), name="accounts_facility_finess"),
            models.UniqueConstraint(
                fields=["directory_id"], condition=~models.Q(directory_id=""), name="accounts_facility_directory_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Practitioner(models.Model):
    """A health professional, known by the national identifier (RPPS or ADELI number with its type digit)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    national_id = models.CharField(_("identifiant national"), max_length=20, blank=True)
    prefix = models.CharField(_("civilité"), max_length=5, blank=True)
    suffix = models.CharField(_("titre"), max_length=5, blank=True)
    family = models.CharField(_("nom"), max_length=100)
    given = models.CharField(_("prénom"), max_length=100, blank=True)
    profession_code = models.CharField(_("profession / spécialité (JDV_J01)"), max_length=30, blank=True)
    phone = models.CharField(_("téléphone"), max_length=30, blank=True)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="practitioners")

    class Meta:
        verbose_name = _("professionnel")
        verbose_name_plural = _("professionnels")
        ordering = ["family", "given"]
        constraints = [
            models.UniqueConstraint(
                fields=["national_id"], condition=~models.Q(national_id=""), name="accounts_practitioner_national_id"
            ),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.suffix, self.given, self.family) if part)


class User(AbstractUser):  # type: ignore[django-manager-missing]  # the manager of RecoveryDevice is django-otp's, untyped
    """A person who signs in. A clinician is tied to a practitioner; editors and administrators need not be.

    ``enrolment_until`` is set while the person is invited to choose a password and a second factor, and only then may enrol.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practitioner = models.OneToOneField(
        Practitioner, on_delete=models.PROTECT, null=True, blank=True, related_name="user", verbose_name=_("professionnel")
    )
    one_time_password = models.BooleanField(_("mot de passe à usage unique"), default=False)
    enrolment_until = models.DateTimeField(_("invitation valable jusqu'au"), null=True, blank=True)
    password_changed_at = models.DateTimeField(_("mot de passe choisi le"), null=True, blank=True, editable=False)
    password_breached = models.BooleanField(_("mot de passe divulgué"), default=False, editable=False)

    class Meta:
        verbose_name = _("utilisateur")
        verbose_name_plural = _("utilisateurs")

    def __str__(self) -> str:
        """How people call each other on screen; load ``practitioner`` with the users that are listed."""
        return str(self.practitioner) if self.practitioner_id else self.get_full_name() or self.username


class Role(models.TextChoices):
    """What a person is in a facility, or for the region."""

    PHYSICIAN = "medecin", _("Médecin")
    ASSISTANT = "assistant", _("Assistant médical / secrétaire RCP")
    READER = "lecteur", _("Lecteur")
    EDITOR = "editeur", _("Éditeur DSRC")
    ADMIN = "administrateur", _("Administrateur")
    RESPONSIBLE = "responsable", _("Responsable des accès (RSSI, DPO)")


class Membership(models.Model):
    """A role of a user: in a facility for clinical roles, for the region (no facility) for those who care for the platform."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("rôle"), max_length=20, choices=Role)
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")

    class Meta:
        verbose_name = _("rattachement")
        verbose_name_plural = _("rattachements")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "facility"],
                condition=models.Q(facility__isnull=False),
                name="accounts_membership_unique",
            ),
            models.UniqueConstraint(
                fields=["user", "role"], condition=models.Q(facility__isnull=True), name="accounts_membership_regional"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["editeur", "administrateur", "responsable"]) | models.Q(facility__isnull=False),
                name="accounts_membership_clinical_has_facility",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} : {self.get_role_display()}"


class FormerPassword(models.Model):
    """A password that a person had, as its hash: not to be chosen again."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)

    class Meta:
        verbose_name = _("ancien mot de passe")
        verbose_name_plural = _("anciens mots de passe")

    def __str__(self) -> str:
        return f"ancien mot de passe {self.pk}"


class OpenSession(models.Model):
    """What a person is told of a session of hers: on what device, since when. Django's own row of the session says the rest.

    No constraint ties the two: a session ends in many ways, and its line is of no use then.
    """

    key = models.CharField(max_length=40, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    device = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("session ouverte")
        verbose_name_plural = _("sessions ouvertes")

    def __str__(self) -> str:
        return f"session de {self.user_id}"
