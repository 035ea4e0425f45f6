"""Form definitions, which the DSRC edits as drafts, and form versions, which nobody changes any more."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, Revision, RevisionMixin, WorkflowMixin, WorkflowState

from dcc.accounts.approval import KeptRevisions, check_other_person
from forms_config.approval import OtherPersonTask
from forms_config.control.models import GateArtifact, GateReport
from forms_config.schema.texts import has_forbidden

if TYPE_CHECKING:
    from dcc.accounts.models import User

__all__ = ["KEY", "FormDefinition", "FormVersion", "GateArtifact", "GateReport", "OtherPersonTask"]

KEY = RegexValidator(r"^[a-z][a-z0-9_]*\Z", _("Minuscules sans accent, chiffres et tirets bas, en commençant par une lettre."))


class FormDefinition(KeptRevisions, WorkflowMixin, DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, models.Model):  # type: ignore[misc]  # Wagtail ships no types
    """A form being edited. Its revisions are drafts; publishing one passes the gate and freezes a :class:`FormVersion`.

    ``draft`` is the JSON of a ``FormSchema`` (:func:`forms_config.schema.model.schema_to_json`); key, title and document type are
    those of the definition and value-set versions are pinned when it is published. ``rcps`` are the national identifiers of the
    RCP it is for, none for all: part of the draft like the rest, they count once published. Definitions are rows with a number
    and not a UUID because Wagtail's revisions expect one.
    """

    key = models.CharField(_("clé"), max_length=60, unique=True, validators=[KEY])
    document_type = models.CharField(_("type de document"), max_length=30)
    title = models.CharField(_("titre"), max_length=200)
    organ = models.CharField(
        _("organe ou spécialité"), max_length=60, blank=True, help_text=_("Par exemple « Sein » ; se lit à côté du titre.")
    )
    rcps = models.JSONField(_("RCP"), default=list, blank=True, help_text=_("Aucune : le formulaire vaut pour toutes les RCP."))
    draft = models.JSONField(_("contenu"), default=dict, blank=True)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="form_definition")
    workflow_states = GenericRelation(
        WorkflowState,
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="form_definition",
        for_concrete_model=False,
    )

    class Meta:
        verbose_name = _("formulaire")
        verbose_name_plural = _("formulaires")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> Any:
        """All revisions of this definition."""
        return self._revisions

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The draft as a physician would see it (:mod:`forms_config.preview`); raises ``PermissionDenied``."""
        from forms_config.preview import preview

        return preview(request, self)

    def clean(self) -> None:
        """Refuse a draft with a character that no document carries, and that PostgreSQL does not keep either."""
        super().clean()
        if not has_forbidden(self.draft):
            return
        from forms_config.gate import GateRefused
        from forms_config.publishing import compile_draft

        said: list[Any] = [_("Le contenu du formulaire a un caractère non imprimable")]
        try:
            compile_draft(self)
        except GateRefused as refusal:
            said = [finding.message for finding in refusal.findings]
        raise ValidationError({"draft": said})

    def save_revision(self, *args: Any, **options: Any) -> Revision:
        """Keep a draft; raises ``PermissionDenied`` when the form belongs to another platform that did not sign this content."""
        from forms_config.bundle.origins import check_origin

        check_origin(self)
        return super().save_revision(*args, **options)

    def publish(self, revision: Revision, user: User | None = None, **options: Any) -> None:
        """Publish a revision that somebody else wrote, if the gate lets it through; every path (button, workflow...) comes here.

        Raises :class:`dcc.accounts.approval.OwnChange` or :class:`forms_config.gate.GateRefused`; what is live is then untouched.
        """
        from forms_config.bundle.origins import check_origin
        from forms_config.publishing import freeze, passed_gate

        check_other_person(revision, user)
        check_origin(revision.as_object())
        compiled = passed_gate(revision.as_object())  # seconds: before the transaction, which other writers wait for
        with transaction.atomic():
            super().publish(revision, user=user, **options)
            if FormDefinition.objects.filter(pk=self.pk, live=True, live_revision=revision).exists():
                freeze(self, compiled, actor=user)


class FormVersion(models.Model):
    """A published form, for ever: ``canonical`` is the canonical JSON of its schema and ``sha256`` its hash.

    ``legal_texts`` are the patient-rights texts that were in force in the region at its publication, name to version, for
    comparisons only: a document takes those in force at its own validation.
    The database itself refuses to change or delete it (:mod:`forms_config.frozen`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    definition = models.ForeignKey(
        FormDefinition, on_delete=models.PROTECT, related_name="versions", verbose_name=_("formulaire")
    )
    number = models.PositiveIntegerField(_("numéro"))
    canonical = models.TextField(_("schéma"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    volet = models.CharField(_("volet"), max_length=20)
    volet_version = models.CharField(_("version du volet"), max_length=20)
    value_sets = models.JSONField(_("versions des jeux de valeurs"), default=dict)
    legal_texts = models.JSONField(_("versions des textes légaux"), default=dict)
    published_at = models.DateTimeField(_("publiée le"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("publiée par")
    )

    class Meta:
        verbose_name = _("version de formulaire")
        verbose_name_plural = _("versions de formulaires")
        ordering = ["definition", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["definition", "number"], name="forms_config_version_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="forms_config_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.definition} v{self.number}"
