"""Sessions of the trust space: asked for, then open at the region's proxy."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dcc.accounts.api import SealedField

CONFIRMATION = timedelta(seconds=130)
"""How long an opening waits for its person: the proxy waits 120 s (dmp_psc.md §4.1), and the network takes a little."""
ABANDONED = "abandonnee"
"""``TrustSession.ended_why`` of one that the proxy opened and that was nobody's here: kept until the proxy is told."""


class TrustSession(models.Model):
    """A session that a professional opened at the region's proxy; live while ``ended_at`` is empty and ``expires_at`` to come.

    ``secret`` is the proxy's cookie, emptied once the proxy was told that it is over; ``session_state`` free text of Pro Santé
    Connect; ``professional`` what the VIHF says of the person in the situation chosen
    (:class:`plugins.dmp.transactions.types.Caller`, without its secret). ``psc_session`` is what it rests on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    national_id = models.CharField(_("identifiant national"), max_length=20)
    psc_session = models.UUIDField(null=True, blank=True)
    secret = SealedField(_("secret"), purpose="dmp.session", bound_to="id")
    session_state = models.CharField(max_length=255, blank=True)
    professional = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_why = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("session de l'espace de confiance")
        verbose_name_plural = _("sessions de l'espace de confiance")
        indexes = [models.Index(fields=["national_id", "ended_at", "-expires_at"], name="dmp_session_live")]

    def __str__(self) -> str:
        return f"session {self.pk}"


class Opening(models.Model):
    """A professional asks for a session: the two digits she confirms on her telephone or card, and what came of it.

    ``then`` is the page she goes on with. One that is still asked for after :data:`CONFIRMATION` is lost (its process ended).
    """

    class State(models.TextChoices):
        """Where it stands."""

        ASKED = "demandee", _("demandée")
        OPENED = "ouverte", _("ouverte")
        REFUSED = "refusee", _("refusée")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    national_id = models.CharField(_("identifiant national"), max_length=20)
    psc_session = models.UUIDField()
    digits = models.CharField(_("chiffres à reconnaître"), max_length=2)
    channel = models.CharField(_("confirmation par"), max_length=6)
    professional = models.JSONField(default=dict)
    then = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(_("état"), max_length=8, choices=State, default=State.ASKED)
    problem = models.CharField(_("difficulté"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("ouverture d'une session de l'espace de confiance")
        verbose_name_plural = _("ouvertures de sessions de l'espace de confiance")
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(state="demandee"), name="dmp_opening_once"),
        ]

    def __str__(self) -> str:
        return f"ouverture {self.pk}"
