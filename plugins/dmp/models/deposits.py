"""What this platform put in DMPs, so that nobody has to guess after a crash, nor to read visibility back (dmp_psc.md §0, §5)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcc.contracts.snapshots import InstanceId


class Stage(models.TextChoices):
    """How far a deposit went. ``STARTED`` is written before the request leaves: after a crash it is looked for (TD3.1b)."""

    NEW = "nouveau", _("Pas encore déposé")
    STARTED = "en_cours", _("Dépôt commencé, issue inconnue")
    DEPOSITED = "depose", _("Déposé")
    WITHDRAWN = "retire", _("Retiré du DMP")


class Visibility(models.TextChoices):
    """Who sees it, as it was sent last. What was visible is never hidden again (dmp_psc.md §0)."""

    INVISIBLE = "invisible", _("Invisible au patient")
    GUARDIANS = "representants", _("Invisible aux représentants légaux")
    VISIBLE = "visible", _("Visible par le patient")


class Deposit(models.Model):
    """One transmission of the channel « dmp »: the CDA it put there, and who sees it.

    ``key`` is the transmission, ``unique_id`` the ClinicalDocument/id (OID), ``set_id`` its family, ``lot`` the uniqueId of the
    submission set, the same however often it is tried. ``replaced_by`` is the uniqueId of the deposit that came in its place.
    ``practitioners`` are the national identifiers of its authors and legal authenticator, in whose sessions it may be changed.
    ``depositor`` is the national identifier of the professional in whose session it was made. ``ins_root`` and ``ins_extension``
    are the INS in the CDA, which says in whose DMP it is: what is in another one counts for nothing here. ``misplaced_at``: since
    when the patient has another INS, so that its author has to take it away there (decision 0342).
    """

    key = models.UUIDField(primary_key=True, editable=False)
    document_id = models.UUIDField()
    document_type = models.CharField(max_length=20)
    reference_id = models.UUIDField(_("document suivi"), null=True, blank=True)
    unique_id = models.CharField(max_length=128, unique=True)
    set_id = models.CharField(max_length=128, blank=True)
    version_number = models.PositiveIntegerField(default=1)
    lot = models.CharField(max_length=128)
    ins_root = models.CharField(_("autorité de l'INS"), max_length=40, blank=True)
    ins_extension = models.CharField(_("matricule INS"), max_length=15, blank=True)
    stage = models.CharField(_("étape"), max_length=8, choices=Stage, default=Stage.NEW)
    visibility = models.CharField(_("visibilité"), max_length=14, choices=Visibility)
    replaced_by = models.CharField(max_length=128, blank=True)
    practitioners = models.JSONField(default=list)
    depositor = models.CharField(max_length=20, blank=True)
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    deposited_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(_("rendu visible le"), null=True, blank=True)
    misplaced_at = models.DateTimeField(_("sous une autre INS depuis le"), null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("dépôt au DMP")
        verbose_name_plural = _("dépôts au DMP")
        indexes = [
            models.Index(fields=["document_id", "version_number"], name="dmp_deposit_document"),
            models.Index(fields=["reference_id"], name="dmp_deposit_reference"),
            models.Index(fields=["misplaced_at"], condition=models.Q(misplaced_at__isnull=False), name="dmp_deposit_misplaced"),
        ]

    def __str__(self) -> str:
        return f"{self.document_type} {self.stage}"

    @property
    def ins(self) -> InstanceId:
        """In whose DMP it is."""
        return InstanceId(self.ins_root, self.ins_extension)
