"""The plugin's own table (``demo_*``)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Effect(models.Model):
    """What a delivery of ``demo.work_requested`` led to; without any unique constraint, on purpose."""

    objects: ClassVar[models.Manager[Effect]] = models.Manager()

    delivery_id = models.UUIDField()
    thing = models.CharField(max_length=50)
    number = models.IntegerField()
    attempt = models.IntegerField()

    class Meta:
        app_label = "demo_plugin"

    def __str__(self) -> str:
        return f"{self.thing} {self.number}"
