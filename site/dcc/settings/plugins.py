"""The one list of installed plugins. ``DCC_PLUGINS`` replaces it, ``DCC_EXTRA_PLUGINS`` adds those that are off by default.

Both are comma-separated application paths.
"""

from dcc.settings import env

DEFAULT_PLUGINS = "plugins.cda,plugins.pdf,plugins.reprise,plugins.ins,plugins.annuaire,plugins.mss,plugins.dmp"
"""What an installation has; the development settings add the demonstration."""

PLUGINS = [*env.words("DCC_PLUGINS", DEFAULT_PLUGINS), *env.words("DCC_EXTRA_PLUGINS")]
