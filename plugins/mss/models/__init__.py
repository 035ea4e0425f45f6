"""Tables of the plugin, one module for each slice."""

from plugins.mss.models.sending import Sending

__all__ = ["Sending"]
