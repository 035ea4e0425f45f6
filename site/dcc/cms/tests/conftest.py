"""What the admin's tests start from."""

from __future__ import annotations

from dcc.cms.api import set_up_configuration
from tests.layers import layer


@layer()
def configured() -> None:
    """What an installation starts with, whole: value sets, texts, standard forms of every type, groups, workflows."""
    list(set_up_configuration())
