"""Tables of the documents room: fields and constraints only; the database forbids changing what was validated (migrations)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcc.documents.states import STATUS_LABELS, STATUSES


class Document(models.Model):
    """A document of a patient through all its versions; ``set_id`` is CDA's setId, kept from the source when received.

    ``reference`` is the validated document it follows (the FRCP of a PPS), the same for all its versions (R-059, R-069);
    ``reference_root`` and its extension are how a received one names it, whether it is here or not. ``abandoned``: given up
    before any version was validated, so that what it followed may be followed anew. The database keeps all of it (``guards``).
    ``created_by`` is nobody when the platform itself received it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document_type = models.CharField(_("type"), max_length=20)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="documents")
    facility = models.ForeignKey("accounts.Facility", on_delete=models.PROTECT, related_name="documents")
    set_id_root = models.CharField(max_length=128)
    set_id_extension = models.CharField(max_length=128, blank=True)
    reference = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followers")
    reference_root = models.CharField(max_length=128, blank=True)
    reference_extension = models.CharField(max_length=128, blank=True)
    abandoned = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [models.Index(fields=["patient", "document_type"]), models.Index(fields=["facility", "-created_at"])]
        constraints = [
            models.UniqueConstraint(fields=["set_id_root", "set_id_extension"], name="documents_document_set_id"),
            models.UniqueConstraint(
                fields=["reference", "document_type"],
                condition=models.Q(abandoned=False),
                name="documents_one_family_per_reference",
            ),
            models.CheckConstraint(
                condition=~models.Q(document_type="pps") | models.Q(reference__isnull=False) | ~models.Q(reference_root=""),
                name="documents_pps_follows_an_frcp",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_type} {self.id}"


class DocumentVersion(models.Model):
    """One version of a document: its form, its answers, its state. ``revision`` counts the saved changes.

    ``held_elsewhere`` names the other DCC that has the say over it: it was sent there to be completed, or came from there and is
    kept as it came. Its content changes no more here (the database keeps it so), whatever its status (R-085).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    is_current = models.BooleanField(default=True)
    form_version = models.ForeignKey("forms_config.FormVersion", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("titre"), max_length=500)
    rcp = models.CharField(_("RCP à laquelle il est adressé (identifiant national)"), max_length=30, blank=True)
    status = models.CharField(_("statut"), max_length=10, choices=STATUS_LABELS.items(), default="en_cours")
    status_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)
    answers = models.JSONField(default=dict)
    provenance = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()
    received = models.JSONField(_("ce que disait le document reçu"), default=dict)
    set_aside = models.JSONField(_("réponses gardées hors du formulaire"), default=list)
    validated_at = models.DateTimeField(null=True, blank=True)
    validated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    legal_texts = models.JSONField(default=list)
    content_sha256 = models.CharField(max_length=64, blank=True)
    held_elsewhere = models.CharField(_("système DCC qui la détient"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        indexes = [
            models.Index(fields=["status", "-changed_at"]),
            models.Index(fields=["rcp"], condition=~models.Q(rcp=""), name="documents_version_rcp"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="documents_version_number"),
            models.UniqueConstraint(
                fields=["document"], condition=models.Q(is_current=True), name="documents_one_current_version"
            ),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="documents_version_from_one"),
            models.CheckConstraint(condition=models.Q(status__in=list(STATUSES)), name="documents_version_status"),
            models.CheckConstraint(
                condition=~models.Q(status__in=["valide", "cloture"])
                | (models.Q(validated_at__isnull=False) & ~models.Q(content_sha256="")),
                name="documents_validated_is_frozen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} v{self.number}"


class Contributor(models.Model):
    """Who wrote in a version (R-014, R-027): a user, or a professional named by a received document."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="contributors")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    professional = models.JSONField(default=dict)
    function = models.JSONField(default=dict)
    since = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = _("contributeur")
        verbose_name_plural = _("contributeurs")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "user"], condition=models.Q(user__isnull=False), name="documents_contributor_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user or self.professional.get("family", ""))


