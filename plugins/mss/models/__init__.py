"""Tables of the plugin, one module for each slice."""
