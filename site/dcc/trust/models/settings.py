"""What the region decides of its terms of use beyond the national rule (R-120), edited in the admin."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from dcc.accounts.models import Role
from dcc.trust.due import YEAR

MONTHS = [MinValueValidator(1), MaxValueValidator(YEAR)]


@register_setting(icon="calendar-check", order=110)
class TermsSettings(BaseGenericSetting, ClusterableModel):  # type: ignore[misc]  # Wagtail and modelcluster ship no types
    """How often terms are asked again, and what stays possible without them."""

    months = models.PositiveSmallIntegerField(
        _("redemander tous les (mois)"),
        default=YEAR,
        validators=MONTHS,
        help_text=_("Douze au plus, comptés depuis la première connexion de chacun."),
    )
    reading = models.BooleanField(
        _("lire sans avoir accepté"),
        default=True,
        help_text=_(
            "Coché : qui n'a pas accepté lit les documents de ses patients et n'écrit rien. Décoché : il ne lit pas non plus."
        ),
    )
    renewal_days = models.CharField(
        _("rappels avant la fin d'une convention (jours)"),
        max_length=40,
        default="90, 30, 0",
        help_text=_("Séparés par des virgules."),
    )

    panels = [
        MultiFieldPanel(
            [
                FieldPanel("months"),
                InlinePanel("role_periods", heading=_("Périodes plus courtes"), label=_("période d'un rôle")),
                FieldPanel("reading"),
            ],
            heading=_("Conditions d'utilisation"),
        ),
        MultiFieldPanel([FieldPanel("renewal_days")], heading=_("Conventions")),
    ]

    class Meta:
        verbose_name = _("règles d'engagement")
        verbose_name_plural = _("règles d'engagement")

    def __str__(self) -> str:
        return str(_("Règles d'engagement"))

    def months_for(self, roles: frozenset[str]) -> int:
        """The shortest period among those of these roles and the general one."""
        shorter = [period.months for period in self.role_periods.all() if period.role in roles]
        return int(min([self.months, *shorter]))


class RolePeriod(models.Model):
    """A shorter period for whoever holds a role."""

    settings = ParentalKey(TermsSettings, on_delete=models.CASCADE, related_name="role_periods")
    role = models.CharField(_("rôle"), max_length=20, choices=Role)
    months = models.PositiveSmallIntegerField(_("tous les (mois)"), validators=MONTHS)

    class Meta:
        verbose_name = _("période d'un rôle")
        verbose_name_plural = _("périodes des rôles")
        constraints = [models.UniqueConstraint(fields=["settings", "role"], name="trust_one_period_a_role")]

    def __str__(self) -> str:
        return f"{self.role} : {self.months}"
