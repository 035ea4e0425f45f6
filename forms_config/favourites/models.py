"""Favourites, what they were, and when each person last used them. Fields and constraints; writes go through the services."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument

from forms_config.favourites.policies import Scope as _Scope


class Scope(models.TextChoices):
    """Scopes as they are shown."""

    PERSONAL = _Scope.PERSONAL.value, _("Personnel")
    SERVICE = _Scope.SERVICE.value, _("Service")
    RCP = _Scope.RCP.value, _("RCP")
    FACILITY = _Scope.FACILITY.value, _("Établissement")
    REGION = _Scope.REGION.value, _("Région")


class Status(models.TextChoices):
    """Life of a favourite: proposed, then approved or refused; an approved one may be withdrawn."""

    PROPOSED = "propose", _("Proposé")
    APPROVED = "approuve", _("Approuvé")
    REFUSED = "refuse", _("Refusé")
    WITHDRAWN = "retire", _("Retiré")


class Favourite(models.Model):
    """Rows kept for a group of a document type: ``rows`` is a list of ``{column key: value}`` in the shapes of answers.

    ``words`` is what a search looks in (:func:`forms_config.favourites.wording.search_words`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("nom"), max_length=120)
    scope = models.CharField(_("portée"), max_length=20, choices=Scope, default=Scope.REGION)
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.APPROVED, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("auteur"), editable=False
    )
    facility = models.ForeignKey(
        "accounts.Facility", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("établissement")
    )
    service = models.CharField(_("service"), max_length=120, blank=True)
    rcp = models.ForeignKey(
        "rcp_directory.Rcp", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("RCP")
    )
    document_type = models.CharField(_("type de document"), max_length=20, editable=False)
    group_key = models.CharField(max_length=120, editable=False)
    rows = models.JSONField(default=list, editable=False)
    organ = models.CharField(_("organe"), max_length=80, blank=True)
    intention = models.CharField(_("intention"), max_length=120, blank=True)
    protocol = models.CharField(_("protocole"), max_length=200, blank=True)
    cycles = models.PositiveSmallIntegerField(_("nombre de cycles"), null=True, blank=True)
    follow_up = models.TextField(_("suivi"), max_length=2000, blank=True)
    sheet = models.CharField(_("fiche d'effets secondaires"), max_length=120, blank=True)
    words = models.TextField(editable=False, default="")
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", editable=False)
    edition = models.PositiveIntegerField(_("édition"), default=1, editable=False)
    broken_since = models.DateTimeField(_("à réparer depuis"), null=True, editable=False)
    changed_at = models.DateTimeField(_("modifié le"), auto_now=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("décidé par"),
        editable=False,
    )
    decided_at = models.DateTimeField(_("décidé le"), null=True, editable=False)
    note = models.CharField(_("motif"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("favori")
        verbose_name_plural = _("favoris")
        ordering = ["name"]
        indexes = [models.Index(fields=["group_key", "status"], name="favourites_group_status")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope__in=["service", "etablissement"], facility__isnull=False, rcp__isnull=True)
                | models.Q(scope="rcp", rcp__isnull=False, facility__isnull=True)
                | models.Q(scope__in=["personnel", "region"], facility__isnull=True, rcp__isnull=True),
                name="favourites_place_of_scope",
            ),
            models.CheckConstraint(
                condition=~models.Q(scope="personnel") | models.Q(status__in=["approuve", "retire"]),
                name="favourites_personal_needs_nobody",
            ),
            models.CheckConstraint(condition=~models.Q(scope="service") | ~models.Q(service=""), name="favourites_service_named"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """For whom it is kept, in words."""
        where = self.service or (str(self.facility) if self.facility_id else "") or (str(self.rcp) if self.rcp_id else "")
        return f"{self.get_scope_display()} · {where}" if where else str(self.get_scope_display())


class FavouriteEdition(models.Model):
    """What a favourite was at an edition, who made it so and why."""

    favourite = models.ForeignKey(Favourite, on_delete=models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField(_("édition"))
    content = models.JSONField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("par"))
    at = models.DateTimeField(_("le"), auto_now_add=True)

    class Meta:
        verbose_name = _("édition d'un favori")
        verbose_name_plural = _("éditions des favoris")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["favourite", "number"], name="favourites_edition_once")]

    def __str__(self) -> str:
        return f"{self.favourite} {self.number}"


class SheetLanguage(models.TextChoices):
    """Languages of sheets, as ISO 639-1 codes."""

    FRENCH = "fr", _("français")
    SIMPLE = "fr-falc", _("français facile à lire")
    ENGLISH = "en", _("anglais")
    ARABIC = "ar", _("arabe")
    SPANISH = "es", _("espagnol")
    PORTUGUESE = "pt", _("portugais")
    ROMANIAN = "ro", _("roumain")
    RUSSIAN = "ru", _("russe")
    TURKISH = "tr", _("turc")
    UKRAINIAN = "uk", _("ukrainien")
    CHINESE = "zh", _("chinois")


class SideEffectSheet(AbstractDocument):  # type: ignore[misc]  # Wagtail ships no types
    """A sheet on side effects in one version and language; ``subject`` (a protocol, a treatment) is what favourites name.

    Its file never changes: another file is another version (:mod:`.sheets`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.CharField(_("protocole ou traitement"), max_length=120)
    language = models.CharField(_("langue"), max_length=10, choices=SheetLanguage, default=SheetLanguage.FRENCH)
    version = models.CharField(_("version"), max_length=30)
    review_on = models.DateField(_("à relire avant le"))
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, editable=False)

    class Meta:
        verbose_name = _("fiche d'effets secondaires")
        verbose_name_plural = _("fiches d'effets secondaires")
        ordering = ["subject", "language", "-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "language", "version"], name="favourites_sheet_version_once"),
            models.UniqueConstraint(
                fields=["subject", "language"], condition=models.Q(withdrawn_at=None), name="favourites_one_sheet_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_language_display()}, {self.version})"

    @property
    def state(self) -> str:
        """In words: in force, to be read again, withdrawn."""
        if self.withdrawn_at is not None:
            return str(_("retirée"))
        return str(_("à relire") if self.review_on < timezone.localdate() else _("en vigueur"))


class FavouriteUse(models.Model):
    """When a person last inserted a favourite: what is proposed first."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    favourite = models.ForeignKey(Favourite, on_delete=models.CASCADE, related_name="uses")
    used_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("usage d'un favori")
        verbose_name_plural = _("usages des favoris")
        constraints = [models.UniqueConstraint(fields=["user", "favourite"], name="favourites_use_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.favourite_id}"