class AnswerChange(models.Model):
    """One change of one value: the history, and what conflicts are found with. Never updated, never deleted.

    ``editor`` names the open page it came from: a second page of the same person is a second editor.
    """

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="changes")
    revision = models.PositiveIntegerField()
    path = models.CharField(max_length=250)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    origin = models.CharField(max_length=20)
    editor = models.CharField(max_length=36, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("modification")
        verbose_name_plural = _("modifications")
        constraints = [
            models.UniqueConstraint(fields=["version", "revision"], name="documents_change_once"),
        ]

    def __str__(self) -> str:
        return f"{self.path} @{self.revision}"


class FormMove(models.Model):
    """What became of a running version when its form was published anew: carried, or offered to its authors until they accept.

    ``revision`` is that of the answers once it followed: changes up to it were made under ``before``. ``seen_by`` are those who
    were told. A version that stays (« reste ») never follows: its form is of another type now.
    """

    STATES = {"suivi": "suivi", "propose": "proposé", "accepte": "accepté", "depasse": "dépassé", "reste": "reste"}

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="moves")
    before = models.ForeignKey("forms_config.FormVersion", on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey("forms_config.FormVersion", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=STATES.items())
    revision = models.PositiveIntegerField(default=0)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    seen_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    class Meta:
        verbose_name = _("changement de version du formulaire")
        verbose_name_plural = _("changements de version du formulaire")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "after"], name="documents_move_once"),
            models.UniqueConstraint(fields=["version"], condition=models.Q(state="propose"), name="documents_one_move_to_decide"),
        ]

    def __str__(self) -> str:
        return f"{self.version} : {self.before} -> {self.after}"


class PrefillDecision(models.Model):
    """What somebody decided of one proposal of a prefill source, so that it is not proposed again until its value changes.

    It holds no clinical value: ``item`` names the proposal, ``fingerprint`` is the hash of the value that was proposed, ``path``
    where it was kept. One decision per proposal, the last one; what it did to the answers is in their history.
    """

    CHOICES = {"keep": "gardé", "add": "ajouté", "change": "modifié", "ignore": "ignoré"}

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="prefill_decisions")
    item = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    choice = models.CharField(max_length=10, choices=CHOICES.items())
    path = models.CharField(max_length=250, blank=True)
    source = models.CharField(max_length=60)
    origin_id = models.CharField(max_length=120)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("décision de reprise")
        verbose_name_plural = _("décisions de reprise")
        constraints = [models.UniqueConstraint(fields=["document", "item"], name="documents_prefill_once")]

    def __str__(self) -> str:
        return f"{self.item} : {self.choice}"


class StatusChange(models.Model):
    """One step in the state table: who (nobody: the platform received it so), when, from, to."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="steps")
    before = models.CharField(max_length=10, blank=True)
    after = models.CharField(max_length=10)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("changement de statut")
        verbose_name_plural = _("changements de statut")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"


class Attachment(models.Model):
    """A file joined to a version; its type was read from its content, its bytes never change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="attachments")
    title = models.CharField(_("titre"), max_length=200)
    filename = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=200)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        ordering = ["added_at", "id"]

    def __str__(self) -> str:
        return self.title


class HandOver(models.Model):
    """A validated version was handed to the patient after its validation: who, when, noted by whom. The last row counts."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="hand_overs")
    on = models.DateField(_("remis le"))
    professional = models.JSONField(_("remis par"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("remise au patient")
        verbose_name_plural = _("remises au patient")
        ordering = ["recorded_at", "id"]

    def __str__(self) -> str:
        return f"{self.version} : {self.on}"


class Presence(models.Model):
    """Who has a version open for editing, so that a second editor is warned (R-025)."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = _("présence")
        verbose_name_plural = _("présences")
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="documents_presence_once")]

    def __str__(self) -> str:
        return f"{self.user} @ {self.version}"
