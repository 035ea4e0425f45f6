"""Why the qualification refuses, in French."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from dcc.contracts.errors import Refused
from dcc.patients.errors import StaleIdentity
from dcc.trust.api import Reason


class ClauseMissing(Refused):
    """The trust clause is not there: the process stops and goes on by itself when it is; ``reasons`` say what is missing."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        missing = " ; ".join(reason.words for reason in reasons if not reason.ok)
        super().__init__(_("Qualification suspendue, sans clause de confiance. %(missing)s") % {"missing": missing})
        self.reasons = tuple(reasons)


class AlreadyAnswered(StaleIdentity):
    """Somebody else answered this question: show what came of it."""

    def __init__(self) -> None:
        Exception.__init__(self, _("Une autre personne a déjà répondu : relire l'identité"))
