"""Patients and what finds them. Constraints carry the rules of identity; writes go through the services of the room."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dcc.patients.qualification.models import (
    IdentityProof,
    InsOfHistory,
    Origin,
    PolicyVersion,
    Proposal,
    Qualification,
    Reconciliation,
)
from dcc.patients.qualification.table import Reliability
from dcc.patients.relations import BrokenGlass, CareTeamMember, Masking
from dcc.patients.sameness import DuplicateAlert, Link, Merge

__all__ = [
    "BrokenGlass",
    "CareTeamMember",
    "Contact",
    "DuplicateAlert",
    "Following",
    "FormerIns",
    "IdentityProof",
    "InsOfHistory",
    "Link",
    "LocalIdentifier",
    "Masking",
    "Merge",
    "NameWord",
    "Origin",
    "Patient",
    "PolicyVersion",
    "Proposal",
    "Qualification",
    "Reconciliation",
    "Revision",
    "Status",
    "WordVariant",
]


class Status(models.TextChoices):
    """Reliability of an identity (RNIV, EXI SI 07): nothing known, taken from INSi, checked against a high-trust proof, both."""

    PROVISIONAL = Reliability.PROV.value, _("Provisoire")
    RETRIEVED = Reliability.RECUP.value, _("Récupérée")
    CHECKED = Reliability.VALI.value, _("Validée")
    QUALIFIED = Reliability.QUAL.value, _("Qualifiée")


WITH_INS = [Status(one.value) for one in Reliability if one.retrieved]


class Standing(models.Manager["Patient"]):
    """Identities that no merge absorbed: nobody finds, recognises or changes the others."""

    def get_queryset(self) -> models.QuerySet[Patient]:
        return super().get_queryset().filter(merged_into=None)


class Patient(models.Model):
    """One person as the platform knows her now; what she was called before is in :class:`Revision`.

    ``objects`` are the identities that stand; ``everyone`` has those that a merge absorbed too, which point to the one that was
    kept (``merged_into``). ``compared`` is the revision at which the identity was last compared with the others. Strict
    traits are in INSi characters. ``birth_date`` is ISO text, not a date: INSi may give one that no calendar has.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.PositiveIntegerField(_("révision"), default=1)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    status = models.CharField(_("statut de l'identité"), max_length=12, choices=Status, default=Status.PROVISIONAL)
    homonym = models.BooleanField(_("homonyme"), default=False)
    doubtful = models.BooleanField(_("identité douteuse"), default=False)
    fictitious = models.BooleanField(_("identité fictive"), default=False)

    birth_name = models.CharField(_("nom de naissance"), max_length=100)
    first_given_name = models.CharField(_("premier prénom de naissance"), max_length=100)
    given_names = models.CharField(_("prénoms de naissance"), max_length=100, blank=True)
    sex = models.CharField(_("sexe"), max_length=1, choices=[("M", _("Masculin")), ("F", _("Féminin")), ("I", _("Indéterminé"))])
    birth_date = models.CharField(_("date de naissance"), max_length=10)
    birth_date_unknown = models.CharField(
        _("partie inconnue de la date de naissance"),
        max_length=10,
        blank=True,
        choices=[
            ("jour", _("jour inconnu")),
            ("mois", _("mois inconnu")),
            ("jour_mois", _("jour et mois inconnus")),
            ("annee", _("année estimée")),
        ],
    )
    birth_place_code = models.CharField(_("lieu de naissance (code officiel géographique)"), max_length=5, blank=True)
    birth_place_name = models.CharField(_("lieu de naissance"), max_length=100, blank=True)
    used_name = models.CharField(_("nom utilisé"), max_length=100, blank=True)
    used_given_name = models.CharField(_("prénom utilisé"), max_length=100, blank=True)

    ins_oid = models.CharField(_("autorité de l'INS"), max_length=40, blank=True)
    ins_matricule = models.CharField(_("matricule INS"), max_length=15, blank=True)

    origin = models.CharField(_("source de l'identité"), max_length=10, choices=Origin, default=Origin.TYPED)
    insi_at = models.DateTimeField(_("traits donnés par INSi le"), null=True)

    masked = models.BooleanField(_("dossier masqué"), default=False)

    address = models.JSONField(_("adresse"), null=True, blank=True)
    telecoms = models.JSONField(_("télécommunications"), default=list, blank=True)

    name_key = models.CharField(max_length=100, editable=False)

    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    compared = models.PositiveIntegerField(default=0, editable=False)

    objects = Standing()
    everyone: models.Manager[Patient] = models.Manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        indexes = [
            models.Index(fields=["birth_date", "name_key"], name="patients_birth_date"),
            models.Index(fields=["name_key", "birth_date"], name="patients_name_key"),
            models.Index(fields=["ins_matricule"], name="patients_matricule"),
            models.Index(fields=["id"], condition=Q(masked=True), name="patients_masked"),
            models.Index(fields=["id"], condition=~Q(compared=F("revision")), name="patients_to_compare"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["ins_oid", "ins_matricule"], condition=~Q(ins_matricule=""), name="patients_one_per_ins"
            ),
            models.CheckConstraint(
                condition=Q(status__in=WITH_INS) & ~Q(ins_matricule="") & ~Q(ins_oid="")
                | ~Q(status__in=WITH_INS) & Q(ins_matricule="", ins_oid=""),
                name="patients_ins_with_status",
            ),
            models.CheckConstraint(
                condition=Q(doubtful=False, fictitious=False) | Q(status=Status.PROVISIONAL), name="patients_doubt_is_provisional"
            ),
            models.CheckConstraint(
                condition=Q(fictitious=False) | Q(doubtful=False, homonym=False), name="patients_fictitious_alone"
            ),
            models.CheckConstraint(condition=Q(sex__in=["M", "F", "I"]), name="patients_sex"),
            models.CheckConstraint(condition=Q(merged_into=None) | Q(ins_matricule=""), name="patients_absorbed_without_ins"),
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"


class FormerIns(models.Model):
    """An INS the patient no longer has: kept for ever, found by search, never sent."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="former_ins")
    oid = models.CharField(max_length=40)
    matricule = models.CharField(max_length=15, db_index=True)
    ended_at = models.DateTimeField(_("jusqu'au"))
    reason = models.CharField(_("raison"), max_length=40)

    class Meta:
        verbose_name = _("ancien INS")
        verbose_name_plural = _("anciens INS")

    def __str__(self) -> str:
        return f"ancien INS {self.pk}"


class LocalIdentifier(models.Model):
    """The number a facility gives the patient (IPP), under the facility's OID."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="identifiers")
    root = models.CharField(_("OID"), max_length=64)
    extension = models.CharField(_("identifiant"), max_length=64)

    class Meta:
        verbose_name = _("identifiant local")
        verbose_name_plural = _("identifiants locaux")
        ordering = ["pk"]
        indexes = [models.Index(fields=["extension"], name="patients_identifier_ext")]
        constraints = [models.UniqueConstraint(fields=["root", "extension"], name="patients_identifier_once")]

    def __str__(self) -> str:
        return f"identifiant local {self.pk}"


class Contact(models.Model):
    """A person around the patient. ``relation`` is coded (JDV_J11), ``address`` and ``telecoms`` have the shapes of answers."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="contacts")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(
        _("rôle"),
        max_length=12,
        choices=[
            ("confiance", _("Personne de confiance")),
            ("urgence", _("Personne à prévenir")),
            ("representant", _("Représentant")),
        ],
    )
    prefix = models.CharField(_("civilité"), max_length=5, blank=True)
    family = models.CharField(_("nom"), max_length=100)
    given = models.CharField(_("prénom"), max_length=100, blank=True)
    relation = models.JSONField(_("lien"), null=True, blank=True)
    address = models.JSONField(_("adresse"), null=True, blank=True)
    telecoms = models.JSONField(_("télécommunications"), default=list, blank=True)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["patient", "rank"], name="patients_contact_rank"),
            models.CheckConstraint(condition=Q(kind__in=["confiance", "urgence", "representant"]), name="patients_contact_kind"),
        ]

    def __str__(self) -> str:
        return f"contact {self.pk}"


class Following(models.Model):
    """A facility that follows the patient: its team may open the file."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="followings")
    facility = models.ForeignKey("accounts.Facility", on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("suivi")
        verbose_name_plural = _("suivis")
        constraints = [models.UniqueConstraint(fields=["patient", "facility"], name="patients_following_once")]

    def __str__(self) -> str:
        return f"suivi {self.pk}"


class Revision(models.Model):
    """The whole identity as it stood after one change, with who changed it and why. Lines are only ever added."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=40)
    picture = models.JSONField()

    class Meta:
        verbose_name = _("révision d'identité")
        verbose_name_plural = _("révisions d'identité")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["patient", "number"], name="patients_revision_number")]

    def __str__(self) -> str:
        return f"révision {self.number}"


class NameWord(models.Model):
    """One searchable word of a patient's names within one facility: a search never leaves the facilities it was given."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="name_words", db_index=False)
    facility = models.ForeignKey("accounts.Facility", on_delete=models.CASCADE, related_name="+", db_index=False)
    word = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("mot de recherche")
        verbose_name_plural = _("mots de recherche")
        indexes = [models.Index(fields=["facility", "word", "patient"], name="patients_word")]
        constraints = [models.UniqueConstraint(fields=["patient", "facility", "word"], name="patients_word_once")]

    def __str__(self) -> str:
        return self.word


class WordVariant(models.Model):
    """A word of the names' vocabulary under each form it takes by losing one letter: what finds it in spite of a typing slip."""

    variant = models.CharField(max_length=40)
    word = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("variante de recherche")
        verbose_name_plural = _("variantes de recherche")
        constraints = [models.UniqueConstraint(fields=["variant", "word"], name="patients_variant_once")]

    def __str__(self) -> str:
        return self.variant
