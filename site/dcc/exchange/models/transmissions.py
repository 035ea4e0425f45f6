"""Where renditions go: one row per recipient and channel, and the history of each."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dcc.exchange.models.renditions import Rendition
from dcc.exchange.transmissions.follow_up import STATES, State
from dcc.exchange.transmissions.policy import RECIPIENT_LABELS

ACTIONS = (("new", _("Envoi")), ("replace", _("Annule et remplace")), ("delete", _("Retrait")))


class Transmission(models.Model):
    """One rendition to one recipient over one channel; its id is the key under which it is sent, whatever happens.

    ``recipient_key`` tells recipients apart when no address is known yet (``rpps:810…``, ``patient``, ``pdc``); ``ordinal``
    counts the times somebody asked for it again. ``line`` orders what goes to one recipient about one document.
    ``note`` are words of the channel beside the state (« invisible au patient »).
    ``attempting_since``: handed to the transport and not settled, so that the outcome is unknown after a crash.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey("documents.Document", on_delete=models.PROTECT, related_name="+")
    rendition = models.ForeignKey(Rendition, on_delete=models.PROTECT, related_name="transmissions")
    channel = models.CharField(_("canal"), max_length=10)
    recipient_kind = models.CharField(_("destinataire"), max_length=10, choices=list(RECIPIENT_LABELS.items()))
    recipient_key = models.CharField(max_length=130)
    ordinal = models.PositiveSmallIntegerField(default=1)
    line = models.CharField(max_length=64)
    address = models.CharField(_("adresse"), max_length=254, blank=True)
    label = models.CharField(_("nom du destinataire"), max_length=200, blank=True)
    action = models.CharField(_("action"), max_length=10, choices=ACTIONS, default="new")
    formats = models.JSONField(default=list)
    continuity_reason = models.CharField(_("motif (continuité des soins)"), max_length=500, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    state = models.CharField(
        _("état"), max_length=12, choices=[(s.value, STATES[s].label) for s in State], default=State.QUEUED.value
    )
    cause = models.CharField(_("cause"), max_length=20, blank=True)
    detail = models.CharField(_("détail"), max_length=300, blank=True)
    note = models.CharField(_("mention"), max_length=200, blank=True)
    changed_at = models.DateTimeField()
    attempting_since = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    maybe_doubled = models.BooleanField(_("doublon possible"), default=False)
    reference = models.CharField(_("référence de l'envoi"), max_length=255, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("transmission")
        verbose_name_plural = _("transmissions")
        constraints = [
            models.UniqueConstraint(
                fields=["rendition", "channel", "recipient_kind", "recipient_key", "ordinal"], name="exchange_transmission_once"
            ),
            models.CheckConstraint(condition=models.Q(state__in=[s.value for s in State]), name="exchange_transmission_state"),
        ]
        indexes = [
            models.Index(fields=["document", "-requested_at"]),
            models.Index(fields=["state", "-changed_at"]),
            models.Index(fields=["line", "requested_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.recipient_kind} {self.state}"


class TransmissionStep(models.Model):
    """One thing that happened to a transmission. Never changed."""

    transmission = models.ForeignKey(Transmission, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    state = models.CharField(max_length=12)
    cause = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("étape de transmission")
        verbose_name_plural = _("étapes de transmission")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.transmission_id} {self.state}"
