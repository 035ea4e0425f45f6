"""The applicative mailbox as we read it, and every mail that came into it, with what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class InboundBox(models.Model):
    """How far a mailbox was read, and by whom: one process at a time, under a lease (``holder`` until ``held_until``).

    ``last_uid`` counts within ``uidvalidity``: when the server numbers its mails anew, all are looked at again, and recognised.
    """

    address = models.CharField(_("boîte"), max_length=320, primary_key=True)
    uidvalidity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    holder = models.CharField(max_length=100, blank=True)
    held_until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(_("dernière relève"), null=True)
    failing_since = models.DateTimeField(_("en échec depuis"), null=True)
    failure = models.CharField(_("échec"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("boîte relevée")
        verbose_name_plural = _("boîtes relevées")

    def __str__(self) -> str:
        return self.address


class InboundState(models.TextChoices):
    """What became of a mail."""

    RECEIVED = "recu", _("Reçu")
    DONE = "fait", _("Pris en compte")
    QUARANTINE = "quarantaine", _("En quarantaine")
    CRASHED = "panne", _("En panne")
    SET_ASIDE = "classe", _("Classé sans suite")


TO_DO = (InboundState.QUARANTINE, InboundState.CRASHED)
OVER = (InboundState.DONE, InboundState.SET_ASIDE)


class Answer(models.TextChoices):
    """Whether the sender is told what became of the mail. ``DUE`` is written with what is to be told, before anything leaves."""

    NONE = "", _("sans réponse")
    DUE = "due", _("réponse à envoyer")
    SENT = "envoyee", _("réponse envoyée")


class InboundMail(models.Model):
    """A mail as it came, kept before the server is told anything. Its ``id`` is the order of arrival.

    The bytes lie in the storage of artifacts under ``storage_name`` until their retention is over; empty also for a mail too
    heavy, of which the headers alone are kept. ``content_digest`` is that of the files it brings: with the Message-ID it tells a
    repetition, that goes by another way and so has other headers, from another mail under a name that is taken.
    ``outcome`` and ``reason`` are codes, ``findings`` French words without a word of the mail. ``about`` is the transmission that
    a report speaks of. ``error`` is the code of the refusal that is answered (900...906).
    """

    id = models.BigAutoField(primary_key=True)
    mailbox = models.CharField(_("boîte"), max_length=320)
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    received_at = models.DateTimeField(_("reçu le"))
    digest = models.CharField(_("empreinte SHA-256"), max_length=64)
    size = models.PositiveBigIntegerField(_("octets"))
    storage_name = models.CharField(max_length=200, blank=True)
    filed = models.BooleanField(_("rangé sur le serveur"), default=False)
    message_id = models.CharField(_("Message-ID"), max_length=255, blank=True)
    sender = models.CharField(_("émetteur"), max_length=320, blank=True)
    recipient = models.CharField(_("destinataire"), max_length=320, blank=True)
    kind = models.CharField(_("nature"), max_length=12, blank=True)
    content_digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("état"), max_length=12, choices=InboundState, default=InboundState.RECEIVED)
    outcome = models.CharField(_("effet"), max_length=20, blank=True)
    reason = models.CharField(_("motif"), max_length=20, blank=True)
    findings = models.JSONField(_("constats"), default=list, blank=True)
    about = models.UUIDField(null=True)
    document_id = models.UUIDField(null=True)
    error = models.CharField(_("code du refus"), max_length=3, blank=True)
    answer = models.CharField(_("réponse"), max_length=8, choices=Answer, default=Answer.NONE, blank=True)
    answered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(_("essais"), default=0)
    settled_at = models.DateTimeField(_("réglé le"), null=True)

    class Meta:
        verbose_name = _("courriel reçu")
        verbose_name_plural = _("courriels reçus")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uidvalidity", "uid"], name="mss_inbound_mail_once"),
            models.CheckConstraint(condition=Q(state__in=[state.value for state in InboundState]), name="mss_inbound_mail_state"),
        ]
        indexes = [
            models.Index(fields=["message_id"], name="mss_inbound_message_id"),
            models.Index(fields=["state", "id"], condition=~Q(state="fait"), name="mss_inbound_open"),
            models.Index(fields=["settled_at"], condition=~Q(storage_name=""), name="mss_inbound_kept"),
        ]

    def __str__(self) -> str:
        return f"courriel {self.pk}"
