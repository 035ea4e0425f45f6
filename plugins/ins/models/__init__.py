"""Tables of the plugin, one module for each slice."""

from plugins.ins.models.hl7 import FlowMessage, FlowSender
from plugins.ins.models.insi import InsiAnswer, InsiCircuit, InsiInstallation

__all__ = ["FlowMessage", "FlowSender", "InsiAnswer", "InsiCircuit", "InsiInstallation"]
