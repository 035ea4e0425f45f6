"""The door of the accounts room.

What somebody may do is asked, never deduced from a role::

    from dcc.accounts import api as accounts

    if not accounts.may(user, "document.validate", facility_ids=document.facility_ids, relation=accounts.Relation.AUTHOR):
        raise PermissionDenied

:func:`may` reads the one table of :mod:`dcc.accounts.policies`; :func:`rights` reads the memberships once for many questions, and
``rights(user).facilities("patient.search")`` gives the facilities whose patients a search may show. A list takes its filter from
``rights(user).reach(action)``. ``POLICY.every_cell()`` gives the whole table, one relation at a time.

:func:`professional_value`, :func:`professional_of` and :func:`organisation_value` write people in the shapes of answers and
document headers. :func:`facilities`, :func:`practitioners` and :func:`names` find them.

:func:`read_journal` searches the journal for whoever answers for accesses, :func:`accesses_of` tells what was done with one
patient's data; both are themselves in the journal.

:func:`grant_role` and :func:`revoke_role` change roles, and Wagtail's groups with them.

:func:`psc_required` makes a view run only under a live Pro Santé Connect session: it is asked for, and the request resumes;
:func:`psc_session_of` gives that session to code that acts for the person (:mod:`dcc.accounts.psc.guard`), :func:`situation_of`
the exercise situation in which she works; ``psc_session_ended`` tells whoever keeps something that rests on it::

    @accounts.psc_required
    def deposit(request): ...

:func:`seal` and :func:`unseal` keep at rest a secret that must be read back, bound to its use; a column of them is a
:class:`SealedField`::

    sealed = accounts.seal(token, context=f"psc.refresh:{user.pk}")
    token = accounts.unseal(sealed, context=f"psc.refresh:{user.pk}").decode()  # Unreadable when altered, or of another context
"""

from dcc.accounts.inside import inside
from dcc.accounts.journal import Told, TooMuch, accesses_of, journal_rows, people_like, read_journal
from dcc.accounts.models import Facility, Role, User
from dcc.accounts.policies import POLICY, Action, Policy, Relation, Scope
from dcc.accounts.psc.claims import Situation, profession_code_of
from dcc.accounts.psc.ending import psc_session_ended
from dcc.accounts.psc.entering import situation_of
from dcc.accounts.psc.guard import PscGrant, psc_required, psc_session_of
from dcc.accounts.queries import (
    Carer,
    carers,
    facilities,
    holders,
    may,
    names,
    practitioner_names,
    practitioners,
    rights,
    user_named,
)
from dcc.accounts.refusals import refused_for
from dcc.accounts.regional import Change, policy_in_force
from dcc.accounts.regional import changes as regional_changes
from dcc.accounts.rights import Reach, Rights, Subject
from dcc.accounts.roles import grant_role, revoke_role, service_account, sync_groups
from dcc.accounts.sealing import SealedField, Unreadable, seal, unseal
from dcc.accounts.values import (
    PROFESSIONAL_ROOT,
    PROFESSIONS,
    STRUCTURE_ROOT,
    organisation_value,
    professional_of,
    professional_value,
)

__all__ = [
    "POLICY",
    "PROFESSIONAL_ROOT",
    "PROFESSIONS",
    "STRUCTURE_ROOT",
    "Action",
    "Carer",
    "Change",
    "Facility",
    "Policy",
    "PscGrant",
    "Reach",
    "Relation",
    "Rights",
    "Role",
    "Scope",
    "SealedField",
    "Situation",
    "Subject",
    "Told",
    "TooMuch",
    "Unreadable",
    "User",
    "accesses_of",
    "carers",
    "facilities",
    "grant_role",
    "holders",
    "inside",
    "journal_rows",
    "may",
    "names",
    "organisation_value",
    "people_like",
    "policy_in_force",
    "practitioner_names",
    "practitioners",
    "profession_code_of",
    "professional_of",
    "professional_value",
    "psc_required",
    "psc_session_ended",
    "psc_session_of",
    "read_journal",
    "refused_for",
    "regional_changes",
    "revoke_role",
    "rights",
    "seal",
    "service_account",
    "situation_of",
    "sync_groups",
    "unseal",
    "user_named",
]
