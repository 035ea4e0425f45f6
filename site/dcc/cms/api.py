"""Door of the admin room: set-up of the platform's configuration, groups, brand of the region.

``manage.py setup_configuration`` calls :func:`set_up_configuration`. Pages read the brand through :func:`branding`, which the
composition root hands over (``DCC_BRANDING``): the clinician's pages may not import this room.
"""

from dcc.cms.branding import Branding, branding
from dcc.cms.groups import ADMINISTRATORS, EDITORS, ensure_groups
from dcc.cms.setup import set_up_configuration

__all__ = ["ADMINISTRATORS", "EDITORS", "Branding", "branding", "ensure_groups", "set_up_configuration"]
