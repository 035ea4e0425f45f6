"""Regional networks, coordination centres, RCP, their sessions and national mailboxes, as the DSRC keeps them in Wagtail."""

from rcp_directory.models.lists import StagedList
from rcp_directory.models.mailboxes import NationalBox
from rcp_directory.models.networks import OID, CoordinationCentre, RegionalNetwork, check_name
from rcp_directory.models.rcps import FormerCode, LocalIdentifier, Rcp, RcpMember, RcpOrgan
from rcp_directory.models.sessions import Session

__all__ = [
    "OID",
    "CoordinationCentre",
    "FormerCode",
    "LocalIdentifier",
    "NationalBox",
    "Rcp",
    "RcpMember",
    "RcpOrgan",
    "RegionalNetwork",
    "Session",
    "StagedList",
    "check_name",
]
