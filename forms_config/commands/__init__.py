"""Subcommands of ``manage.py forms``, one module each: ``HELP``, ``add_arguments(parser)``, ``run(out, **options) -> exit code``.

``NAMES`` is the table of them.
"""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "check": "forms_config.commands.check",
    "diff": "forms_config.commands.diff",
    "export": "forms_config.commands.export",
    "import": "forms_config.commands.importing",
    "key": "forms_config.commands.key",
}
"""Name of a subcommand to its module."""
