"""Run with the plugin on only: ``DCC_EXTRA_PLUGINS=plugins.essais pytest plugins/essais``."""
