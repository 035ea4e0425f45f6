"""The door of the trust room: under which commitment people work here (CDC §2.3.1, R-111 to R-122).

Whoever is about to qualify an identity asks, and shows the reasons::

    status = clause_status(actor, facility, timezone.now())
    if not status.present:
        raise Refused([reason.words for reason in status.reasons if not reason.ok])

Terms of use (CGU) are asked by a middleware, which the rooms above need not know: :func:`asked_of` tells what is asked of a
person. They ship as a draft (:func:`ensure_default_terms`) that somebody approves in the admin; :func:`publish_default_terms` is
for demonstrations and tests, as :func:`record_convention` is.

:func:`renewals` and :func:`nothing_published` are what the administrators are reminded of.
"""

from dcc.trust.clause import Place
from dcc.trust.conventions import record_convention
from dcc.trust.renewals import Renewal, renewals
from dcc.trust.standing import Asked, asked_of, nothing_published
from dcc.trust.status import ClauseStatus, Reason, clause_status, facility_commitment
from dcc.trust.terms import accept_terms, ensure_default_terms, publish_default_terms

__all__ = [
    "Asked",
    "ClauseStatus",
    "Place",
    "Reason",
    "Renewal",
    "accept_terms",
    "asked_of",
    "clause_status",
    "ensure_default_terms",
    "facility_commitment",
    "nothing_published",
    "publish_default_terms",
    "record_convention",
    "renewals",
]
