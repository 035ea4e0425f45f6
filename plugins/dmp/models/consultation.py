"""What was looked for in DMPs, what was found there, and what somebody kept of it.

What was read lives here sealed, for a short time and for the professional who looked for it only (EX_3.2-1010, decision 0335);
afterwards only its identifier is known, so that it is not forgotten at the next opening.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dcc.accounts.api import SealedField


class Search(models.Model):
    """One search of the DMP of a patient by a professional, in one session of the trust space; a single automatic one in each.

    ``state`` is where it is, ``reason`` what hindered it, in French, without a word of the patient. ``left`` are documents that
    were too many or too heavy to be read.
    """

    class State(models.TextChoices):
        """Where a search is."""

        RUNNING = "en_cours", _("En cours")
        DONE = "faite", _("Faite")
        NOT_ALLOWED = "sans_accord", _("Consultation non autorisée")
        NO_FILE = "sans_dmp", _("Pas de DMP ouvert")
        FAILED = "echec", _("Sans réponse")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session_id = models.UUIDField(_("session de l'espace de confiance"))
    automatic = models.BooleanField(_("à l'ouverture du dossier"))
    state = models.CharField(_("état"), max_length=12, choices=State, default=State.RUNNING)
    reason = models.CharField(_("motif"), max_length=300, blank=True)
    left = models.PositiveIntegerField(_("documents non lus"), default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("recherche dans un DMP")
        verbose_name_plural = _("recherches dans des DMP")
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "user", "session_id"], condition=Q(automatic=True), name="dmp_search_once_by_itself"
            )
        ]
        indexes = [
            models.Index(fields=["patient", "user", "-asked_at"], name="dmp_search_last"),
            models.Index(fields=["asked_at"], name="dmp_search_age"),
        ]

    def __str__(self) -> str:
        return f"recherche {self.state}"


class FoundDocument(models.Model):
    """A document that a professional found in the DMP of a patient; ``told`` and ``file`` are empty once their time is over.

    ``told`` is what was read of it (:class:`plugins.dmp.consultation.told.Told`), ``file`` its bytes, when they can be kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    unique_id = models.CharField(_("identifiant"), max_length=256)
    type_code = models.CharField(_("type"), max_length=20)
    told = SealedField(_("lu"), purpose="dmp.found", bound_to="id", blank=True)
    file = SealedField(_("fichier"), purpose="dmp.found.file", bound_to="id", blank=True)
    held_until = models.DateTimeField(_("lisible jusqu'à"), null=True, blank=True)
    seen_at = models.DateTimeField(_("vu le"), default=timezone.now)

    class Meta:
        verbose_name = _("document trouvé dans un DMP")
        verbose_name_plural = _("documents trouvés dans des DMP")
        constraints = [models.UniqueConstraint(fields=["patient", "user", "unique_id"], name="dmp_found_once")]
        indexes = [models.Index(fields=["held_until"], name="dmp_found_held")]

    def __str__(self) -> str:
        return f"document trouvé {self.type_code}"


class KeptDocument(models.Model):
    """A document of a DMP that was kept: ``document_id`` is it here. Each search looks again at what became of it there."""

    class There(models.TextChoices):
        """What became of it in the DMP."""

        PRESENT = "present", _("Toujours dans le DMP")
        REPLACED = "remplace", _("Remplacé dans le DMP")
        GONE = "absent", _("N'est plus dans le DMP")

    document_id = models.UUIDField(primary_key=True, editable=False)
    patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    unique_id = models.CharField(_("identifiant"), max_length=256)
    kept_at = models.DateTimeField(_("gardé le"), default=timezone.now)
    there = models.CharField(_("dans le DMP"), max_length=8, choices=There, default=There.PRESENT)
    checked_at = models.DateTimeField(_("vérifié le"), default=timezone.now)

    class Meta:
        verbose_name = _("document gardé d'un DMP")
        verbose_name_plural = _("documents gardés de DMP")
        indexes = [models.Index(fields=["patient", "unique_id"], name="dmp_kept_known")]

    def __str__(self) -> str:
        return f"document gardé {self.document_id}"
