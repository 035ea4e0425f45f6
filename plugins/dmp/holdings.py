"""What the plugin holds of a patient, which follows him in a merge (decision 0266)."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dcc.patients.merging.api import Rows, hold
from plugins.dmp.models import Consent, FileChange, FoundDocument, KeptDocument, PatientFile, Search


def hold_all() -> None:
    """Say it, when the application starts."""
    hold(Rows("dmp.file", _("état du DMP"), PatientFile.objects.all, once=()))
    hold(Rows("dmp.consent", _("autorisations de consulter le DMP"), Consent.objects.all, once=("user_id",)))
    by_itself = Q(automatic=True)
    hold(Rows("dmp.search", _("recherches dans le DMP"), Search.objects.all, once=("user_id", "session_id"), among=by_itself))
    hold(Rows("dmp.found", _("documents trouvés dans le DMP"), FoundDocument.objects.all, once=("user_id", "unique_id")))
    hold(Rows("dmp.kept", _("documents gardés du DMP"), KeptDocument.objects.all))
    hold(Rows("dmp.change", _("déclarations sur le DMP"), FileChange.objects.all))
