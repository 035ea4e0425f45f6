"""Run with the plugin on only: ``DCC_EXTRA_PLUGINS=plugins.ppac pytest plugins/ppac``."""
