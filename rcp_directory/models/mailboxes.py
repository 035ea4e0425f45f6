"""National mailboxes: addresses that INCa gives and may change, so never in the code."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class NationalBox(models.Model):
    """The MSSanté address of a national service, for the use it names."""

    class Use(models.TextChoices):
        """What writes to it."""

        PDC = "pdc", _("Plateforme de données en cancérologie (PDC)")

    use = models.CharField(_("service"), max_length=10, choices=Use.choices, unique=True)
    address = models.EmailField(_("adresse MSSanté"))
    is_test = models.BooleanField(
        _("adresse d'essai"),
        default=False,
        help_text=_("Dit à l'écran que ce qui part n'arrive pas au service réel."),
    )

    class Meta:
        verbose_name = _("boîte nationale")
        verbose_name_plural = _("boîtes nationales")
        ordering = ["use"]

    def __str__(self) -> str:
        return str(self.get_use_display())
