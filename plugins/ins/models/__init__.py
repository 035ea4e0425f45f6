"""Tables of the plugin, one module for each slice."""

from plugins.ins.models.hl7 import FlowMessage, FlowSender
from plugins.ins.models.insi import InsiAnswer, InsiInstallation

__all__ = ["FlowMessage", "FlowSender", "InsiAnswer", "InsiInstallation"]
