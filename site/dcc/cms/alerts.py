"""The alert at once of a « bris de glace »: a mail to each reviewer of accesses, which names no patient."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dcc.accounts import api as accounts
from dcc.accounts.api import Action
from dcc.contracts.errors import RetryLater
from dcc.contracts.events import Context, GlassBroken


def tell_reviewers(event: GlassBroken, context: Context) -> None:
    """Write to those who review accesses and have an address; without any, their page says it. Raises ``RetryLater``."""
    people = [person.email for person in accounts.holders([Action.REVIEW_ACCESS]) if person.email]
    if not people or settings.EMAIL_BACKEND.endswith("dummy.EmailBackend"):
        return
    who = accounts.names([event.actor_id]).get(event.actor_id, "")
    subject = _("Bris de glace sur un dossier masqué : %(who)s") if event.masked else _("Bris de glace : %(who)s")
    page = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("web:glass_review")
    words = _("%(who)s a ouvert le %(at)s le dossier d'un patient auquel rien ne le liait.\nRaison et revue : %(page)s\n")
    told = words % {"who": who, "at": date_format(localtime(event.at), "d/m/Y à H:i"), "page": page}
    try:
        send_mail(subject % {"who": who}, told, None, people)
    except OSError as error:
        raise RetryLater(_("Le serveur de messagerie ne répond pas")) from error
