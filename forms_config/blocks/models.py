"""Blocks, which the DSRC edits as drafts, and their numbered versions, which nobody changes any more."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, LockableMixin, Revision, RevisionMixin

if TYPE_CHECKING:
    from dcc.accounts.models import User


def new_key() -> str:
    """A key that no region ever gives twice, so that blocks travel without clashing."""
    return f"bloc_{uuid.uuid4().hex[:16]}"


class Block(DraftStateMixin, LockableMixin, RevisionMixin, models.Model):  # type: ignore[misc]  # Wagtail ships no types
    """A block being edited. Publishing a revision freezes a :class:`BlockVersion`; forms that show an older one keep it.

    ``draft`` is a section as JSON (:func:`forms_config.schema.model.section_to_json`) less its key and title. It needs no
    approval of its own: a form that takes a version is approved, and passes the gate, as a whole.
    """

    key = models.CharField(_("clé"), max_length=40, unique=True, default=new_key, editable=False)
    document_type = models.CharField(_("type de document"), max_length=30, editable=False)
    title = models.CharField(_("titre"), max_length=200)
    draft = models.JSONField(_("contenu"), default=dict, editable=False)
    origin = models.CharField(_("empreinte de son publicateur, s'il vient d'ailleurs"), max_length=64, blank=True, editable=False)

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="block")

    class Meta:
        verbose_name = _("bloc partagé")
        verbose_name_plural = _("blocs partagés")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> Any:
        """All revisions of this block."""
        return self._revisions

    def clean(self) -> None:
        from forms_config.blocks.content import content_of

        try:
            content_of(self.title, self.draft)
        except (KeyError, ValueError, TypeError) as error:
            raise ValidationError(_("Le contenu du bloc est illisible : %(error)s") % {"error": error}) from None

    def publish(self, revision: Revision, user: User | None = None, **options: Any) -> None:
        """Publish a revision as the next version; every path (button, schedule, bulk) comes here.

        Raises ``ValidationError`` when it is not a section with questions; what is live stays.
        """
        from forms_config.blocks.services import freeze

        with transaction.atomic():
            revision.as_object().clean()
            super().publish(revision, user=user, **options)
            live = Block.objects.filter(pk=self.pk, live=True, live_revision=revision).first()
            if live is not None:
                freeze(live, actor=user)


class BlockVersion(models.Model):
    """A published block, for ever: ``canonical`` is the canonical JSON of its content and ``sha256`` its hash.

    The database itself refuses to change or delete it (:mod:`forms_config.frozen`). Numbers may have gaps where a version came
    from another platform without those before it.
    """

    block = models.ForeignKey(Block, on_delete=models.PROTECT, related_name="versions", verbose_name=_("bloc"))
    number = models.PositiveIntegerField(_("numéro"))
    canonical = models.TextField(_("contenu"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    published_at = models.DateTimeField(_("publiée le"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("publiée par")
    )

    class Meta:
        verbose_name = _("version de bloc")
        verbose_name_plural = _("versions de blocs")
        ordering = ["block", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["block", "number"], name="blocks_version_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="blocks_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.block} v{self.number}"
