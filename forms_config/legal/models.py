"""Patient-rights texts as they are edited, and their published versions, which nobody changes any more.

Text 2 is national and nothing can adapt it: there is no such row to write (R-040). Text 1 has a national default that the
region, then an establishment, may adapt (R-039).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, LockableMixin, Revision, RevisionMixin, WorkflowMixin, WorkflowState

from dcc.accounts.approval import KeptRevisions, check_other_person
from forms_config.schema.texts import clean_text

if TYPE_CHECKING:
    from dcc.accounts.models import User

BODY_LIMIT = 6_000
BODY_HELP = _("Texte simple ; une ligne vide sépare deux paragraphes.")


class Scope(models.TextChoices):
    """Where a text holds."""

    NATIONAL = "national", _("National")
    REGION = "region", _("Région")
    FACILITY = "etablissement", _("Établissement")


class EditedText(KeptRevisions, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model):  # type: ignore[misc]  # Wagtail ships no types
    """A text being edited; publishing a revision writes a :class:`LegalTextVersion`, unpublishing ends its life."""

    body = models.TextField(_("texte"), help_text=BODY_HELP)
    review_on = models.DateField(
        _("à revoir avant le"),
        null=True,
        blank=True,
        help_text=_("Passé ce jour, le texte est signalé à ses éditeurs."),
    )

    class Meta:
        abstract = True

    scope: Any
    """A :class:`Scope`."""
    facility_id: Any
    number: Any

    @property
    def revisions(self) -> Any:
        """All revisions of this text."""
        return self._revisions

    def clean(self) -> None:
        try:
            self.body = "\n\n".join(part.strip() for part in clean_text(self.body, BODY_LIMIT).split("\n\n") if part.strip())
        except ValueError as error:
            raise ValidationError({"body": str(error)}) from None
        if not self.body:
            raise ValidationError({"body": _("Le texte ne peut pas être vide.")})

    def publish(
        self, revision: Revision, user: User | None = None, *, effective_from: datetime | None = None, **options: Any
    ) -> None:
        """Publish a revision that somebody else wrote; every path (button, workflow, schedule) comes here.

        Raises ``PermissionDenied`` when ``user`` may not publish such a text (:class:`dcc.accounts.approval.OwnChange`: wrote it)
        and :class:`forms_config.gate.GateRefused` when it is empty or unfit, or spoils a document; what holds is then untouched.
        """
        from forms_config.legal.services import check_rights, proved, write_version

        check_rights(user, self.scope)
        check_other_person(revision, user)
        text = proved(revision.as_object())  # seconds: before the transaction, which other writers wait for
        with transaction.atomic():
            super().publish(revision, user=user, **options)
            live = type(self)._default_manager.filter(pk=self.pk, live=True, live_revision=revision).first()
            if live is not None:
                write_version(live, body=text.body, actor=user, effective_from=effective_from)

    def unpublish(self, *args: Any, user: User | None = None, **options: Any) -> None:
        """Withdraw an adapted text: the wider one holds again. A national text cannot be withdrawn."""
        from forms_config.legal.services import check_rights, write_version

        if self.scope == Scope.NATIONAL:
            raise ValidationError(_("Un texte national ne peut pas être retiré, seulement remplacé."))
        with transaction.atomic():
            check_rights(user, self.scope)
            super().unpublish(*args, user=user, **options)
            write_version(self, body="", actor=user)


def _workflow_states(name: str) -> GenericRelation:
    return GenericRelation(
        WorkflowState,
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name=name,
        for_concrete_model=False,
    )


class NationalText(EditedText):
    """Text 1 by default, or text 2, as the INCa words them."""

    number = models.PositiveSmallIntegerField(
        _("numéro"), choices=[(1, _("Texte 1 (adaptable)")), (2, _("Texte 2 de l'INCa (jamais adapté)"))], unique=True
    )
    source = models.CharField(_("source"), max_length=200, blank=True)
    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="national_text")
    workflow_states = _workflow_states("national_text")
    scope = Scope.NATIONAL
    facility_id = None

    class Meta:
        verbose_name = _("texte national")
        verbose_name_plural = _("textes nationaux")
        ordering = ["number"]
        constraints = [models.CheckConstraint(condition=models.Q(number__in=[1, 2]), name="legal_national_number")]

    def __str__(self) -> str:
        return self.get_number_display()


class AdaptedText(EditedText):
    """Text 1 as the region (no establishment) or an establishment words it, under its responsibility."""

    facility = models.OneToOneField(
        "accounts.Facility",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("établissement"),
        help_text=_("Vide : le texte vaut pour toute la région."),
    )
    scope = models.CharField(_("portée"), max_length=20, choices=Scope, editable=False)
    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="adapted_text")
    workflow_states = _workflow_states("adapted_text")
    number = 1

    class Meta:
        verbose_name = _("texte 1 adapté")
        verbose_name_plural = _("textes 1 adaptés")
        ordering = ["facility__name"]
        constraints = [
            models.UniqueConstraint(fields=["scope"], condition=models.Q(scope=Scope.REGION), name="legal_one_regional_text"),
            models.CheckConstraint(
                condition=models.Q(scope=Scope.FACILITY, facility__isnull=False)
                | models.Q(scope=Scope.REGION, facility__isnull=True),
                name="legal_adapted_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Texte 1')} : {self.facility or _('région')}"

    def save(self, *args: Any, **options: Any) -> None:
        self.scope = Scope.FACILITY if self.facility_id else Scope.REGION
        super().save(*args, **options)

    def clean(self) -> None:
        super().clean()
        self.scope = Scope.FACILITY if self.facility_id else Scope.REGION
        if self.facility_id is None and AdaptedText.objects.exclude(pk=self.pk).filter(facility=None).exists():
            raise ValidationError({"facility": _("Le texte de la région existe déjà : le modifier.")})


class LegalTextVersion(models.Model):
    """A published text, for ever, in force from a moment until the next one of its scope; a withdrawn one has no body.

    The database itself refuses to change or delete it (:mod:`forms_config.frozen`).
    """

    number = models.PositiveSmallIntegerField(_("texte"))
    scope = models.CharField(_("portée"), max_length=20, choices=Scope)
    facility = models.ForeignKey(
        "accounts.Facility", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("établissement")
    )
    edition = models.PositiveIntegerField(_("édition"))
    body = models.TextField(_("texte"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    withdrawn = models.BooleanField(_("retiré"), default=False)
    effective_from = models.DateTimeField(_("en vigueur depuis"))
    published_at = models.DateTimeField(_("publié le"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("publié par")
    )

    class Meta:
        verbose_name = _("version publiée d'un texte")
        verbose_name_plural = _("versions publiées des textes")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number=1) | models.Q(number=2, scope=Scope.NATIONAL), name="legal_text_two_is_national"
            ),
            models.CheckConstraint(
                condition=models.Q(scope=Scope.FACILITY, facility__isnull=False)
                | (~models.Q(scope=Scope.FACILITY) & models.Q(facility__isnull=True)),
                name="legal_facility_of_scope",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn=False) | ~models.Q(scope=Scope.NATIONAL), name="legal_national_stays"
            ),
            models.UniqueConstraint(fields=["facility", "edition"], name="legal_facility_edition"),
            models.UniqueConstraint(
                fields=["number", "scope", "edition"], condition=models.Q(facility__isnull=True), name="legal_wide_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{_('Texte')} {self.number}, {self.version}"

    @property
    def version(self) -> str:
        """How the version is named in documents, for instance ``national-1`` or ``etablissement-490000031-2``."""
        place = f"-{self.facility.finess or self.facility_id}" if self.facility is not None else ""
        return f"{self.scope}{place}-{self.edition}"
