"""Headers of every answer, one table. The policy of contents itself is ``CONTENT_SECURITY_POLICY`` in the settings.

Sources: W3C Permissions Policy, Fetch (CORP), HTML (COOP), OWASP Secure Headers; PGSSI-S for what a shared workstation keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

OFF = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "window-management",
    "xr-spatial-tracking",
)
"""What a page of ours never asks of the machine: all that Chromium and Firefox name and that is dangerous or costly."""

CAMERA_PAGES = frozenset({"ins:scan"})
"""Addresses that scan with the camera, each marked :func:`camera_allowed`; a test compares both."""


def permissions(*, camera: bool) -> str:
    """The value of ``Permissions-Policy``: everything off, the camera left to our own pages when ``camera``."""
    return ", ".join(f"{name}=({'self' if camera and name == 'camera' else ''})" for name in OFF)


HEADERS: Mapping[str, str] = {
    "Permissions-Policy": permissions(camera=False),
    "Cross-Origin-Resource-Policy": "same-origin",  # no other site may show or measure what we serve
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # the addresses of documents are told to nobody else
    "Cache-Control": "private, no-store",  # nothing of a patient stays on a shared workstation nor in a proxy
}
"""On every answer that does not say otherwise; only the addresses of :data:`KEPT` may be cached."""

KEPT = frozenset({"web:brand", "cms:logo", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog"})
"""Addresses that browsers may keep: they dress the pages and say nothing of anybody."""


def camera_allowed(view: View) -> View:
    """Let the page of ``view`` ask for the camera. Its address goes into :data:`CAMERA_PAGES`."""
    view.camera_allowed = True  # type: ignore[attr-defined]  # a mark on a function, as Django's own decorators do
    return view
