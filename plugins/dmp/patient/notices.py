"""What is said of the DMP on the page of a patient, with the way to its own page."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from dcc.contracts.notices import Notice, Notices, Place
from dcc.patients.merging import api as merging
from plugins.dmp.models import Consent, PatientFile
from plugins.dmp.patient.words import AUTHORISATIONS, FILES
from plugins.dmp.settings import in_force


class PatientNotices:
    """One line on the page of a patient: the state of his DMP, as last known."""

    def notices(self, place: Place) -> Notices:
        """The line; nothing elsewhere, nor where no DMP is reached and nothing was declared."""
        if place.page != "patient" or place.patient_id is None:
            return Notices()
        current = merging.kept_id(place.patient_id)
        file = PatientFile.objects.filter(patient=current).first()
        if file is None and not in_force().proxy:
            return Notices()
        url = reverse("dmp:patient", args=[current])
        return Notices([_line(file or PatientFile(), _authorisation(current, place), url)])


def _authorisation(patient_id: UUID, place: Place) -> str:
    known = Consent.objects.filter(patient=patient_id, user=place.user_id).values_list("authorisation", flat=True).first()
    return known or ""


def _line(file: PatientFile, authorisation: str, url: str) -> Notice:
    action = _("DMP du patient")
    if file.opposed:
        return Notice(
            _("Le patient s'oppose à l'alimentation de son DMP : rien de nouveau n'y est déposé."), "warning", url, action
        )
    words = str(FILES[file.existence].label) if file.existence else _("DMP pas encore vérifié")
    if file.existence == PatientFile.Existence.ACTIVE and authorisation in AUTHORISATIONS:
        words = f"{words}, {str(AUTHORISATIONS[authorisation].label).lower()}" if authorisation else words
    return Notice(f"{words}.", "info", url, action)
