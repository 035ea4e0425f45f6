"""What the plugin holds of a patient, which follows him in a merge (decision 0266)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dcc.patients.merging.api import Rows, hold
from plugins.dmp.models import Consent, FileChange, PatientFile


def hold_all() -> None:
    """Say it, when the application starts."""
    hold(Rows("dmp.file", _("état du DMP"), PatientFile.objects.all, once=()))
    hold(Rows("dmp.consent", _("autorisations de consulter le DMP"), Consent.objects.all, once=("user_id",)))
    hold(Rows("dmp.change", _("déclarations sur le DMP"), FileChange.objects.all))
