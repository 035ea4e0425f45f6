"""The door of the security base.

A page that scans says so, and its address joins ``headers.CAMERA_PAGES``::

    @camera_allowed
    def scan(request): ...
"""

from dcc.security.headers import camera_allowed

__all__ = ["camera_allowed"]
