"""Tables of the plugin, one module for each slice."""

from plugins.mss.models.inbound import InboundBox, InboundMail
from plugins.mss.models.sending import Sending

__all__ = ["InboundBox", "InboundMail", "Sending"]
