"""Door of the RCP directory (R-091, R-101...R-103).

A person finds the RCP, and the FRCP's header fills itself::

    found = search_rcps("sein angers")
    answers = rcp_answers(found[0].rcp_id, session_id, label=terminology.label)
    title = frcp_title_of(answers)             # « FRCP ONCOPL / 3C49 / Sénologie »

:func:`rcp_answers` gives every ``frcp.rcp.*`` answer that the directory knows, the coordinator and the kind of RCP. The directory
is edited in Wagtail (« Annuaire des RCP »); the national list and its import come with « MSSanté ».
"""

from rcp_directory.queries import FoundRcp, FoundSession, UnknownRcp, rcp_answers, rcps_of, search_rcps, sessions_of
from rcp_directory.services import Named, record_member, record_rcp, record_session
from rcp_directory.title import frcp_title, frcp_title_of, names_of_title

__all__ = [
    "FoundRcp",
    "FoundSession",
    "Named",
    "UnknownRcp",
    "frcp_title",
    "frcp_title_of",
    "names_of_title",
    "rcp_answers",
    "rcps_of",
    "record_member",
    "record_rcp",
    "record_session",
    "search_rcps",
    "sessions_of",
]
