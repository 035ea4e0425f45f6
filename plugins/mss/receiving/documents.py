"""A mail that brings documents: the envelope is read, and its files are handed to the core with the patient it names."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plugins.mss.models import InboundMail
from plugins.mss.receiving.outcomes import Outcome, quarantine
from plugins.mss.receiving.reading import Reading


def take_documents(_row: InboundMail, _reading: Reading) -> Outcome:
    """Hand the documents of a mail to the core."""
    return quarantine("later", _("La réception des documents n'est pas encore en service"))
