"""Identity flows: who may send, and every message that came, with what became of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FlowSender(models.Model):
    """An application of an establishment that sends identities; a message of anybody else is refused.

    ``application`` and ``facility_code`` are what it writes in MSH-3 and MSH-4; ``authorities`` are the names and numbers, parted
    by spaces, by which it calls the establishment in CX-4 (its OID goes without saying). With a ``certificate`` (SHA-256 of the
    DER, in hexadecimal), only a connection under it may speak in its name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.CharField(_("application (MSH-3)"), max_length=180)
    facility_code = models.CharField(_("établissement (MSH-4)"), max_length=180)
    facility = models.ForeignKey("accounts.Facility", on_delete=models.PROTECT, related_name="+", verbose_name=_("structure"))
    authorities = models.CharField(_("autorités des IPP (CX-4)"), max_length=500, blank=True)
    certificate = models.CharField(_("empreinte du certificat client"), max_length=64, blank=True)
    creates = models.BooleanField(_("crée les patients inconnus"), default=True)
    documents = models.BooleanField(_("identité des documents (MDM, ORU) prise"), default=False)
    active = models.BooleanField(_("en service"), default=True)

    class Meta:
        verbose_name = _("émetteur d'identités")
        verbose_name_plural = _("émetteurs d'identités")
        ordering = ["application", "facility_code"]
        constraints = [models.UniqueConstraint(fields=["application", "facility_code"], name="ins_flow_sender_once")]

    def __str__(self) -> str:
        return f"{self.application} · {self.facility_code}"


class FlowState(models.TextChoices):
    """What became of a message. ``received`` and ``waiting`` are open: they hold what follows on the same person."""

    RECEIVED = "recu", _("Reçu")
    DONE = "fait", _("Pris en compte")
    WAITING = "attente", _("En attente d'un rapprochement")
    REFUSED = "refuse", _("Refusé")
    CRASHED = "panne", _("En panne")
    SET_ASIDE = "classe", _("Classé sans suite")


OPEN = (FlowState.RECEIVED, FlowState.WAITING)
TO_DO = (FlowState.WAITING, FlowState.REFUSED, FlowState.CRASHED)


class FlowMessage(models.Model):
    """A message as it came, stored before it is acknowledged. Its ``id`` is the order of arrival.

    ``content`` is emptied when its retention is over; digest, envelope and outcome stay. ``faults`` are codes, places and French
    words that quote nothing of a patient. ``subjects`` are the numbers it is about, while it is open.
    """

    id = models.BigAutoField(primary_key=True)
    received_at = models.DateTimeField(_("reçu le"), auto_now_add=True)
    channel = models.CharField(_("voie"), max_length=8)
    peer = models.CharField(_("certificat de l'émetteur"), max_length=64, blank=True)
    sender = models.ForeignKey(FlowSender, on_delete=models.PROTECT, null=True, related_name="messages")
    application = models.CharField(_("application (MSH-3)"), max_length=180, blank=True)
    facility_code = models.CharField(_("établissement (MSH-4)"), max_length=180, blank=True)
    control_id = models.CharField(_("identifiant de contrôle"), max_length=199, blank=True)
    event = models.CharField(_("événement"), max_length=7, blank=True)
    digest = models.CharField(_("empreinte SHA-256"), max_length=64)
    size = models.PositiveIntegerField(_("octets"))
    content = models.BinaryField(null=True)
    state = models.CharField(_("état"), max_length=8, choices=FlowState, default=FlowState.RECEIVED)
    outcome = models.CharField(_("effet"), max_length=20, blank=True)
    faults = models.JSONField(_("remarques"), default=list, blank=True)
    subjects = models.JSONField(default=list, blank=True)
    reply = models.BinaryField(null=True)
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    reconciliation_id = models.UUIDField(null=True)
    settled_at = models.DateTimeField(_("réglé le"), null=True)

    class Meta:
        verbose_name = _("message de flux")
        verbose_name_plural = _("messages de flux")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "facility_code", "control_id", "digest"], name="ins_flow_message_once"
            ),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in FlowState]), name="ins_flow_message_state"),
        ]
        indexes = [
            models.Index(fields=["state", "id"], condition=~Q(state="fait"), name="ins_flow_message_open"),
            models.Index(fields=["received_at"], condition=Q(content__isnull=False), name="ins_flow_message_kept"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"
