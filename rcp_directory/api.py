"""Door of the RCP directory (R-091, R-101...R-103).

A person finds the RCP, and the FRCP's header fills itself::

    found = search_rcps("sein angers")
    answers = rcp_answers(found[0].rcp_id, session_id, label=terminology.label)
    title = frcp_title_of(answers)             # « FRCP ONCOPL / 3C49 / Sénologie »

:func:`rcp_answers` gives every ``frcp.rcp.*`` answer that the directory knows, the coordinator and the kind of RCP. The directory
is edited in Wagtail (« Annuaire des RCP ») and takes the national list from a file.

Documents leave and come by addresses that it keeps::

    national_mailbox("pdc")                    # None while nobody entered it
    addressees("sein nantes")                  # RCP of other regions, each with the address that cases for it are sent to
    rcp_by_code("27011113")                    # a former identifier finds the RCP that has another one now
    is_known_sender("dcc@onco.mssante.fr")
"""

from rcp_directory.addressing import (
    NationalMailbox,
    addressees,
    is_known_sender,
    national_mailbox,
    network_called,
    networks_of,
    rcp_by_code,
)
from rcp_directory.queries import FoundRcp, FoundSession, UnknownRcp, rcp_answers, rcps_of, search_rcps, sessions_of
from rcp_directory.services import Named, record_member, record_national_mailbox, record_rcp, record_session
from rcp_directory.title import frcp_title, frcp_title_of, names_of_title

__all__ = [
    "FoundRcp",
    "FoundSession",
    "Named",
    "NationalMailbox",
    "UnknownRcp",
    "addressees",
    "frcp_title",
    "frcp_title_of",
    "is_known_sender",
    "names_of_title",
    "national_mailbox",
    "network_called",
    "networks_of",
    "rcp_answers",
    "rcp_by_code",
    "rcps_of",
    "record_member",
    "record_national_mailbox",
    "record_rcp",
    "record_session",
    "search_rcps",
    "sessions_of",
]
