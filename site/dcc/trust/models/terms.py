"""Terms of use (CGU): the sets as they are edited, their published versions, and who accepted them."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import DraftStateMixin, LockableMixin, Revision, RevisionMixin, WorkflowMixin, WorkflowState

from dcc.accounts.approval import KeptRevisions, check_other_person

if TYPE_CHECKING:
    from dcc.accounts.models import User

KEY = RegexValidator(r"^[a-z][a-z0-9_-]*\Z", _("Minuscules sans accent, chiffres et tirets, en commençant par une lettre."))
BODY_LIMIT = 60_000


def canonical(*, key: str, title: str, body: str, has_clause: bool) -> str:
    """SHA-256 of what a person accepts: these four, as JSON with sorted names, in UTF-8."""
    content = {"body": body, "clause": has_clause, "key": key, "title": title}
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def plain(text: str) -> str:
    """A text in one normal form: composed accents, ``\\n``, paragraphs parted by one empty line, nothing around them."""
    lines = unicodedata.normalize("NFC", text).splitlines()
    paragraphs = "\n".join(line.strip() for line in lines).split("\n\n")
    return "\n\n".join(paragraph.strip() for paragraph in paragraphs if paragraph.strip())


class TermsSet(KeptRevisions, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model):  # type: ignore[misc]  # Wagtail ships no types
    """Terms for some roles, edited as drafts; publishing a revision, which another person does, writes a :class:`TermsVersion`.

    Those of the DCC and those of another portal (ENRS) are two sets (R-121).
    """

    key = models.CharField(_("clé"), max_length=40, unique=True, validators=[KEY])
    title = models.CharField(_("titre"), max_length=150)
    roles = models.JSONField(_("rôles concernés"), default=list, blank=True, help_text=_("Aucun coché : tous les rôles."))
    network = models.CharField(
        _("DSRC concerné"), max_length=30, blank=True, help_text=_("Identifiant du DSRC des établissements ; vide : tous.")
    )
    asked = models.BooleanField(
        _("demandées ici"), default=True, help_text=_("Décoché : acceptées ailleurs (portail), montrées pour information.")
    )
    body = models.TextField(
        _("texte"), help_text=_("Texte simple ; une ligne vide sépare deux paragraphes, « ## » ouvre un titre.")
    )
    has_clause = models.BooleanField(
        _("contient la clause de confiance INS"),
        default=False,
        help_text=_("Sans elle, accepter ces conditions ne permet pas de qualifier."),
    )
    change_summary = models.TextField(
        _("ce qui change"), blank=True, max_length=2_000, help_text=_("Montré à qui doit accepter de nouveau.")
    )
    effective_on = models.DateField(
        _("en vigueur à partir du"), null=True, blank=True, help_text=_("Vide ou passé : dès l'approbation.")
    )

    _revisions = GenericRelation("wagtailcore.Revision", related_query_name="terms_set")
    workflow_states = GenericRelation(
        WorkflowState,
        content_type_field="base_content_type",
        object_id_field="object_id",
        related_query_name="terms_set",
        for_concrete_model=False,
    )

    class Meta:
        verbose_name = _("conditions d'utilisation")
        verbose_name_plural = _("conditions d'utilisation")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    @property
    def revisions(self) -> Any:
        """All revisions of these terms."""
        return self._revisions

    def clean(self) -> None:
        self.body, self.change_summary = plain(self.body), plain(self.change_summary)
        if not self.body:
            raise ValidationError({"body": _("Le texte ne peut pas être vide.")})
        if len(self.body) > BODY_LIMIT:
            raise ValidationError({"body": _("Texte trop long : %(n)d caractères au plus.") % {"n": BODY_LIMIT}})

    def publish(self, revision: Revision, user: User | None = None, **options: Any) -> None:
        """Publish a revision that somebody else wrote; every path (button, workflow, schedule) comes here.

        Raises ``PermissionDenied`` for who may not approve (``OwnChange``: wrote it) and ``ValidationError`` for unfit words.
        """
        from dcc.trust.terms import check_approver, write_version

        check_approver(user)
        check_other_person(revision, user)
        revision.as_object().clean()
        with transaction.atomic():
            super().publish(revision, user=user, **options)
            live = TermsSet.objects.filter(pk=self.pk, live=True, live_revision=revision).first()
            if live is not None:
                write_version(live, actor=user)

    def unpublish(self, *args: Any, user: User | None = None, **options: Any) -> None:
        """Withdraw these terms: nobody is asked for them any more; who accepted them did."""
        from dcc.trust.terms import check_approver, write_version

        check_approver(user)
        with transaction.atomic():
            super().unpublish(*args, user=user, **options)
            write_version(self, actor=user, withdrawn=True)


class TermsVersion(models.Model):
    """Published terms, for ever, in force from a moment until the next version of their set; a withdrawn one asks nothing.

    The database itself refuses to change or delete it (:mod:`dcc.trust.guards`).
    """

    terms = models.ForeignKey(TermsSet, on_delete=models.PROTECT, related_name="versions", verbose_name=_("conditions"))
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("titre"), max_length=150)
    roles = models.JSONField(_("rôles concernés"), default=list)
    network = models.CharField(_("DSRC concerné"), max_length=30, blank=True)
    asked = models.BooleanField(_("demandées ici"), default=True)
    body = models.TextField(_("texte"))
    has_clause = models.BooleanField(_("contient la clause de confiance INS"), default=False)
    change_summary = models.TextField(_("ce qui change"), blank=True)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    withdrawn = models.BooleanField(_("retirées"), default=False)
    effective_from = models.DateTimeField(_("en vigueur depuis"))
    published_at = models.DateTimeField(_("publiée le"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("publiée par")
    )

    class Meta:
        verbose_name = _("version publiée des conditions")
        verbose_name_plural = _("versions publiées des conditions")
        ordering = ["terms", "-number"]
        constraints = [models.UniqueConstraint(fields=["terms", "number"], name="trust_version_number")]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class Acceptance(models.Model):
    """Somebody accepted a version: the proof (R-122). The database itself refuses to change or delete it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("personne"))
    version = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="acceptances", verbose_name=_("version"))
    sha256 = models.CharField(_("empreinte du texte"), max_length=64)
    level = models.CharField(_("moyen de connexion"), max_length=12)
    reason = models.CharField(_("motif de la demande"), max_length=20)
    accepted_at = models.DateTimeField(_("acceptées le"))

    class Meta:
        verbose_name = _("acceptation")
        verbose_name_plural = _("acceptations")
        ordering = ["-accepted_at", "-pk"]
        indexes = [models.Index(fields=["user", "accepted_at"], name="trust_acceptance_user")]

    def __str__(self) -> str:
        return f"{self.user} : {self.version}"


class FirstSignIn(models.Model):
    """When somebody signed in here for the first time: what the anniversaries of acceptance are counted from (R-118)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True)
    at = models.DateTimeField(_("première connexion"))

    class Meta:
        verbose_name = _("première connexion")
        verbose_name_plural = _("premières connexions")

    def __str__(self) -> str:
        return f"{self.user} : {self.at:%d/%m/%Y}"


class Stamp(models.Model):
    """One row, whose number goes up with whatever may change who is asked: what sessions remember is true until then.

    It is there once the first terms were published; until then nobody is asked.
    """

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        verbose_name = _("état des conditions")
        verbose_name_plural = _("état des conditions")

    def __str__(self) -> str:
        return str(self.number)
