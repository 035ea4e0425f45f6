"""What a plugin may rely on: the plugin class, the registry, capabilities, events, snapshots, errors.

This package imports nothing of ours. Its kernel (plugin, registry, capabilities, events, errors) stays under 400 lines.
It is not a place for rules: plugins advise, the core decides.
"""
