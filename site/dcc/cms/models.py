"""What the region says of itself, edited in the admin."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

LOGO_FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
LOGO_BYTES = 300 * 1024
LOGO_PIXELS = 2000
COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", _("Une couleur s'écrit # suivi de six chiffres ou lettres de a à f."))


def check_logo(file: models.fields.files.FieldFile) -> None:
    """A logo is a small picture, whatever its name says; raises ``ValidationError``."""
    if file.size > LOGO_BYTES:
        raise ValidationError(_("Le logo pèse plus de 300 ko."))
    if logo_media_type(file) is None:
        raise ValidationError(_("Le logo doit être une image PNG, JPEG ou WebP."))


def logo_media_type(file: models.fields.files.FieldFile) -> str | None:
    """Media type by the content of the picture, nothing when it is not one of those that are shown."""
    try:
        file.open()
        with Image.open(file.file) as image:
            image.verify()
            fits = max(image.size) <= LOGO_PIXELS
            return LOGO_FORMATS.get(image.format or "") if fits else None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    finally:
        file.seek(0)


@register_setting(icon="site", order=100)
class RegionalSettings(BaseGenericSetting):  # type: ignore[misc]  # Wagtail ships no types
    """Name, contact and brand of the region; what is empty is taken from the settings of the installation."""

    region_name = models.CharField(_("nom de la région ou du DSRC"), max_length=120, blank=True)
    support_email = models.EmailField(_("adresse d'assistance"), blank=True)
    support_phone = models.CharField(_("téléphone d'assistance"), max_length=30, blank=True)
    brand_colour = models.CharField(
        _("couleur"),
        max_length=7,
        blank=True,
        validators=[COLOUR],
        help_text=_("Par exemple #0f6f7c. Les textes restent lisibles."),
    )
    logo = models.FileField(
        _("logo"), upload_to="region/", blank=True, validators=[check_logo], help_text=_("PNG, JPEG ou WebP, 300 ko au plus.")
    )
    logo_description = models.CharField(_("texte de remplacement du logo"), max_length=120, blank=True)

    panels = [
        MultiFieldPanel(
            [FieldPanel("region_name"), FieldPanel("support_email"), FieldPanel("support_phone")], heading=_("Région")
        ),
        MultiFieldPanel([FieldPanel("brand_colour"), FieldPanel("logo"), FieldPanel("logo_description")], heading=_("Apparence")),
    ]

    class Meta:
        verbose_name = _("réglages de la région")
        verbose_name_plural = _("réglages de la région")

    def __str__(self) -> str:
        return self.region_name


class SentDigest(models.Model):
    """The digest that somebody was sent on a day: one, whatever the number of hosts and runs."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("résumé envoyé")
        verbose_name_plural = _("résumés envoyés")
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="cms_one_digest_a_day")]

    def __str__(self) -> str:
        return f"{self.user} {self.day}"
