"""What sending refuses, in French, for the page to show."""

from __future__ import annotations


class SendingRefused(Exception):
    """Figure 10, a missing reason or the state of a line stands against it; ``str()`` says what and why."""


class ContinuityNeeded(SendingRefused):
    """The identity is not qualified: the reason « continuité des soins » has to be given (R-169), by a physician."""


class Moved(SendingRefused):
    """The line changed since it was shown."""

    def __init__(self) -> None:
        super().__init__("Cette transmission a changé depuis qu'elle est affichée : relisez-la avant de continuer")
