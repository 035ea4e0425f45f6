"""Tables of the outbox: fields and constraints only. Times are those of the hosts, which keep theirs by NTP."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dcc.events.states import SETTLED, STATES, Reason, State

STATE_CHOICES = [(state.value, rule.label) for state, rule in STATES.items()]


class Event(models.Model):
    """A fact, written in the transaction that made it true. Its ``id`` is the order of facts of one subject."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(_("nom"), max_length=100)
    schema = models.PositiveSmallIntegerField(_("version du schéma"))
    subject = models.CharField(_("sujet"), max_length=200)
    payload = models.JSONField(_("contenu (identifiants et codes)"))
    at = models.DateTimeField(_("date"), auto_now_add=True)

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"


class Delivery(models.Model):
    """One event for one subscriber. ``settled_at`` empty means: still holds what follows it (see :mod:`dcc.events.states`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    key = models.CharField(_("abonné"), max_length=100)
    subject = models.CharField(_("sujet"), max_length=200)
    state = models.CharField(_("état"), max_length=10, choices=STATE_CHOICES, default=State.PENDING.value)
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    retries = models.PositiveSmallIntegerField(_("reports"), default=0)
    interruptions = models.PositiveSmallIntegerField(_("interruptions"), default=0)
    due_at = models.DateTimeField(_("échéance"), null=True)
    lease_until = models.DateTimeField(_("bail jusqu'à"), null=True)
    lease_owner = models.CharField(_("titulaire du bail"), max_length=120, blank=True)
    reason_code = models.CharField(_("code du motif"), max_length=20, blank=True)
    reason = models.CharField(_("motif"), max_length=300, blank=True)
    session_kind = models.CharField(_("session attendue"), max_length=30, blank=True)
    woken = models.BooleanField(_("session ouverte pendant l'essai"), default=False)
    hastened = models.BooleanField(_("hâtée pendant l'essai"), default=False)
    settled_at = models.DateTimeField(_("réglée le"), null=True)
    updated_at = models.DateTimeField(_("mise à jour"), auto_now=True)

    class Meta:
        verbose_name = _("livraison")
        verbose_name_plural = _("livraisons")
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="events_delivery_once"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="events_delivery_state"),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=False, state__in=[s.value for s in SETTLED])
                | (Q(settled_at__isnull=True) & ~Q(state__in=[s.value for s in SETTLED])),
                name="events_delivery_settled",
            ),
            models.CheckConstraint(
                condition=(Q(state=State.RUNNING.value, lease_until__isnull=False) & ~Q(lease_owner=""))
                | (Q(lease_until__isnull=True, lease_owner="") & ~Q(state=State.RUNNING.value)),
                name="events_delivery_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.PENDING.value, State.WAITING.value])
                | Q(due_at__isnull=False)
                | Q(state=State.WAITING.value, reason_code=Reason.NEEDS_SESSION.value),
                name="events_delivery_has_a_next_step",
            ),
        ]
        # Only what is open is ever searched; ten years of settled deliveries must not weigh on it.
        indexes = [
            models.Index(fields=["due_at", "event"], condition=Q(settled_at__isnull=True), name="events_delivery_due"),
            models.Index(fields=["key", "subject", "event"], condition=Q(settled_at__isnull=True), name="events_delivery_order"),
            models.Index(fields=["subject"], name="events_delivery_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.id}"


class SessionWait(models.Model):
    """A delivery waits for a session of ``kind`` of this practitioner (or of another of its rows)."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="waits")
    kind = models.CharField(_("session attendue"), max_length=30)
    practitioner = models.CharField(_("identifiant national du professionnel"), max_length=20)

    class Meta:
        verbose_name = _("attente de session")
        verbose_name_plural = _("attentes de session")
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind", "practitioner"], name="events_session_wait_once"),
        ]
        indexes = [models.Index(fields=["kind", "practitioner"], name="events_session_wait_who")]

    def __str__(self) -> str:
        return f"{self.kind} {self.delivery_id}"


class Job(models.Model):
    """When a scheduled job of the registry is next due, and how its last run ended."""

    key = models.CharField(_("tâche"), max_length=100, primary_key=True)
    due_at = models.DateTimeField(_("échéance"))
    lease_until = models.DateTimeField(_("bail jusqu'à"), null=True)
    lease_owner = models.CharField(_("titulaire du bail"), max_length=120, blank=True)
    ran_at = models.DateTimeField(_("dernière exécution"), null=True)
    failure = models.CharField(_("dernière panne"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("tâche planifiée")
        verbose_name_plural = _("tâches planifiées")

    def __str__(self) -> str:
        return self.key


class Circuit(models.Model):
    """How an address outside fares: faults in a row, and until when it is left alone (:mod:`dcc.events.circuits`)."""

    address = models.CharField(_("adresse"), max_length=300, unique=True)
    faults = models.PositiveIntegerField(_("fautes de suite"), default=0)
    open_until = models.DateTimeField(_("laissée tranquille jusqu'au"), null=True)

    class Meta:
        verbose_name = _("état d'une adresse extérieure")
        verbose_name_plural = _("état des adresses extérieures")

    def __str__(self) -> str:
        return f"{self.address} : {self.faults}"
