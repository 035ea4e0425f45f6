"""Tables of the room: terms of use and their acceptance, conventions, what the region decides of both."""

from dcc.trust.models.conventions import Amendment, Convention
from dcc.trust.models.settings import RolePeriod, TermsSettings
from dcc.trust.models.terms import Acceptance, FirstSignIn, Stamp, TermsSet, TermsVersion

__all__ = [
    "Acceptance",
    "Amendment",
    "Convention",
    "FirstSignIn",
    "RolePeriod",
    "Stamp",
    "TermsSet",
    "TermsSettings",
    "TermsVersion",
]
