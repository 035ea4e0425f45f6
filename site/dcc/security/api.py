"""The door of the security base.

A page that scans says so, and its address joins ``headers.CAMERA_PAGES``::

    @camera_allowed
    def scan(request): ...

An address that is costly or tells much joins the table of :mod:`dcc.security.limits`; its view has nothing to do. A page that
refuses a form gives back what it carried: :func:`kept_fields`, :func:`kept_files`.

What an unexpected error says may quote a patient: :func:`scrub` and :func:`frames_of` tell its class and its place instead. Every
line of log goes through the same sieve (``LOGGING``).
"""

from dcc.security.headers import camera_allowed
from dcc.security.refusing import kept_fields, kept_files
from dcc.security.scrubbing import frames_of, scrub

__all__ = ["camera_allowed", "frames_of", "kept_fields", "kept_files", "scrub"]
