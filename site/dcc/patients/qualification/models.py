"""Tables of the qualification: the process of a patient, answers of INSi, what proves an identity, what a person must settle."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dcc.patients.qualification.policy import LEVELS


class Origin(models.TextChoices):
    """How an identity came (R-127): everything but what was typed is a flow."""

    TYPED = "saisie", _("Saisie")
    CDA = "cda", _("Document reçu")
    CALL = "call", _("Appel contextuel")
    DATAMATRIX = "datamatrix", _("Datamatrix lu")
    HL7 = "hl7", _("Message HL7")


class Wait(models.TextChoices):
    """What an open process waits for."""

    CLAUSE = "clause", _("Clause de confiance")
    INSI = "insi", _("Réponse d'INSi")
    CONFIRMATION = "confirmation", _("Confirmation des traits")
    PROOF = "justificatif", _("Justificatif d'identité")
    CORRECTION = "correction", _("Traits à revoir : INSi ne trouve pas")
    DUPLICATE = "doublon", _("INS déjà porté par un autre patient")
    DOUBT = "doute", _("Doute sur l'identité")


class Qualification(models.Model):
    """The process of a patient, from what arrived or was typed to *qualifiée*; at most one is open.

    ``clause`` is the last evidence of it. ``traits``, ``expected_oid`` and ``expected_matricule`` are what the flow said: INSi is
    asked with these traits; the INS waits here, never in the patient, until INSi gives it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="qualifications")
    facility = models.ForeignKey("accounts.Facility", on_delete=models.PROTECT, related_name="+")
    actor_id = models.UUIDField(null=True)
    source = models.CharField(max_length=10, choices=Origin)
    received = models.CharField(max_length=12, blank=True)
    proof = models.CharField(max_length=10, blank=True)
    match = models.CharField(max_length=12)
    answer = models.CharField(max_length=10, blank=True)
    traits = models.JSONField()
    expected_oid = models.CharField(max_length=40, blank=True)
    expected_matricule = models.CharField(max_length=15, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    waits = models.CharField(max_length=12, choices=Wait, blank=True)
    case = models.CharField(max_length=6, blank=True)
    code = models.CharField(max_length=2, blank=True)
    asks = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField(null=True)
    clause = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(closed_at__isnull=True), name="patients_one_qualification")
        ]
        indexes = [
            models.Index(fields=["facility", "waits"], condition=Q(closed_at__isnull=True), name="patients_qualif_facility"),
            models.Index(fields=["due_at"], condition=Q(closed_at__isnull=True), name="patients_qualif_due"),
            models.Index(fields=["expected_matricule"], condition=Q(closed_at__isnull=True), name="patients_qualif_expected"),
        ]

    def __str__(self) -> str:
        return f"qualification {self.pk}"


class Proposal(models.Model):
    """What INSi answered (00), which a person confirms or refuses before it enters the patient; kept as it was."""

    class State(models.TextChoices):
        PENDING = "attente", _("À confirmer")
        ACCEPTED = "acceptee", _("Acceptée")
        REFUSED = "refusee", _("Refusée")
        REPLACED = "remplacee", _("Remplacée")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="proposals")
    qualification = models.ForeignKey(Qualification, on_delete=models.PROTECT, related_name="proposals")
    traits = models.JSONField()
    oid = models.CharField(max_length=40)
    matricule = models.CharField(max_length=15)
    former = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    answer_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("réponse d'INSi")
        verbose_name_plural = _("réponses d'INSi")
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(state="attente"), name="patients_one_pending_proposal")
        ]

    def __str__(self) -> str:
        return f"réponse d'INSi {self.pk}"


class IdentityProof(models.Model):
    """A justificatif that was seen, or came with a flow; ``ended_at`` when what it proved was given up."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=10)
    level = models.CharField(max_length=10, choices=[(level, level) for level in LEVELS])
    origin = models.CharField(max_length=10, choices=Origin)
    knows_patient = models.BooleanField(default=False)
    facility = models.ForeignKey("accounts.Facility", on_delete=models.PROTECT, null=True, related_name="+")
    actor_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("justificatif d'identité")
        verbose_name_plural = _("justificatifs d'identité")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="TC") | ~Q(origin=Origin.TYPED), name="patients_third_party_by_flow")
        ]

    def __str__(self) -> str:
        return f"justificatif {self.pk}"


class InsOfHistory(models.Model):
    """A matricule that INSi says the person had; days as INSi writes them, which need not be in order (EXI REC 08)."""

    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="ins_history")
    oid = models.CharField(max_length=40)
    matricule = models.CharField(max_length=15, db_index=True)
    begins = models.CharField(max_length=40, blank=True)
    ends = models.CharField(max_length=40, blank=True)
    given_at = models.DateTimeField()

    class Meta:
        verbose_name = _("matricule de l'historique INS")
        verbose_name_plural = _("matricules de l'historique INS")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"matricule de l'historique {self.pk}"


class Reconciliation(models.Model):
    """An identity received that contradicts what is known, until a person says whether it is the same; then the answer stays.

    ``fingerprint`` is of what was received and whom it may be: the same again finds the same row, and its answer.
    """

    class State(models.TextChoices):
        PENDING = "attente", _("À rapprocher")
        KEPT = "conserver", _("Identité conservée")
        CREATED = "creer", _("Identité créée")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True)
    facility = models.ForeignKey("accounts.Facility", on_delete=models.PROTECT, related_name="+")
    actor_id = models.UUIDField(null=True)
    source = models.CharField(max_length=10, choices=Origin)
    header = models.JSONField()
    received = models.CharField(max_length=12)
    proof = models.CharField(max_length=10, blank=True)
    attribute = models.CharField(max_length=10, blank=True)
    why = models.CharField(max_length=300)
    candidates = models.ManyToManyField("patients.Patient", related_name="reconciliations")
    revision = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    outcome = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(_("motif"), max_length=500, blank=True)
    insi_code = models.CharField(max_length=2, blank=True)
    insi_oid = models.CharField(max_length=40, blank=True)
    insi_matricule = models.CharField(max_length=15, blank=True)

    class Meta:
        verbose_name = _("identité à rapprocher")
        verbose_name_plural = _("identités à rapprocher")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="attente", outcome=None) | ~Q(state="attente") & Q(outcome__isnull=False),
                name="patients_reconciled_with_outcome",
            )
        ]
        indexes = [models.Index(fields=["facility", "state"], name="patients_to_reconcile")]

    def __str__(self) -> str:
        return f"identité à rapprocher {self.pk}"


class PolicyVersion(models.Model):
    """The region's policy as somebody set it; the last one is in force, all are kept."""

    number = models.PositiveIntegerField(unique=True)
    data = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.UUIDField(null=True)
    reason = models.CharField(_("motif"), max_length=200)

    class Meta:
        verbose_name = _("politique de qualification")
        verbose_name_plural = _("politiques de qualification")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"politique {self.number}"
