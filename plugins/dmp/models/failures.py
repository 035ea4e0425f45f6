"""Calls that the DMP refused, as they were asked and answered: for the support of the GIE, sealed, for some days."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dcc.accounts.api import SealedField


class FailedCall(models.Model):
    """A call that failed and was answered: which transaction (« TD2-1 »), what it was taken for, by whom it was made.

    ``request`` is the envelope without its documents, ``answer`` the first bytes of what came back, both of a patient: sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    transaction = models.CharField(max_length=10)
    cause = models.CharField(_("cause"), max_length=40, blank=True)
    national_id = models.CharField(_("identifiant national"), max_length=20)
    status = models.PositiveIntegerField(_("statut HTTP"))
    request = SealedField(_("demande"), purpose="dmp.failed.request", bound_to="id")
    answer = SealedField(_("réponse"), purpose="dmp.failed.answer", bound_to="id")

    class Meta:
        verbose_name = _("appel du DMP en échec")
        verbose_name_plural = _("appels du DMP en échec")
        indexes = [models.Index(fields=["-at"], name="dmp_failed_last")]

    def __str__(self) -> str:
        return f"{self.transaction} {self.cause}"
