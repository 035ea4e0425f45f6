"""Tables of the plugin, one module for each slice."""

from plugins.dmp.models.consultation import FoundDocument, KeptDocument, Search
from plugins.dmp.models.deposits import Deposit
from plugins.dmp.models.failures import FailedCall
from plugins.dmp.models.files import Consent, FileChange, PatientFile
from plugins.dmp.models.sessions import Opening, TrustSession

__all__ = [
    "Consent",
    "Deposit",
    "FailedCall",
    "FileChange",
    "FoundDocument",
    "KeptDocument",
    "Opening",
    "PatientFile",
    "Search",
    "TrustSession",
]
