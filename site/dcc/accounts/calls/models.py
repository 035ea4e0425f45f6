"""Software that may call, its keys, and the links it was given. Fields and constraints only."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from dcc.accounts.sealing import SealedField


class CallingSoftware(models.Model):
    """A software of one establishment that may open OncoDCC for its users. None is registered: no call is answered."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.SlugField(_("code (« iss » de ses appels)"), max_length=60, unique=True)
    name = models.CharField(_("nom affiché"), max_length=100)
    facility = models.ForeignKey("accounts.Facility", on_delete=models.PROTECT, related_name="+", verbose_name=_("structure"))
    active = models.BooleanField(_("en service"), default=True)
    accepted_acr = models.CharField(
        _("niveaux « acr » acceptés"),
        max_length=200,
        blank=True,
        help_text=_("Séparés par des espaces. Vide : la double authentification se lit dans « amr »."),
    )

    class Meta:
        verbose_name = _("logiciel appelant")
        verbose_name_plural = _("logiciels appelants")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CallingKey(models.Model):
    """A public key of a software, under the name (``kid``) its calls give; two at once while one replaces the other."""

    software = models.ForeignKey(CallingSoftware, on_delete=models.CASCADE, related_name="keys")
    kid = models.CharField(_("identifiant de clé (« kid »)"), max_length=80)
    algorithm = models.CharField(_("algorithme"), max_length=5, choices=[("ES256", "ES256"), ("RS256", "RS256")])
    public_key = models.TextField(_("clé publique (PEM)"))
    active = models.BooleanField(_("en service"), default=True)
    added_at = models.DateTimeField(_("ajoutée le"), auto_now_add=True)

    class Meta:
        verbose_name = _("clé d'un logiciel appelant")
        verbose_name_plural = _("clés des logiciels appelants")
        ordering = ["added_at"]
        constraints = [
            models.UniqueConstraint(fields=["software", "kid"], name="accounts_calling_key_once"),
            models.CheckConstraint(condition=models.Q(algorithm__in=["ES256", "RS256"]), name="accounts_calling_key_algorithm"),
        ]

    def __str__(self) -> str:
        return self.kid


class CallTicket(models.Model):
    """One accepted call: the link it was given (as a digest), for whom, what is called for. Served once, then emptied.

    The row outlives the call a little: while the call could still be sent again, it says that it was received.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    software = models.ForeignKey(CallingSoftware, on_delete=models.CASCADE, related_name="tickets")
    jti = models.CharField(max_length=64)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+")
    payload = SealedField(_("contenu scellé"), purpose="accounts.call", blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("valable jusqu'au"))
    used_at = models.DateTimeField(_("servi le"), null=True, blank=True)

    class Meta:
        verbose_name = _("lien d'appel contextuel")
        verbose_name_plural = _("liens d'appel contextuel")
        indexes = [models.Index(fields=["expires_at"], name="accounts_call_expiry")]
        constraints = [models.UniqueConstraint(fields=["software", "jti"], name="accounts_call_once")]

    def __str__(self) -> str:
        return f"appel {self.pk}"
