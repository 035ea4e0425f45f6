"""Tables of the journal. Triggers of the database (:mod:`.protection`) refuse what these models would let through."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcc.audit.actions import Kind


class Segment(models.Model):
    """A sealed run of rows of one kind: its digest chains it to the former segment, its signature proves that we sealed it.

    Number 0 is the empty origin. A purged segment keeps its line: the chain stays whole when its rows are gone.
    """

    number = models.PositiveBigIntegerField(_("numéro"), primary_key=True)
    kind = models.CharField(_("nature"), max_length=16, default=Kind.MIXED.value)
    sealed_at = models.DateTimeField(_("scellé le"))
    first_at = models.DateTimeField(_("première trace"), null=True)
    last_at = models.DateTimeField(_("dernière trace"), null=True)
    count = models.PositiveIntegerField(_("nombre de traces"))
    previous = models.CharField(_("empreinte précédente"), max_length=64, blank=True)
    digest = models.CharField(_("empreinte"), max_length=64)
    key_id = models.CharField(_("clé"), max_length=16)
    signature = models.CharField(_("signature"), max_length=64)
    purged_at = models.DateTimeField(_("purgé le"), null=True)
    purge_key_id = models.CharField(_("clé de la purge"), max_length=16, blank=True)
    purge_signature = models.CharField(_("signature de la purge"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("segment du journal")
        verbose_name_plural = _("segments du journal")
        ordering = ["number"]
        indexes = [
            models.Index(fields=["kind", "last_at"], condition=models.Q(purged_at__isnull=True), name="audit_segment_expiry")
        ]

    def __str__(self) -> str:
        return f"segment {self.number}"


class Entry(models.Model):
    """One fact: who did what to which subject. No foreign key leaves the room: a trace outlives what it tells of.

    ``segment``, ``position`` and ``digest`` are filled once, by the sealer.
    """

    at = models.DateTimeField(_("date"))
    actor_id = models.UUIDField(_("auteur"), null=True)
    kind = models.CharField(_("nature"), max_length=16, default=Kind.MIXED.value)
    action = models.CharField(_("action"), max_length=60)
    subject = models.CharField(_("objet"), max_length=120)
    patient_id = models.UUIDField(_("patient"), null=True)
    facts = models.JSONField(_("faits"), default=dict)
    segment = models.ForeignKey(Segment, verbose_name=_("segment"), null=True, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField(_("rang"), null=True)
    digest = models.CharField(_("empreinte"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("trace")
        verbose_name_plural = _("traces")
        ordering = ["id"]
        # The page of the responsible goes back in time by (at, id), within one person, one patient, one kind or all.
        indexes = [
            models.Index(fields=["kind", "id"], condition=models.Q(segment__isnull=True), name="audit_entry_waiting"),
            models.Index(fields=["at", "id"], name="audit_entry_at"),
            models.Index(fields=["kind", "at", "id"], name="audit_entry_kind_at"),
            models.Index(fields=["actor_id", "at", "id"], name="audit_entry_actor_at"),
            models.Index(
                fields=["patient_id", "at", "id"], condition=models.Q(patient_id__isnull=False), name="audit_entry_patient_at"
            ),
            models.Index(fields=["subject", "at", "id"], name="audit_entry_subject_at"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["segment", "position"], name="audit_entry_position"),
            models.CheckConstraint(
                condition=models.Q(segment__isnull=True, position__isnull=True, digest="")
                | models.Q(segment__isnull=False, position__isnull=False),
                name="audit_entry_sealed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class Turn(models.Model):
    """One verification of the whole journal by the worker, slice after slice; ``ended_at`` is empty while it is under way."""

    began_at = models.DateTimeField(_("commencé le"))
    at = models.DateTimeField(_("dernière tranche"))
    ended_at = models.DateTimeField(_("terminé le"), null=True)
    reached = models.PositiveBigIntegerField(_("dernier segment vérifié"), default=0)
    breaches = models.PositiveIntegerField(_("anomalies"), default=0)
    message = models.CharField(_("première anomalie"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("vérification du journal")
        verbose_name_plural = _("vérifications du journal")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d} {self.breaches}"
