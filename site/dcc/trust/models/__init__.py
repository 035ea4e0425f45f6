"""Tables of the room: terms of use and their acceptance, conventions, what the region decides of both."""

from dcc.trust.models.settings import RolePeriod, TermsSettings
from dcc.trust.models.terms import Acceptance, FirstSignIn, Stamp, TermsSet, TermsVersion

__all__ = ["Acceptance", "FirstSignIn", "RolePeriod", "Stamp", "TermsSet", "TermsSettings", "TermsVersion"]
