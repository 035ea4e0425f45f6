"""A national list that somebody sent and has not confirmed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StagedList(models.Model):
    """The file as it came, compressed, and the digest of the report that was read: the directory knows nothing of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    file = models.CharField(max_length=150)
    version = models.CharField(max_length=60)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("liste nationale à confirmer")
        verbose_name_plural = _("listes nationales à confirmer")

    def __str__(self) -> str:
        return self.version
