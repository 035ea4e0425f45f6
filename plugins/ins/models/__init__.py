"""Tables of the plugin, one module for each slice."""

from plugins.ins.models.insi import InsiAnswer, InsiCircuit, InsiInstallation

__all__ = ["InsiAnswer", "InsiCircuit", "InsiInstallation"]
